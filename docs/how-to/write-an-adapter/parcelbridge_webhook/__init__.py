"""A chat that speaks plain JSON: signed webhooks in, one POST with a bearer token out."""

from parcelbridge_webhook.adapter import ADAPTER, WebhookAdapter
from parcelbridge_webhook.config import WebhookConfig

__all__ = ["ADAPTER", "WebhookAdapter", "WebhookConfig"]

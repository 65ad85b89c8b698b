"""Keys of one instance in `[[adapters]]`; those every adapter has come from `AdapterConfig`."""

from pydantic import SecretStr

from bot.contracts import AdapterConfig


class WebhookConfig(AdapterConfig):
    """Keys without which an instance can be configured, and not run, have no default that would work by chance."""

    post_url: str = ""
    """Where messages are posted to."""
    token: SecretStr | None = None
    """Sent along as bearer token."""
    signing_secret: SecretStr | None = None
    """With it the chat signs what it sends to `/webhooks/<name>`."""
    max_bytes: int = 16_000
    """The chat takes no longer body."""


def missing(config: WebhookConfig) -> list[str]:
    """For `check-config`: what is needed before the instance can run."""
    needed = {"post_url": config.post_url, "token": config.token, "signing_secret": config.signing_secret}
    return [key for key, value in needed.items() if not value]

"""In HTTP mode the card platform must be told once where button presses go; over Stream nothing needs telling."""

import asyncio
import logging

from adapters.dingtalk.config import DingTalkConfig
from adapters.dingtalk.openapi import NoAnswer, NotAsked, OpenApi
from adapters.dingtalk.tokens import NoToken
from bot.contracts import AdapterHost

log = logging.getLogger(__name__)

REGISTER_PATH = "/v1.0/card/callbacks/register"
STREAM = "STREAM"


class CardRoute:
    """How button presses of one instance come back."""

    def __init__(self, config: DingTalkConfig, api: OpenApi) -> None:
        self._config = config
        self._api = api
        self._task: asyncio.Task[None] | None = None
        secret = config.card_callback_secret
        self.secret = secret.get_secret_value() if secret is not None else None
        self.name = f"parcelbridge-{config.name}" if config.mode == "http" and self.secret else STREAM
        """`STREAM`, or the route key under which our webhook is known."""

    def start(self, host: AdapterHost) -> None:
        """Tell the platform, beside everything else; the start does not wait for it."""
        if self.name != STREAM and self._config.card_template_id is not None:
            self._task = asyncio.create_task(self._tell(host))

    async def stop(self) -> None:
        """End what is under way."""
        task, self._task = self._task, None
        if task is not None:
            task.cancel()
            await asyncio.wait({task})

    async def _tell(self, host: AdapterHost) -> None:
        body = {
            "callbackRouteKey": self.name, "callbackUrl": f"{host.public_url}/webhooks/{self._config.name}",
            "apiSecret": self.secret, "forceUpdate": True,
        }
        try:
            answered = await self._api.call(host, REGISTER_PATH, body)
            problem = "" if answered.is_done else answered.code or f"HTTP {answered.status}"
        except (NoToken, NotAsked, NoAnswer) as error:
            problem = str(error)
        if problem:
            log.error("dingtalk %s: buttons of cards will not come back: %s", self._config.name, problem)

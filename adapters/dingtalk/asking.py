"""A call of the OpenAPI as a sender needs it: an answer, or the outcome when there was none."""

from collections.abc import Awaitable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from adapters.dingtalk.api_answers import Answered
from adapters.dingtalk.openapi import NoAnswer, NoConnection, OpenApi
from adapters.dingtalk.tokens import NoToken
from bot.contracts import AdapterHost, DeliveryOutcome, Retry, Uncertain

REFUSED_CREDENTIALS_WAIT = timedelta(minutes=1)


@dataclass(slots=True)
class Asking:
    """Asks for one application, and remembers what an operator has to mend."""

    api: OpenApi
    problems: dict[str, str] = field(default_factory=dict)

    async def call(
        self, host: AdapterHost, path: str, body: Mapping[str, Any], *, method: str = "POST"
    ) -> Answered | DeliveryOutcome:
        """The answer to a call, or the outcome."""
        return await self._heard(self.api.call(host, path, body, method=method))

    async def upload(self, host: AdapterHost, name: str, content: bytes) -> Answered | DeliveryOutcome:
        """The answer to a file, or the outcome."""
        return await self._heard(self.api.upload(host, name, content))

    async def _heard(self, asking: Awaitable[Answered]) -> Answered | DeliveryOutcome:
        try:
            answered = await asking
        except NoToken as error:
            if error.refused:
                self.problems["credentials"] = f"{error}; check client_id and client_secret"
            return Retry(str(error), "no_token", after=REFUSED_CREDENTIALS_WAIT if error.refused else None)
        except NoConnection as error:
            return Retry(str(error))
        except NoAnswer as error:
            return Uncertain(str(error))
        self.problems.pop("credentials", None)
        return answered

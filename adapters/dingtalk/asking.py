"""A call of the OpenAPI as a sender needs it: an answer, or the outcome when there was none."""

from collections.abc import Awaitable, Mapping
from dataclasses import dataclass, field
from typing import Any

from adapters.dingtalk.answers import OVER_BUDGET
from adapters.dingtalk.api_answers import Answered, old_outcome
from adapters.dingtalk.openapi import NoAnswer, NotAsked, OpenApi, OverBudget
from adapters.dingtalk.tokens import NoToken
from bot.contracts import AdapterHost, DeliveryOutcome, Retry, Sent, Uncertain

CREDENTIALS = "token refused"
"""The problem a person has to mend before anything goes out over the OpenAPI."""


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

    async def look_up(self, host: AdapterHost, path: str, body: Mapping[str, Any]) -> Answered | DeliveryOutcome:
        """The answer of the older API about people, or the outcome."""
        return await self._heard(self.api.look_up(host, path, body))

    async def upload(self, host: AdapterHost, name: str, content: bytes) -> Answered | DeliveryOutcome:
        """The answer to a file, or the outcome."""
        return await self._heard(self.api.upload(host, name, content))

    async def _heard(self, asking: Awaitable[Answered]) -> Answered | DeliveryOutcome:
        try:
            answered = await asking
        except NoToken as error:
            if error.refused:
                self.problems[CREDENTIALS] = f"{error}; check client_id and client_secret"
            return Retry(str(error))
        except OverBudget:
            return OVER_BUDGET
        except NotAsked as error:
            return Retry(str(error))
        except NoAnswer as error:
            return Uncertain(str(error))
        if answered.has_stale_token:
            self.problems[CREDENTIALS] = "a fresh access token was refused; check client_id and client_secret"
        else:
            self.problems.pop(CREDENTIALS, None)
        return answered


def reason_of(answered: Answered | DeliveryOutcome) -> str:
    """Why a question to the platform has no answer."""
    outcome = old_outcome(answered) if isinstance(answered, Answered) else answered
    return "no usable answer" if isinstance(outcome, Sent) else outcome.reason

"""`/healthz`, `/readyz`, `/metrics`: is it alive, can it work, what has it done."""

from dataclasses import asdict, dataclass
from typing import Literal

from aiohttp import web

from bot.web.errors import answer_json
from bot.web.figures import CONTENT_TYPE, Figure, Sample, exposition
from bot.web.rooms import ANSWERED, ROOMS


@dataclass(frozen=True, slots=True)
class Issue:
    """Something that is not as it should be: its name, what was seen, the fix. A blocking one makes us not ready."""

    name: str
    detail: str
    fix: str
    blocking: bool = False


Status = Literal["ready", "not ready"]


async def healthz(request: web.Request) -> web.Response:  # noqa: ARG001 - the shape of a handler
    """Alive: the event loop answers. Looks at nothing else, so that nothing else gets us restarted."""
    return answer_json({"status": "alive"})


async def readyz(request: web.Request) -> web.Response:
    """Ready, or not and why."""
    issues = await request.app[ROOMS].readiness()
    blocked = any(issue.blocking for issue in issues)
    status: Status = "not ready" if blocked else "ready"
    return answer_json({"status": status, "issues": [asdict(i) for i in issues]}, 503 if blocked else 200)


async def metrics(request: web.Request) -> web.Response:
    """The figures of every room."""
    answered = tuple(
        Sample(count, {"route": route, "status": str(status)})
        for (route, status), count in sorted(request.app[ANSWERED].items())
    )
    own = Figure("http_answers", "Answers of the web server.", "counter", answered)
    body = exposition([*await request.app[ROOMS].figures(), own])
    return web.Response(body=body, headers={"Content-Type": CONTENT_TYPE})

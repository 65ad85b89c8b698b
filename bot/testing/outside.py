"""A stand-in for outside services: a language model, LibreTranslate and DeepL on one loopback server."""

import json
from collections.abc import Callable
from typing import Any

from aiohttp import web

from bot.testing.scripts import ScriptedServer


class OutsideServices(ScriptedServer):
    """Answers as they do, with what a test lays into its mouth; keeps what it was asked."""

    def __init__(self, *, key: str = "k3y-of-the-service") -> None:
        super().__init__()
        self.key = key
        self.asked: list[dict[str, Any]] = []
        """Bodies of the requests, in order."""
        self.says: str = json.dumps({"intent": "out_of_scope", "slots": {}})
        """What the model answers."""
        self.translates: Callable[[str], str] = lambda text: text
        """What the translation services make of a text."""
        self.visited: list[str] = []
        """Paths that no question of ours goes to: where a redirect wanted us to go."""

    def add_routes(self, router: web.UrlDispatcher) -> None:
        """The three interfaces, and a place a redirect may point to."""
        router.add_post("/v1/chat/completions", self._chat)
        router.add_post("/translate", self._libre)
        router.add_post("/v2/translate", self._deepl)
        router.add_route("*", "/inside{tail:.*}", self._inside)

    @property
    def model(self) -> dict[str, Any]:
        """A `[understanding.model]` table for it."""
        return {"enabled": True, "base_url": f"{self.base_url}/v1", "name": "stand-in", "api_key": self.key}

    def translation(self, service: str) -> dict[str, Any]:
        """A `[translation]` table for it."""
        return {"service": service, "base_url": self.base_url, "api_key": self.key}

    @property
    def sent(self) -> str:
        """Every text that came here: what left the house."""
        return json.dumps(self.asked, ensure_ascii=False)

    async def _chat(self, request: web.Request) -> web.Response:
        return await self._answer(request, request.headers.get("Authorization") == f"Bearer {self.key}", self._said)

    async def _libre(self, request: web.Request) -> web.Response:
        body = await request.json()
        return await self._answer(
            request, body.get("api_key") == self.key, lambda body: {"translatedText": self.translates(body["q"])}
        )

    async def _deepl(self, request: web.Request) -> web.Response:
        good = request.headers.get("Authorization") == f"DeepL-Auth-Key {self.key}"
        return await self._answer(request, good, lambda body: {
            "translations": [{"detected_source_language": "FR", "text": self.translates(body["text"][0])}]
        })  # fmt: skip

    def _said(self, body: dict[str, Any]) -> dict[str, Any]:
        message = {"role": "assistant", "content": self.says}
        return {"object": "chat.completion", "model": body["model"], "choices": [{"index": 0, "message": message}]}

    async def _answer(
        self, request: web.Request, good: bool, make: Callable[[dict[str, Any]], dict[str, Any]]
    ) -> web.Response:
        body = await request.json()
        self.asked.append(body)
        if not good:
            return web.json_response({"message": "wrong key"}, status=403)

        async def serve() -> web.Response:
            return web.json_response(make(body))

        return await self.play(request, serve)

    async def _inside(self, request: web.Request) -> web.Response:
        self.visited.append(request.path)
        return web.json_response(self._said({"model": "stand-in"}))

"""The OpenAPI of the fake DingTalk: tokens, group and direct messages, files; with its limits and its refusals."""

import json
from collections import deque
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from aiohttp import web

from bot.testing.dingtalk_afterwards import FORBIDDEN as NOT_PERMITTED
from bot.testing.dingtalk_afterwards import Afterwards, Directory
from bot.testing.dingtalk_afterwards import Shown as Message
from bot.testing.dingtalk_cards import CardPlatform
from bot.testing.dingtalk_refusals import Answer, problem

TOKEN_LIFE = timedelta(hours=2)
MAX_PARAM_BYTES = 15_000
MAX_PERSONS = 20
PER_SECOND = 20
KINDS: dict[str, tuple[str, ...]] = {
    "sampleText": ("content",),
    "sampleMarkdown": ("title", "text"),
    "sampleFile": ("mediaId", "fileName", "fileType"),
    "sampleActionCard": ("title", "text", "singleTitle", "singleURL"),
    **{
        f"sampleActionCard{count}": (
            "title", "text",
            *(f"{name}{number}" for number in range(1, count + 1) for name in ("actionTitle", "actionURL")),
        )
        for count in range(2, 6)
    },
}  # fmt: skip
"""By `msgKey`, the fields that must be there, texts all of them."""
FORBIDDEN = "Forbidden.AccessDenied."

Play = Callable[[web.Request, Callable[[], Awaitable[web.Response]]], Awaitable[web.Response]]
Shown = Callable[[str, dict[str, Any], str], None]
"""Told of every message: conversation, body as a webhook would have taken it, by what."""


class OpenApi:
    """The part of `api.dingtalk.com` that robots use."""

    def __init__(
        self, now: Callable[[], datetime], credentials: tuple[str, str], *, play: Play, shown: Shown,
        address: Callable[[], str],
    ) -> None:  # fmt: skip
        self._now = now
        self._credentials = credentials
        self._play = play
        self._shown = shown
        self._address = address
        self.tokens: dict[str, datetime] = {}
        """Every token and its end."""
        self._recent: dict[str, deque[datetime]] = {}
        self._files: dict[str, bytes] = {}
        self.media: dict[str, bytes] = {}
        """Files that were handed over, by `media_id`."""
        self.afterwards = Afterwards()
        """Messages that were sent, by `processQueryKey`."""
        self.directory = Directory()
        self.cards = CardPlatform(credentials[0], shown, self.afterwards.messages)
        self.tokens_asked = 0
        self.calls: list[tuple[str, dict[str, Any]]] = []
        """Metered calls that arrived, refused ones too: path and body."""
        self.month_left: int | None = None
        """Calls left of the month's quota; None: no end."""
        self.foreign_groups: set[str] = set()
        """Groups of other organisations."""
        self.unknown_staff: set[str] = set()
        self.flow_controlled: set[str] = set()

    def add_routes(self, router: web.UrlDispatcher) -> None:
        """The paths of the real host, and where files lie."""
        router.add_post("/v1.0/oauth2/accessToken", self._token)
        router.add_post("/v1.0/robot/groupMessages/send", self._api(self._to_group))
        router.add_post("/v1.0/robot/oToMessages/batchSend", self._api(self._to_persons))
        router.add_post("/v1.0/robot/messageFiles/download", self._api(self._download))
        router.add_post("/v1.0/card/instances/createAndDeliver", self._api(self.cards.create))
        router.add_put("/v1.0/card/instances", self._api(self.cards.update))
        router.add_post("/v1.0/card/callbacks/register", self._api(self.cards.register))
        router.add_get("/v1.0/robot/oToMessages/readStatus", self._api(self.afterwards.direct_status))
        router.add_post("/v1.0/robot/groupMessages/query", self._api(self.afterwards.group_status))
        router.add_post("/v1.0/robot/otoMessages/batchRecall", self._api(self.afterwards.direct_recall))
        router.add_post("/v1.0/robot/groupMessages/recall", self._api(self.afterwards.group_recall))
        router.add_post("/topapi/v2/user/get", self._look_up(self.directory.get))
        router.add_post("/topapi/v2/user/getbymobile", self._look_up(self.directory.by_phone))
        router.add_post("/topapi/user/getbyunionid", self._look_up(self.directory.by_union_id))
        router.add_get("/stored/{key}", self._file)
        router.add_post("/media/upload", self._upload)

    def drop_tokens(self) -> None:
        """Every token ends before its time."""
        self.tokens = dict.fromkeys(self.tokens, self._now())

    def add_file(self, content: bytes) -> str:
        """A file somebody sent; its `downloadCode`."""
        code = uuid4().hex
        self._files[code] = content
        return code

    # ---- every call ----

    def _api(
        self, serve: Callable[[dict[str, Any]], Answer]
    ) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
        async def handle(request: web.Request) -> web.StreamResponse:
            body = dict(request.query) if request.method == "GET" else await request.json()
            self.calls.append((request.path, body))

            async def answer() -> web.Response:
                status, said = self._refused(request) or serve(body)
                return web.json_response(said, status=status)

            return await self._play(request, answer)

        return handle

    def _refused(self, request: web.Request) -> Answer | None:
        until = self.tokens.get(request.headers.get("x-acs-dingtalk-access-token", ""))
        if until is None or until <= self._now():
            return problem("InvalidAuthentication", "不合法的access_token")
        if self.month_left is not None:
            if self.month_left <= 0:
                return problem(f"{FORBIDDEN}ApiCountLimitForOrg", "…", status=403)
            self.month_left -= 1
        recent = self._recent.setdefault(request.path, deque(maxlen=PER_SECOND))
        if len(recent) == PER_SECOND and self._now() - recent[0] < timedelta(seconds=1):
            return problem(f"{FORBIDDEN}QpsLimitForAppkeyAndApi", "…", status=403)
        recent.append(self._now())
        return None

    def _look_up(
        self, serve: Callable[[dict[str, Any]], dict[str, Any]]
    ) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
        """The older API about people: not metered."""

        async def handle(request: web.Request) -> web.StreamResponse:
            body = await request.json()
            self.directory.asked.append(request.path)

            async def answer() -> web.Response:
                if (refusal := self._refused_by_old(request)) is not None:
                    return refusal
                return web.json_response(serve(body) if self.directory.permitted else NOT_PERMITTED)

            return await self._play(request, answer)

        return handle

    def _refused_by_old(self, request: web.Request) -> web.Response | None:
        """The older API wants its token in the address, and says inside HTTP 200 what it refuses."""
        if self.tokens.get(request.query.get("access_token", ""), self._now()) > self._now():
            return None
        return web.json_response({"errcode": 40014, "errmsg": "不合法的access_token"})

    async def _token(self, request: web.Request) -> web.Response:
        given = await request.json()
        self.tokens_asked += 1
        if (given.get("appKey"), given.get("appSecret")) != self._credentials:
            status, refusal = problem("invalidClientIdOrSecret", "无效的 clientId 或者 clientSecret")
            return web.json_response(refusal, status=status)
        token = uuid4().hex
        self.tokens[token] = self._now() + TOKEN_LIFE
        return web.json_response({"accessToken": token, "expireIn": int(TOKEN_LIFE.total_seconds())})

    # ---- messages ----

    def _to_group(self, body: dict[str, Any]) -> Answer:
        group = body.get("openConversationId", "")
        if refusal := self._message_problem(body):
            return refusal
        if group in self.foreign_groups:
            return problem("conversation.org.notMatch", "会话不属于该组织")
        self._shown(group, as_webhook(body), "openapi")
        key = f"{uuid4().hex}+/=="
        self.afterwards.messages[key] = Message(group)
        return 200, {"processQueryKey": key}

    def _to_persons(self, body: dict[str, Any]) -> Answer:
        persons = body.get("userIds", [])
        if refusal := self._message_problem(body):
            return refusal
        if not persons or len(persons) > MAX_PERSONS:
            return problem("userIds.overMax", "too many")
        invalid = [person for person in persons if person in self.unknown_staff]
        slowed = [person for person in persons if person in self.flow_controlled]
        reached = [person for person in persons if person not in invalid and person not in slowed]
        for person in reached:
            self._shown(f"user:{person}", as_webhook(body), "openapi")
        key = uuid4().hex
        self.afterwards.messages[key] = Message(None, tuple(reached))
        return 200, {"processQueryKey": key, "invalidStaffIdList": invalid,
                     "flowControlledStaffIdList": slowed}

    def _message_problem(self, body: Mapping[str, Any]) -> Answer | None:
        if body.get("robotCode") != self._credentials[0]:
            return problem("robotCode.notExsit", "机器人不存在")
        param = body.get("msgParam")
        if not isinstance(param, str):
            return problem("invalidParameter.msgParam.invalid", "msgParam must be a text")
        if len(param.encode()) > MAX_PARAM_BYTES:
            return problem("invalidParameter.msgParam.tooLong", "消息内容太长")
        try:
            inner = json.loads(param)
        except ValueError:
            return problem("invalidParameter.msgParam.invalid", "msgParam is no JSON")
        wanted = KINDS.get(body.get("msgKey", ""))
        if wanted is None or not all(isinstance(inner.get(name), str) and inner[name] for name in wanted):
            return problem("invalidParameter.msgParam.invalid", "a field is missing")
        if inner.get("mediaId", next(iter(self.media), None)) not in (None, *self.media):
            return problem("invalidParameter.msgParam.invalid", "no such media")
        return None

    # ---- files ----

    def _download(self, body: dict[str, Any]) -> Answer:
        code = body.get("downloadCode", "")
        if code not in self._files or body.get("robotCode") != self._credentials[0]:
            return problem("invalidParameter.robotCode.downloadCode", "下载码有误或者已经过期")
        return 200, {"downloadUrl": f"{self._address()}/stored/{code}?Expires=1&Signature=x%3D"}

    async def _upload(self, request: web.Request) -> web.Response:
        """On the older API."""
        form = await request.post()
        media, kind = form.get("media"), form.get("type") or request.query.get("type")

        async def answer() -> web.Response:
            if (refusal := self._refused_by_old(request)) is not None:
                return refusal
            if kind != "file" or not isinstance(media, web.FileField):
                return web.json_response({"errcode": 40004, "errmsg": "无效的媒体文件类型"})
            key = f"@{uuid4().hex}"
            self.media[key] = media.file.read()
            return web.json_response({"errcode": 0, "errmsg": "ok", "media_id": key, "type": "file", "created_at": 1})

        return await self._play(request, answer)

    async def _file(self, request: web.Request) -> web.Response:
        return web.Response(body=self._files[request.match_info["key"]], content_type="application/octet-stream")


def as_webhook(body: Mapping[str, Any]) -> dict[str, Any]:
    """The same message as the body of a webhook, so that what readers see can be compared."""
    inner = json.loads(body["msgParam"])
    if body["msgKey"] == "sampleText":
        return {"msgtype": "text", "text": inner}
    if body["msgKey"] == "sampleFile":
        return {"msgtype": "text", "text": {"content": f"[{inner['fileName']}]"}}
    if body["msgKey"] == "sampleMarkdown":
        return {"msgtype": "markdown", "markdown": inner}
    titles = [inner[name] for name in sorted(inner) if name.startswith("actionTitle")]
    card = {name: inner[name] for name in ("title", "text", "singleTitle", "singleURL") if name in inner}
    return {"msgtype": "actionCard", "actionCard": card | ({"btns": [{"title": one} for one in titles]})}

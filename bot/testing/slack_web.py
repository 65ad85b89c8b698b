"""The Web API of a fake Slack: each method takes what the real one takes, and refuses inside HTTP 200."""

import json
from collections.abc import Mapping
from typing import Any

from aiohttp import web

from bot.testing.slack_blocks import refusal
from bot.testing.slack_world import BOT, BOT_USER, SlackFile, SlackPost, SlackWorld

NESTED = ("blocks", "files", "metadata")
"""Fields that a form holds as JSON."""
Given = Mapping[str, Any]
Reply = dict[str, Any]


class Refuses(Exception):
    """An answer that is not `ok`."""

    def __init__(self, error: str, *, status: int = 200, after: int = 0, messages: list[str] | None = None) -> None:
        super().__init__(error)
        self.error, self.status, self.after, self.messages = error, status, after, messages or []

    def response(self) -> web.Response:
        """As it travels."""
        body: Reply = {"ok": False, "error": self.error}
        if self.messages:
            body["response_metadata"] = {"messages": self.messages}
        headers = {"Retry-After": str(self.after)} if self.after else {}
        return web.json_response(body, status=self.status, headers=headers)


async def given_by(request: web.Request) -> Given:
    """The arguments of a call, from JSON or a form."""
    if request.content_type == "application/json":
        return dict(json.loads(await request.read()))
    fields = {**request.query, **await request.post()}
    return {name: json.loads(str(value)) if name in NESTED else value for name, value in fields.items()}


class WebApi:
    """Methods by name."""

    def __init__(self, world: SlackWorld) -> None:
        self.world = world
        self.methods = {
            "auth.test": self.auth_test, "auth.revoke": self.auth_revoke, "chat.postMessage": self.post,
            "chat.update": self.update, "conversations.open": self.open, "conversations.history": self.history,
            "conversations.replies": self.history, "files.info": self.file_info,
            "users.info": self.user_info, "files.getUploadURLExternal": self.upload_url,
            "files.completeUploadExternal": self.complete,
        }
        self.base_url = ""

    def team_of(self, token: str) -> str:
        """The workspace of a token. Raises `Refuses`."""
        if token in self.world.revoked:
            raise Refuses("token_revoked")
        if token not in self.world.tokens:
            raise Refuses("invalid_auth" if token else "not_authed")
        return self.world.tokens[token]

    def auth_test(self, given: Given, team: str) -> Reply:  # noqa: ARG002 - every method has this shape
        """Who the token is."""
        return {"team_id": team, "user_id": BOT_USER, "bot_id": BOT}

    def auth_revoke(self, given: Given, team: str) -> Reply:  # noqa: ARG002 - see above
        """The token is not taken any more."""
        self.world.revoked |= {token for token, owner in self.world.tokens.items() if owner == team}
        return {"revoked": True}

    def post(self, given: Given, team: str) -> Reply:  # noqa: ARG002 - see above
        """`chat.postMessage`."""
        channel = self._writable(given)
        self._acceptable(given)
        if wait := self.world.seconds_too_fast(channel):
            raise Refuses("ratelimited", status=429, after=wait)
        post = SlackPost(channel, self.world.next_ts(), dict(given))
        self.world.posts.append(post)
        return {"channel": channel, "ts": post.ts, "message": _message(post)}

    def update(self, given: Given, team: str) -> Reply:  # noqa: ARG002 - see above
        """`chat.update`: replaces text and blocks."""
        channel = self._writable(given)
        self._acceptable(given)
        post = self.world.find(channel, str(given.get("ts")))
        if post is None:
            raise Refuses("message_not_found")
        kept = {key: post.body[key] for key in ("thread_ts",) if key in post.body}
        post.body, post.edits = {**kept, **given}, post.edits + 1
        return {"channel": channel, "ts": post.ts, "text": given.get("text")}

    def open(self, given: Given, team: str) -> Reply:  # noqa: ARG002 - see above
        """`conversations.open` for one person."""
        channel = self.world.direct.get(str(given.get("users")))
        if channel is None:
            raise Refuses("user_not_found")
        return {"channel": {"id": channel}}

    def history(self, given: Given, team: str) -> Reply:  # noqa: ARG002 - see above
        """A channel newest first, or one thread oldest first, a page at a time."""
        channel, thread, oldest = str(given["channel"]), str(given.get("ts", "")), float(given.get("oldest", 0))
        if channel not in self.world.channels:
            raise Refuses("channel_not_found")
        found = [
            post for post in self.world.posts
            if post.channel == channel and float(post.ts) > oldest and post.thread == thread
        ]
        found = found if thread else found[::-1]
        start, size = int(given.get("cursor") or 0), int(given.get("limit", 100))
        with_metadata = given.get("include_all_metadata") in ("true", "1")
        more = str(start + size) if len(found) > start + size else ""
        return {"messages": [_message(post, with_metadata=with_metadata) for post in found[start : start + size]],
                "response_metadata": {"next_cursor": more}}

    def file_info(self, given: Given, team: str) -> Reply:
        """`files.info`."""
        file_id = str(given.get("file"))
        file = self.world.files.get(file_id)
        if file is None:
            raise Refuses("file_not_found")
        url = f"{self.base_url}/files-pri/{team}-{file_id}/{file_id}"
        return {"file": {
            "id": file_id, "name": file.name, "mimetype": file.media_type, "size": len(file.content),
            "mode": "hosted", "is_external": False, "url_private_download": url, **file.about,
        }}

    def user_info(self, given: Given, team: str) -> Reply:
        """`users.info`: everybody is a plain member unless `profiles` says otherwise."""
        user = str(given.get("user"))
        profile = self.world.profiles.get(user, {})
        return {"user": {"id": user, "team_id": team, "name": user.lower(), "is_restricted": False, **profile}}

    def upload_url(self, given: Given, team: str) -> Reply:  # noqa: ARG002 - see above
        """The first step of an upload."""
        if not given.get("filename") or not str(given.get("length", "")).isdecimal():
            raise Refuses("invalid_arguments")
        file_id = f"F0FAKE{self.world.next_number():04d}"
        self.world.files[file_id] = SlackFile(str(given["filename"]), announced=int(given["length"]))
        return {"upload_url": f"{self.base_url}/upload/v1/{file_id}", "file_id": file_id}

    def complete(self, given: Given, team: str) -> Reply:  # noqa: ARG002 - see above
        """The last step: the files are seen. Takes channel ids only."""
        channel = str(given.get("channel_id"))
        if channel not in self.world.channels:
            raise Refuses("invalid_arguments" if channel[:1] not in "CDG" else "channel_not_found")
        if any(each["id"] not in self.world.files for each in given["files"]):
            raise Refuses("file_not_found")
        if any(self.world.files[each["id"]].missing for each in given["files"]):
            raise Refuses("file_upload_failed")
        for each in given["files"]:
            self.world.files[each["id"]].shared.append((channel, str(given.get("thread_ts", ""))))
        return {"files": given["files"]}

    def _writable(self, given: Given) -> str:
        channel = self.world.channel_of(str(given.get("channel")))
        error = self.world.channels[channel] if channel is not None else "channel_not_found"
        if channel is None or error:
            raise Refuses(error)
        return channel

    @staticmethod
    def _acceptable(given: Given) -> None:
        if (found := refusal(given)) is not None:
            raise Refuses(found[0], messages=found[1])


def _message(post: SlackPost, *, with_metadata: bool = False) -> Reply:
    message = {"type": "message", "user": BOT_USER, "bot_id": BOT, "ts": post.ts, "text": post.body.get("text")}
    message |= {"thread_ts": post.thread} if post.thread else {}
    return message | ({"metadata": post.body["metadata"]} if with_metadata and "metadata" in post.body else {})

"""What the fake DingTalk knows of messages after they were sent, and of the people of its organisation."""

from dataclasses import dataclass, field
from typing import Any

from bot.testing.dingtalk_refusals import Answer, problem

MOST_KEYS = 20


@dataclass(slots=True)
class Shown:
    """A message people can see, until it is taken back."""

    group: str | None
    """None: it went to persons."""
    persons: tuple[str, ...] = ()
    readers: list[str] = field(default_factory=list)
    recalled: bool = False


class Afterwards:
    """Read status and recall, by `processQueryKey`."""

    def __init__(self) -> None:
        self.messages: dict[str, Shown] = {}
        self.page = 200
        """Readers told at once."""

    def direct_status(self, query: dict[str, Any]) -> Answer:
        """`oToMessages/readStatus`."""
        found = self.messages.get(query.get("processQueryKey", ""))
        if found is None or found.group is not None:
            return problem("processQueryKey.invalid")
        if found.recalled:
            return 200, {"sendStatus": "RECALLED", "messageReadInfoList": []}
        told = [{"name": f"name of {one}", "userId": one, "readStatus": "READ" if one in found.readers else "UNREAD"}
                for one in found.persons]
        return 200, {"sendStatus": "SUCCESS", "messageReadInfoList": told}

    def group_status(self, body: dict[str, Any]) -> Answer:
        """`groupMessages/query`, page by page."""
        found = self.messages.get(body.get("processQueryKey", ""))
        if found is None or found.group != body.get("openConversationId"):
            return problem("processQueryKey.invalid")
        start = int(body.get("nextToken") or 0)
        end = start + min(self.page, body["maxResults"])
        more = end < len(found.readers)
        return 200, {"sendStatus": "SUCCESS", "readUserIds": found.readers[start:end], "hasMore": more,
                     "nextToken": str(end) if more else ""}

    def direct_recall(self, body: dict[str, Any]) -> Answer:
        """`otoMessages/batchRecall`."""
        return self._recall(body, None)

    def group_recall(self, body: dict[str, Any]) -> Answer:
        """`groupMessages/recall`."""
        return self._recall(body, body.get("openConversationId", ""))

    def _recall(self, body: dict[str, Any], group: str | None) -> Answer:
        keys = body.get("processQueryKeys", [])
        if not keys or len(keys) > MOST_KEYS:
            return problem("processQueryKeys.overMax")
        done = [key for key in keys if key in self.messages and self.messages[key].group == group]
        for key in done:
            self.messages[key].recalled = True
        return 200, {"successResult": done, "failedResult": {key: "消息不存在" for key in keys if key not in done}}


@dataclass(slots=True)
class Directory:
    """People of the organisation by user id: name, phone number, unionid."""

    people: dict[str, tuple[str, str, str]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    """Paths of look-ups that arrived."""
    permitted: bool = True

    def get(self, body: dict[str, Any]) -> dict[str, Any]:
        """`v2/user/get`."""
        staff = body.get("userid", "")
        if staff not in self.people:
            return NOBODY
        name, _, union_id = self.people[staff]
        return {"errcode": 0, "errmsg": "ok", "result": {"userid": staff, "unionid": union_id, "name": name}}

    def by_phone(self, body: dict[str, Any]) -> dict[str, Any]:
        """`v2/user/getbymobile`."""
        return self._by(1, body.get("mobile"))

    def by_union_id(self, body: dict[str, Any]) -> dict[str, Any]:
        """`user/getbyunionid`."""
        return self._by(2, body.get("unionid"))

    def _by(self, place: int, value: object) -> dict[str, Any]:
        found = next((staff for staff, facts in self.people.items() if facts[place] == value), None)
        return NOBODY if found is None else {"errcode": 0, "errmsg": "ok", "result": {"userid": found}}


NOBODY: dict[str, Any] = {"errcode": 60121, "errmsg": "找不到该用户"}
FORBIDDEN: dict[str, Any] = {"errcode": 88, "sub_code": "60011", "errmsg": "ding talk error[subcode=60011]"}

"""What is asked of a message after it was sent: who has read it, and to take it back; each is a metered call."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from adapters.dingtalk.api_answers import Answered
from adapters.dingtalk.asking import Asking, reason_of
from adapters.dingtalk.cardref import query_key
from adapters.dingtalk.config import DingTalkConfig
from adapters.dingtalk.people import People
from adapters.dingtalk.persons import Persons
from adapters.dingtalk.values import items, mapping, text_of
from bot.contracts import AdapterHost, ConversationKind, Delivered, NotDone, NotStored, Readers

DIRECT_READ_PATH = "/v1.0/robot/oToMessages/readStatus"
GROUP_READ_PATH = "/v1.0/robot/groupMessages/query"
DIRECT_RECALL_PATH = "/v1.0/robot/otoMessages/batchRecall"
"""With a small t, as the platform has it."""
GROUP_RECALL_PATH = "/v1.0/robot/groupMessages/recall"
MOST_KEYS = 20
PAGE, MOST_PAGES = 200, 5
MOST_NAMES = 50
"""Readers of a group who are looked up; of the others the ids are told."""
GONE = {"RECALLED": "it was taken back", "PROCESSING": "it is still on its way"}


class Afterwards:
    """Asks for one application."""

    def __init__(self, config: DingTalkConfig, asking: Asking, *, persons: Persons, people: People) -> None:
        self._config = config
        self._asking = asking
        self._persons = persons
        self._people = people

    async def readers(self, message: Delivered, host: AdapterHost) -> Readers:
        """Who has read a message; of one to a person for 24 hours. Raises `NotDone`."""
        key = query_key(message.provider_ref)
        if not key:
            raise NotDone("the platform gave it no key to ask by")
        if message.conversation.kind is ConversationKind.DIRECT:
            return await self._of_person(key, message.conversation.external_id, host)
        ids = await self._of_group(key, message.conversation.external_id, host)
        return Readers(tuple([await self._name(one, host) for one in ids[:MOST_NAMES]] + ids[MOST_NAMES:]))

    async def recall(self, messages: Sequence[Delivered], host: AdapterHost) -> Mapping[str, str]:
        """Take messages back; those that could not be, and why. A key of several persons is taken from all of them."""
        groups: defaultdict[str, dict[str, str]] = defaultdict(dict)
        for message in messages:
            direct = message.conversation.kind is ConversationKind.DIRECT
            group = "" if direct else message.conversation.external_id
            groups[group][query_key(message.provider_ref)] = message.provider_ref
        failed: dict[str, str] = {}
        for group, refs in groups.items():
            if "" in refs:
                failed[refs.pop("")] = "the platform gave it no key to take it back by"
            for keys in _parts(list(refs)):
                failed |= {refs[key]: why for key, why in (await self._recalled(keys, group, host)).items()}
        return failed

    async def _recalled(self, keys: Sequence[str], group: str, host: AdapterHost) -> dict[str, str]:
        body: dict[str, Any] = {"robotCode": self._config.robot_code, "processQueryKeys": keys}
        path, place = (GROUP_RECALL_PATH, {"openConversationId": group}) if group else (DIRECT_RECALL_PATH, {})
        try:
            answer = await self._answer(host, path, body | place)
        except NotDone as error:  # what other calls have taken back is gone: each key has an answer of its own
            return dict.fromkeys(keys, str(error))
        done, why = items(answer.get("successResult")), mapping(answer.get("failedResult"))
        return {key: text_of(why.get(key), 200) or "the platform does not say why" for key in keys if key not in done}

    async def _of_person(self, key: str, conversation: str, host: AdapterHost) -> Readers:
        body = {"robotCode": self._config.robot_code, "processQueryKey": key}
        answer = await self._answer(host, DIRECT_READ_PATH, body, method="GET")
        if why := GONE.get(text_of(answer.get("sendStatus"), 40)):
            raise NotDone(why)
        try:
            person = await self._persons.of(conversation, host.state(self._config.name))
        except NotStored as error:
            raise NotDone(f"the store does not answer: {error}") from None
        told = [mapping(one) for one in items(answer.get("messageReadInfoList"))]
        # Others may have got the same in one call.
        theirs = [one for one in told if person is None or text_of(one.get("userId")) == person]
        names = {True: list[str](), False: list[str]()}
        for one in theirs:
            names[one.get("readStatus") == "READ"].append(text_of(one.get("name"), 200) or text_of(one.get("userId")))
        return Readers(tuple(names[True]), tuple(names[False]))

    async def _of_group(self, key: str, group: str, host: AdapterHost) -> list[str]:
        found: list[str] = []
        token = ""
        for _ in range(MOST_PAGES):
            answer = await self._answer(host, GROUP_READ_PATH, {
                "openConversationId": group, "robotCode": self._config.robot_code, "processQueryKey": key,
                "maxResults": PAGE, "nextToken": token,
            })
            found += filter(None, (text_of(one, 256) for one in items(answer.get("readUserIds"))))
            token = text_of(answer.get("nextToken"), 1_000)
            if answer.get("hasMore") is not True or not token:
                break
        return found

    async def _name(self, staff: str, host: AdapterHost) -> str:
        try:
            person = await self._people.find("id", staff, host)
        except NotDone:  # the permission to look people up is not needed to know how many have read it
            return staff
        return person.name if person is not None else staff

    async def _answer(
        self, host: AdapterHost, path: str, body: Mapping[str, Any], *, method: str = "POST"
    ) -> Mapping[str, Any]:
        answered = await self._asking.call(host, path, body, method=method)
        if not isinstance(answered, Answered) or not answered.is_done:
            raise NotDone(reason_of(answered))
        return answered.body


def _parts(keys: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(keys), MOST_KEYS):
        yield keys[start : start + MOST_KEYS]

"""Who somebody of the organisation is: by id, phone number or unionid; kept for a day, an empty answer never."""

import json
from datetime import timedelta

from adapters.dingtalk.api_answers import Answered
from adapters.dingtalk.asking import Asking, reason_of
from adapters.dingtalk.codec import external_id_of
from adapters.dingtalk.values import mapping, text_of
from bot.contracts import AdapterHost, FoundPerson, NotDone, NotStored, PersonKey

GET_PATH = "/topapi/v2/user/get"
BY_PHONE_PATH = "/topapi/v2/user/getbymobile"
BY_UNION_ID_PATH = "/topapi/user/getbyunionid"
KEEP = timedelta(days=1)
NOBODY, NO_SUCH_PHONE, NO_PERMISSION = 60121, 40104, 88
_FIXES = {
    NO_SUCH_PHONE: "the platform does not take this phone number; write it without country code and blanks",
    NO_PERMISSION: "the application may not look people up: grant it qyapi_get_member in the console",
}


class People:
    """Looks people up for one application; these calls cost no quota."""

    def __init__(self, adapter: str, asking: Asking) -> None:
        self._adapter = adapter
        self._asking = asking

    async def find(self, by: PersonKey, value: str, host: AdapterHost) -> FoundPerson | None:
        """The person, None when there is nobody such. Raises `NotDone`."""
        state, key = host.state(self._adapter), f"user:{by}:{value}"
        try:
            if kept := await state.get(key):
                return FoundPerson(*json.loads(kept))
            found = await self._ask(by, value, host)
            if found is not None:
                await state.put(key, json.dumps([found.external_id, found.name]), until=host.now() + KEEP)
        except NotStored as error:
            raise NotDone(f"the store does not answer: {error}") from None
        return found

    async def _ask(self, by: PersonKey, value: str, host: AdapterHost) -> FoundPerson | None:
        staff = value
        if by == "phone":
            staff = await self._answer(host, BY_PHONE_PATH, {"mobile": value}, "userid")
        elif by == "union_id":
            staff = await self._answer(host, BY_UNION_ID_PATH, {"unionid": value}, "userid")
        name = await self._answer(host, GET_PATH, {"userid": staff, "language": "en_US"}, "name") if staff else ""
        return FoundPerson(external_id_of(staff), name) if name else None

    async def _answer(self, host: AdapterHost, path: str, body: dict[str, str], wanted: str) -> str:
        """A text of the answer's `result`; empty when there is nobody."""
        answered = await self._asking.look_up(host, path, body)
        if isinstance(answered, Answered):
            if answered.old_code == 0:
                return text_of(mapping(answered.body.get("result")).get(wanted), 256).strip()
            if answered.old_code == NOBODY:
                return ""
            if answered.old_code in _FIXES:
                raise NotDone(_FIXES[answered.old_code])
        raise NotDone(reason_of(answered))

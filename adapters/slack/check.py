"""The live test of `parcelbridge doctor`: is each token taken, is it of our workspace, does it have every scope?"""

from collections.abc import Mapping

from adapters.slack.answers import TOKEN
from adapters.slack.api import Api, Failure, Refusal
from adapters.slack.config import SlackConfig, installable, missing, padded_secrets
from adapters.slack.running import stored_tokens
from adapters.slack.scopes import SCOPES, lacking
from adapters.slack.values import id_of
from bot.contracts import AdapterHost, Health, NotStored

MAX_TRIED = 20
"""Workspaces; a person waits for the result."""


class _Unwell(Exception):
    """Something a person has to mend: in a word, and in a sentence."""

    def __init__(self, state: str, detail: str) -> None:
        super().__init__(detail)
        self.state = state


async def check(config: SlackConfig, host: AdapterHost) -> Health:
    """Ask who each token is; in mode "socket" also for a websocket's address. Nothing is posted."""
    api = Api(config.api_base_url, host.session)
    try:
        _complete(config)
        if config.mode == "socket" and config.app_token is not None:
            await _socket(api, config.app_token.get_secret_value())
        if installable(config):
            return Health(True, detail=await _installed(api, config, host))
        token = config.bot_token.get_secret_value() if config.bot_token is not None else ""
        return Health(True, detail=f"the token is taken, workspace {await _token(api, token, config)}")
    except _Unwell as unwell:
        return Health(False, unwell.state, str(unwell))
    except Failure as failure:
        return Health(False, "unreachable", f"{config.api_base_url}: {failure}; check the network and api_base_url")


def _complete(config: SlackConfig) -> None:
    absent, padded = missing(config), padded_secrets(config)
    if absent:
        raise _Unwell("incomplete", f"add {', '.join(absent)}")
    if padded:
        raise _Unwell("suspicious", f"{', '.join(padded)}: begins or ends with a blank or line end; copy it again")


async def _socket(api: Api, token: str) -> None:
    try:
        await api.look("apps.connections.open", token, {})
    except Refusal as refusal:
        fix = "check app_token (xapp-…) and its scope connections:write, and that Socket Mode is switched on"
        raise _Unwell("refused", f"no websocket can be opened ({refusal}); {fix}") from None


async def _installed(api: Api, config: SlackConfig, host: AdapterHost) -> str:
    """How the workspaces stand that may install the app; one that has not yet is no fault. Raises `_Unwell`."""
    page = f"{host.public_url}/adapters/{config.name}/oauth/install"
    try:
        tokens = stored_tokens(config, host)
        found = {team: await tokens.of(team) for team in config.team_ids[:MAX_TRIED]}
    except NotStored:
        return f"workspaces install the app at {page}; their tokens are not tried here"
    told, wrong = [], []
    for team, token in found.items():
        if token is None:
            told.append(f"{team} has not installed the app yet: open {page}")
            continue
        try:
            await _token(api, token, config)
            told.append(f"{team}: the token is taken")
        except _Unwell as unwell:
            wrong.append(f"{team}: {unwell}")
    if wrong:
        raise _Unwell("refused", "; ".join(wrong))
    return "; ".join(told)


async def _token(api: Api, token: str, config: SlackConfig) -> str:
    """The workspace of a token that is as it should be. Raises `_Unwell` or a `Failure`."""
    try:
        answer, headers = await api.call_with_headers("auth.test", token)
    except Refusal as refusal:
        fix = TOKEN.get(refusal.error, "check the tokens and api_base_url")
        raise _Unwell("refused", f"the platform refused ({refusal}); {fix}") from None
    team, enterprise = id_of(answer.get("team_id")), id_of(answer.get("enterprise_id"))
    if team not in config.team_ids and enterprise not in config.team_ids:
        raise _Unwell("other workspace", f"bot_token belongs to {team}, which is not in team_ids; add it")
    if not id_of(answer.get("bot_id")):
        raise _Unwell("refused", "bot_token is no token of a bot; use the one that begins with xoxb-")
    problem = lacking(_given(headers, config))
    if problem:
        raise _Unwell("scopes", problem)
    return team


def _given(headers: Mapping[str, str], config: SlackConfig) -> set[str]:
    """The token's scopes; the platform names them in a header, and we believe in all where it does not."""
    given = {scope.strip() for scope in headers.get("x-oauth-scopes", "").split(",")} - {""}
    return given | ({"users:read"} if config.guests_belong else set()) if given else set(SCOPES)

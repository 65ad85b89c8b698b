"""The live test of `parcelbridge doctor`: is the token taken, is it of our workspace, does it have every scope?"""

from adapters.slack.answers import TOKEN
from adapters.slack.api import Api, Failure, Refusal
from adapters.slack.config import SlackConfig, installable, missing, padded_secrets
from adapters.slack.install import SCOPES
from adapters.slack.values import id_of
from bot.contracts import AdapterHost, Health

NEEDED = frozenset(SCOPES)


async def check(config: SlackConfig, host: AdapterHost) -> Health:
    """Ask who the token is; in mode "socket" also for a websocket's address. Nothing is posted."""
    absent = missing(config)
    if absent:
        return Health(False, "incomplete", f"add {', '.join(absent)}")
    padded = padded_secrets(config)
    if padded:
        keys = ", ".join(padded)
        return Health(False, "suspicious", f"{keys}: begins or ends with a blank or line end; copy it again")
    api = Api(config.api_base_url, host.session)
    try:
        if config.mode == "socket" and config.app_token is not None:
            await api.look("apps.connections.open", config.app_token.get_secret_value(), {})
        if config.bot_token is None or installable(config):
            page = f"{host.public_url}/adapters/{config.name}/oauth/install"
            return Health(True, "up", f"workspaces install the app at {page}; their tokens are not tried here")
        return await _token(api, config.bot_token.get_secret_value(), config)
    except Refusal as refusal:
        fix = TOKEN.get(refusal.error, "check the tokens and api_base_url")
        return Health(False, "refused", f"the platform refused ({refusal}); {fix}")
    except Failure as failure:
        return Health(False, "unreachable", f"{config.api_base_url}: {failure}; check the network and api_base_url")


async def _token(api: Api, token: str, config: SlackConfig) -> Health:
    answer, headers = await api.call_with_headers("auth.test", token)
    team, enterprise = id_of(answer.get("team_id")), id_of(answer.get("enterprise_id"))
    if team not in config.team_ids and enterprise not in config.team_ids:
        return Health(False, "other workspace", f"bot_token belongs to {team}, which is not in team_ids; add it")
    if not id_of(answer.get("bot_id")):
        return Health(False, "refused", "bot_token is no token of a bot; use the one that begins with xoxb-")
    given = {scope.strip() for scope in headers.get("x-oauth-scopes", "").split(",")} - {""}
    lacking = sorted(NEEDED - given) if given else []
    if lacking:
        return Health(False, "scopes", f"the app lacks {', '.join(lacking)}; add them and install it again")
    return Health(True, "up", f"the token is taken, workspace {team}")

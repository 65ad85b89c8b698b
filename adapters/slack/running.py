"""The parts of an instance while it runs, put together from its configuration and the host."""

from dataclasses import dataclass
from functools import partial

from adapters.slack.api import Api
from adapters.slack.attempt import DirectChannels, Tools
from adapters.slack.config import SlackConfig, installable
from adapters.slack.files import Files
from adapters.slack.install import Installer
from adapters.slack.intake import Intake
from adapters.slack.link import Link
from adapters.slack.people import People
from adapters.slack.receive import Receiver
from adapters.slack.routes import origins
from adapters.slack.send import Sender
from adapters.slack.socket import SocketMode
from adapters.slack.tokens import ConfiguredToken, StoredTokens, Tokens
from adapters.slack.workspace import App
from bot.contracts import AdapterHost


@dataclass(frozen=True, slots=True)
class Running:
    """Everything that needs the host."""

    host: AdapterHost
    api: Api
    tokens: Tokens
    intake: Intake
    sender: Sender
    files: Files
    receiver: Receiver | None
    """None: this instance takes no requests, or cannot verify them."""
    socket: SocketMode | None
    installer: Installer | None


def put_together(config: SlackConfig, host: AdapterHost) -> Running:
    """The parts, not started."""
    app = App(config.name, frozenset(config.team_ids), config.app_id or "")
    api = Api(config.api_base_url, host.session)
    stored = stored_tokens(config, host) if installable(config) else None
    tokens: Tokens = stored or ConfiguredToken(config.bot_token.get_secret_value() if config.bot_token else "")
    hooks = origins(config.hooks_base_urls)
    people = None if config.guests_belong else People(api, tokens, host, app.team_ids)
    intake = Intake(app, config.command, hooks, tokens, people)
    files = Files(api, tokens, host.session, origins((config.files_base_url,)))
    sender = Sender(tokens, hooks, Tools(api, files, host, DirectChannels(api), config.max_bytes))
    return Running(
        host=host, api=api, tokens=tokens, intake=intake, files=files, sender=sender,
        receiver=_receiver(config, intake), socket=_socket(config, api, intake, host),
        installer=_installer(config, app, stored, sender),
    )


def stored_tokens(config: SlackConfig, host: AdapterHost) -> StoredTokens:
    """The tokens of the workspaces that installed the app. Raises `NotStored`."""
    organisations = frozenset(team for team in config.team_ids if team.startswith("E"))
    return StoredTokens(host.state(config.name), _keys(config), organisations)


def _receiver(config: SlackConfig, intake: Intake) -> Receiver | None:
    secrets = (config.signing_secret, config.previous_signing_secret)
    given = tuple(secret.get_secret_value() for secret in secrets if secret is not None)
    return Receiver(intake, given) if given and config.mode == "http" else None


def _socket(config: SlackConfig, api: Api, intake: Intake, host: AdapterHost) -> SocketMode | None:
    if config.mode != "socket" or config.app_token is None:
        return None
    token = config.app_token.get_secret_value()
    return SocketMode(api, token, config.api_base_url, host, partial(Link, intake=intake))


def _installer(config: SlackConfig, app: App, tokens: StoredTokens | None, sender: Sender) -> Installer | None:
    if tokens is None or config.client_id is None or config.client_secret is None:
        return None
    return Installer(
        app=app, client_id=config.client_id, client_secret=config.client_secret.get_secret_value(),
        keys=_keys(config), tokens=tokens, api=sender.tools.api, api_base_url=config.api_base_url,
        installed=sender.problems.clear,
    )


def _keys(config: SlackConfig) -> tuple[str, ...]:
    return tuple(key.get_secret_value() for key in config.token_keys)

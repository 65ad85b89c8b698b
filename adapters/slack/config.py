"""Keys of one Slack instance in `[[adapters]]`, and what it still needs before it can run."""

import re
from typing import Literal

from pydantic import ConfigDict, Field, SecretStr, field_validator

from bot.contracts import AdapterConfig
from bot.contracts.addresses import base_address
from bot.contracts.encryption import checked_keys

MODES = ("http", "socket")
INSTALL_KEYS = ("client_id", "client_secret", "token_keys")
_TEAM = re.compile(r"[TE][A-Z0-9]{1,63}")
_APP = re.compile(r"A[A-Z0-9]{1,63}")
_COMMAND = re.compile(r"/[a-z0-9_-]{1,31}")


class SlackConfig(AdapterConfig):
    """An app in one workspace with its bot token, or in several that install it by themselves."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    mode: Literal["http", "socket"] = "http"
    """How events arrive: the platform calls our address, or we hold a websocket open where nobody can call us."""
    team_ids: tuple[str, ...] = ()
    """Workspaces (`T…`), or whole organisations (`E…`), whose members belong here; all others are refused."""
    app_id: str | None = None
    """`A…`; when given, payloads for another app are refused."""
    signing_secret: SecretStr | None = None
    """Proves that a request comes from Slack; from the app's page "Basic Information"."""
    previous_signing_secret: SecretStr | None = None
    """Accepted too while the secret is being changed."""
    bot_token: SecretStr | None = None
    """`xoxb-…`, when the app is in one workspace; from the page "OAuth & Permissions"."""
    app_token: SecretStr | None = None
    """`xapp-…` with the scope `connections:write`, for mode "socket"."""
    client_id: str | None = None
    """With `client_secret` and `token_keys`: workspaces install the app at `/adapters/<name>/oauth/install`."""
    client_secret: SecretStr | None = None
    token_keys: tuple[SecretStr, ...] = ()
    """Keys that encrypt the workspaces' tokens in the store; the first encrypts, all decrypt."""
    guests_belong: bool = False
    """True: guests of a workspace count as its members. Then nobody is looked up before a message is stored."""
    command: str = "/parcel"
    """The slash command."""
    api_base_url: str = "https://slack.com"
    files_base_url: str = "https://files.slack.com"
    hooks_base_urls: tuple[str, ...] = ("https://hooks.slack.com", "https://hooks.slack-gov.com")
    """Hosts of the addresses that answer a command in private."""
    max_bytes: int = Field(default=36_000, ge=4_000, le=100_000)
    """Largest message, UTF-8 bytes; beside it the platform's 12,000 characters of blocks hold."""

    @field_validator("mode", mode="before")
    @classmethod
    def _known_mode(cls, value: object) -> object:
        if value not in MODES:
            raise ValueError(f"mode {value!r} is not known; known modes: {', '.join(MODES)}")
        return value

    @field_validator("team_ids")
    @classmethod
    def _are_teams(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for team in value:
            if not _TEAM.fullmatch(team):
                raise ValueError(f"{team!r} is no workspace id: it begins with T (a whole organisation: E), "
                                 "see the address of the workspace in a browser")
        return value

    @field_validator("app_id")
    @classmethod
    def _is_app(cls, value: str | None) -> str | None:
        if value is not None and not _APP.fullmatch(value):
            raise ValueError(f"{value!r} is no app id: it begins with A, see the app's page \"Basic Information\"")
        return value

    @field_validator("command")
    @classmethod
    def _is_command(cls, value: str) -> str:
        if not _COMMAND.fullmatch(value):
            raise ValueError(f"{value!r} is no slash command: write a slash and small letters, as in \"/parcel\"")
        return value

    @field_validator("signing_secret", "previous_signing_secret", "client_secret")
    @classmethod
    def _secret_given(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and not value.get_secret_value():
            raise ValueError("the secret is empty: copy it from the app's page \"Basic Information\"")
        return value

    @field_validator("bot_token")
    @classmethod
    def _of_bot(cls, value: SecretStr | None) -> SecretStr | None:
        return _beginning(value, "xoxb-")

    @field_validator("app_token")
    @classmethod
    def _of_app(cls, value: SecretStr | None) -> SecretStr | None:
        return _beginning(value, "xapp-")

    @field_validator("token_keys")
    @classmethod
    def _are_keys(cls, value: tuple[SecretStr, ...]) -> tuple[SecretStr, ...]:
        return checked_keys(value)

    @field_validator("api_base_url", "files_base_url")
    @classmethod
    def _base(cls, value: str) -> str:
        return base_address(value)

    @field_validator("hooks_base_urls")
    @classmethod
    def _bases(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(map(base_address, value))


def missing(config: SlackConfig) -> list[str]:
    """Keys this instance still needs."""
    keys = ["team_ids", "app_token" if config.mode == "socket" else "signing_secret"]
    keys += INSTALL_KEYS if any(getattr(config, key) for key in INSTALL_KEYS) else ["bot_token"]
    return [key for key in keys if not getattr(config, key)]


def installable(config: SlackConfig) -> bool:
    """True when workspaces may install the app by themselves."""
    return all(getattr(config, key) for key in INSTALL_KEYS)


def padded_secrets(config: SlackConfig) -> list[str]:
    """Keys whose secret begins or ends with a blank, a line end or a byte-order mark: most likely a pasting slip."""
    names = ("signing_secret", "previous_signing_secret", "bot_token", "app_token", "client_secret")
    secrets = {name: getattr(config, name) for name in names}
    return [name for name, secret in secrets.items() if secret is not None and _padded(secret.get_secret_value())]


def _beginning(value: SecretStr | None, beginning: str) -> SecretStr | None:
    if value is not None and not value.get_secret_value().startswith(beginning):
        raise ValueError(f"the token does not begin with {beginning}: another kind of token was copied")
    return value


def _padded(text: str) -> bool:
    return text != text.strip() or text.startswith("\ufeff")

"""Keys of one DingTalk instance in `[[adapters]]`, and what it still needs before it can run."""

import re
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator, model_validator

from bot.contracts import AdapterConfig
from bot.contracts.addresses import base_address

MODES = ("stream", "http")
RECEIVING_KEYS = ("client_id", "client_secret", "robot_code", "corp_id")
_TOKEN = re.compile(r"[A-Za-z0-9._-]+")
_HOST_PATTERN = re.compile(r"(\*\.)?[a-z0-9-]+(\.[a-z0-9-]+)*|\*")
MEBIBYTE = 1024 * 1024


def _not_empty(value: SecretStr | None, fix: str) -> SecretStr | None:
    if value is not None and not value.get_secret_value():
        raise ValueError(f"the secret is empty: {fix}")
    return value


class CustomRobot(BaseModel):
    """One custom robot of one group: a webhook that can push into it at any time, and hear nothing."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    access_token: SecretStr
    """The text after `access_token=` in the webhook address that DingTalk shows."""
    secret: SecretStr | None = None
    """The `SEC...` text, when the robot's security setting is "sign"."""
    keyword: str | None = None
    """Added to messages that lack it, when the robot's security setting is "keywords"."""
    conversation_id: str | None = None
    """`cid...` of the same group, so that messages to it can go through this robot when no session is open."""
    base_url: str | None = None
    """Host of this robot's webhook; default: `oapi_base_url`."""

    @field_validator("access_token")
    @classmethod
    def _token_alone(cls, value: SecretStr) -> SecretStr:
        if not _TOKEN.fullmatch(value.get_secret_value()):
            raise ValueError("give only the text after access_token= of the webhook address")
        return value

    @field_validator("secret")
    @classmethod
    def _secret_given(cls, value: SecretStr | None) -> SecretStr | None:
        return _not_empty(value, "copy the SEC... text of the robot's security settings, or leave the key out")

    @field_validator("base_url")
    @classmethod
    def _base(cls, value: str | None) -> str | None:
        return None if value is None else base_address(value)


class DingTalkConfig(AdapterConfig):
    """A robot of one organisation, heard over Stream or HTTP, and custom robots that push into groups."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    mode: Literal["stream", "http"] = "stream"
    """Stream: we connect to the platform, which needs no public address. HTTP: the platform calls our webhook."""
    client_id: str | None = None
    """ClientID (AppKey) of the application."""
    client_secret: SecretStr | None = None
    """ClientSecret (AppSecret); used exactly as given, never stripped."""
    robot_code: str | None = None
    """Often the same text as `client_id`; messages for another robot are refused."""
    corp_id: str | None = None
    """Organisation that owns the robot; messages for another organisation are refused."""
    allowed_sender_corps: tuple[str, ...] = ()
    """Organisations beside `corp_id` whose staff are not treated as outsiders."""
    oapi_base_url: str = "https://oapi.dingtalk.com"
    api_base_url: str = "https://api.dingtalk.com"
    gateway_base_url: str | None = None
    """Where a Stream connection is registered; default: `api_base_url`."""
    stream_hosts: tuple[str, ...] = ("*.dingtalk.com",)
    """Hosts the registration may send us to for the Stream connection."""
    download_hosts: tuple[str, ...] = ("*",)
    """Hosts files may be fetched from; `*` is any host with a public address."""
    max_file_bytes: int = Field(default=20 * MEBIBYTE, ge=1, le=100 * MEBIBYTE)
    """Larger files are not fetched."""
    card_template_id: str | None = None
    """A published card template with our variables: messages with buttons are sent as interactive cards."""
    interactive: Literal["alerts", "all"] = "alerts"
    """Which messages with buttons become interactive cards; each costs one metered call."""
    card_callback_secret: SecretStr | None = None
    """Signs button presses in HTTP mode; a text of your own, registered with the platform at the start."""
    monthly_calls: int = Field(default=5_000, ge=0)
    """Metered OpenAPI calls the organisation may make in a calendar month; 0: do not watch."""
    monthly_messages: int = Field(default=3_000, ge=0)
    """Webhook and Stream messages of a calendar month; 0: do not watch."""
    max_bytes: int = Field(default=18_000, ge=2_000, le=20_000)
    """Largest request body, UTF-8 bytes; the platform refuses more than 20,000."""
    custom_robots: dict[str, CustomRobot] = Field(default_factory=dict)
    """By a name of your own; the conversation `robot:<name>` is that robot's group."""

    @field_validator("mode", mode="before")
    @classmethod
    def _known_mode(cls, value: object) -> object:
        if value not in MODES:
            raise ValueError(f"mode {value!r} is not known; known modes: {', '.join(MODES)}")
        return value

    @field_validator("client_secret")
    @classmethod
    def _secret_given(cls, value: SecretStr | None) -> SecretStr | None:
        return _not_empty(value, "copy the ClientSecret from the application's credentials page")

    @field_validator("card_callback_secret")
    @classmethod
    def _card_secret_given(cls, value: SecretStr | None) -> SecretStr | None:
        return _not_empty(value, "make up a long random text, or leave the key out")

    @field_validator("oapi_base_url", "api_base_url", "gateway_base_url")
    @classmethod
    def _bases(cls, value: str | None) -> str | None:
        return None if value is None else base_address(value)

    @field_validator("stream_hosts", "download_hosts")
    @classmethod
    def _hosts(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for pattern in value:
            if not _HOST_PATTERN.fullmatch(pattern.lower()):
                raise ValueError(f"{pattern!r} is not a host: write host.example, *.host.example or *")
        return tuple(pattern.lower() for pattern in value)

    @property
    def gateway(self) -> str:
        """Base address of the Stream registration."""
        return self.gateway_base_url or self.api_base_url

    @model_validator(mode="after")
    def _one_robot_a_group(self) -> Self:
        taken: dict[str, str] = {}
        for name, robot in self.custom_robots.items():
            if robot.conversation_id and taken.setdefault(robot.conversation_id, name) != name:
                first = taken[robot.conversation_id]
                raise ValueError(f"custom_robots {first} and {name} name the same conversation_id; keep one")
        return self


def missing(config: DingTalkConfig) -> list[str]:
    """Keys without which nothing can be received; an instance that only pushes needs none of them."""
    absent = [key for key in RECEIVING_KEYS if not getattr(config, key)]
    pushes_only = bool(config.custom_robots) and len(absent) == len(RECEIVING_KEYS)
    return [] if pushes_only else absent


def receives(config: DingTalkConfig) -> bool:
    """True when everything a verified callback needs is there."""
    return all(getattr(config, key) for key in RECEIVING_KEYS)


def padded_secrets(config: DingTalkConfig) -> list[str]:
    """Keys whose secret begins or ends with a blank, a line end or a byte-order mark: most likely a pasting slip."""
    secrets = {"client_secret": config.client_secret}
    secrets |= {f"custom_robots.{name}.secret": robot.secret for name, robot in config.custom_robots.items()}
    return [key for key, secret in secrets.items() if secret is not None and _padded(secret.get_secret_value())]


def _padded(text: str) -> bool:
    return text != text.strip() or text.startswith("\ufeff")

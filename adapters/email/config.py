"""Keys of one mailbox in `[[adapters]]`, and what it still needs before it can run."""

import re
from ipaddress import ip_address
from typing import Literal, Self
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator, model_validator

from adapters.email.dns import split_server
from bot.contracts import AdapterConfig
from bot.contracts.addresses import LOOPBACK
from bot.contracts.encryption import checked_keys

ADDRESS = re.compile(r"[A-Za-z0-9._%-]+(\+[A-Za-z0-9._%-]+)?@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")
DOMAIN = re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+)+")
PORTS = {"smtp": {"starttls": 587, "tls": 465, "none": 25}, "imap": {"starttls": 143, "tls": 993, "none": 143}}

Security = Literal["tls", "starttls", "none"]


class _Table(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


class _Server(_Table):
    """A mail server we log in to."""

    host: str
    port: int | None = Field(default=None, ge=1, le=65535)
    """Default: the usual one for the kind of security."""
    security: Security = "starttls"
    username: str | None = None
    password: SecretStr | None = None
    """Password, or the authorisation code that QQ, 163 and Foxmail want instead."""
    ca_file: str | None = None
    """Certificates to trust beside the system's, for servers with one of their own."""

    @model_validator(mode="after")
    def _no_password_in_clear(self) -> Self:
        if self.security == "none" and self.password is not None and self.host not in LOOPBACK:
            raise ValueError(f"security = \"none\" would send the password to {self.host} in clear text: "
                             "write \"starttls\" or \"tls\"")
        if self.username is None and self.password is not None:
            raise ValueError("a password needs a username: give both, or neither")
        return self


class SmtpServer(_Server):
    """Where mail goes out."""

    connections: int = Field(default=2, ge=1, le=10)
    """Open at once; most providers allow 1 to 10."""
    messages_per_connection: int = Field(default=50, ge=1, le=1000)

    @property
    def real_port(self) -> int:
        """The port, or the usual one."""
        return self.port or PORTS["smtp"][self.security]


class ImapServer(_Server):
    """The mailbox that is read."""

    security: Security = "tls"
    folder: str = "INBOX"
    processed: str | None = "Processed"
    """Where stored mails are moved to; made when it is not there. None: they stay and are flagged."""
    quarantine: str = "Quarantine"
    """Where mails are moved to that cannot be read."""
    poll_seconds: int = Field(default=300, ge=1, le=3600)
    """Looks for new mail at least this often, also where the server cannot push."""
    idle_seconds: int = Field(default=540, ge=1, le=1740)
    """Asks again to be told of new mail after this long; servers and firewalls forget."""

    @property
    def real_port(self) -> int:
        """The port, or the usual one."""
        return self.port or PORTS["imap"][self.security]


class Listener(_Table):
    """A door of our own behind the company's relay, instead of a mailbox. Never open to the internet."""

    host: str = "127.0.0.1"
    port: int = Field(default=8025, ge=0, le=65535)
    """0 takes a free one."""
    protocol: Literal["smtp", "lmtp"] = "smtp"
    keep_dir: str | None = None
    """Folder for mails that cannot be read; None: they are refused, and their sender's server returns them."""


class OAuth(_Table):
    """How to get access tokens, for mailboxes that take no password; `username` of the servers is then enough."""

    token_url: str
    """Where tokens are given out."""
    client_id: str
    client_secret: SecretStr | None = None
    refresh_token: SecretStr | None = None
    """Of a person who agreed; None: the application has rights of its own."""
    token_keys: tuple[SecretStr, ...] = ()
    """Keys that encrypt the newest refresh token in the store; the first encrypts, all decrypt."""
    scope: str = ""

    @field_validator("token_keys")
    @classmethod
    def _are_keys(cls, value: tuple[SecretStr, ...]) -> tuple[SecretStr, ...]:
        return checked_keys(value)

    @field_validator("token_url")
    @classmethod
    def _https(cls, value: str) -> str:
        parts = urlsplit(value)
        if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in LOOPBACK):
            raise ValueError(f"{value!r} must begin with https://")
        return value


class Trust(_Table):
    """Whose word on the sender is taken. Without it nobody who writes is answered."""

    authserv_id: str | None = None
    """Name our own receiving server writes into Authentication-Results; nobody else's counts."""
    border: str | None = None
    """Host after `by` in the Received line of that server; default: `authserv_id`."""
    position: Literal["above_received", "anywhere"] = "above_received"
    """Where its line must stand; some servers, Exchange among them, put it elsewhere."""
    arc_sealers: tuple[str, ...] = ()
    """Gateways and list servers whose ARC seal is believed."""
    check_dkim: bool = False
    """Check DKIM signatures and DMARC ourselves, over DNS; for a listener whose relay writes no result."""
    nameservers: tuple[str, ...] = ()
    """Whom to ask for that, `address` or `address:port`; none: the system's."""

    @field_validator("nameservers")
    @classmethod
    def _addresses(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for server in value:
            try:
                host, port = split_server(server)
                ip_address(host)
            except ValueError:
                port = 0
            if not 0 < port < 65536:
                raise ValueError(f"{server!r} is no name server: write its address, such as \"192.0.2.53\" or "
                                 "\"127.0.0.1:5353\"")
        return value

    @property
    def border_host(self) -> str:
        """The host whose Received line ends what our own servers wrote."""
        return (self.border or self.authserv_id or "").lower()


class EmailConfig(AdapterConfig):
    """One mailbox: how it is read, how mail is sent, whom it believes."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    address: str
    """Address of the bot."""
    plus_addresses: bool = True
    """`name+token@domain` reaches the same mailbox: answers and bounces come back to such addresses."""
    from_name: str = "Parcelbridge 包裹桥"
    domains: tuple[str, ...] = ()
    """Mail domains whose authenticated people belong to `partner`."""
    smtp: SmtpServer | None = None
    imap: ImapServer | None = None
    listener: Listener | None = None
    oauth: OAuth | None = None
    trust: Trust = Trust()
    max_bytes: int = Field(default=100_000, ge=10_000, le=20_000_000)
    """Largest message we write, bytes; Gmail hides what is beyond about 100,000."""
    max_file_bytes: int = Field(default=7_000_000, ge=0, le=50_000_000)
    """Files attached to one mail, bytes all together; many servers take no mail above 10,000,000."""
    max_received_bytes: int = Field(default=25_000_000, ge=100_000, le=100_000_000)
    """Largest message that is read; larger ones are put aside."""

    @field_validator("address")
    @classmethod
    def _an_address(cls, value: str) -> str:
        if not ADDRESS.fullmatch(value) or "+" in value:
            raise ValueError(f"{value!r} is no plain mail address; write one such as bot@example.com")
        return value.lower()

    @field_validator("domains")
    @classmethod
    def _lower_domains(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        lowered = tuple(domain.lower().lstrip("@") for domain in value)
        for domain in lowered:
            if not DOMAIN.fullmatch(domain):
                raise ValueError(f"{domain!r} is no mail domain; write one such as \"example.com\"")
        return lowered

    @model_validator(mode="after")
    def _one_way_in(self) -> Self:
        if self.imap is not None and self.listener is not None:
            raise ValueError("imap and listener are two ways in: keep one")
        return self

    @model_validator(mode="after")
    def _some_proof_for_every_name(self) -> Self:
        for key, server in (("smtp", self.smtp), ("imap", self.imap)):
            if server is not None and server.username is not None and server.password is None and self.oauth is None:
                raise ValueError(f"{key}: a username needs a password, or the oauth keys")
        return self

    @property
    def domain(self) -> str:
        """The domain of our address."""
        return self.address.partition("@")[2]


def missing(config: EmailConfig) -> list[str]:
    """Keys without which nothing can be sent, or nobody who writes can be answered."""
    absent = [] if config.smtp is not None else ["smtp"]
    if config.imap is not None or config.listener is not None:
        trusted = config.trust.authserv_id or (config.listener is not None and config.trust.check_dkim)
        absent += [] if trusted else ["trust.authserv_id"]
    return absent

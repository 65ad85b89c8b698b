"""Every setting, its default and its unit. `config.example.toml` shows them with a comment in both languages."""

from datetime import date, timedelta
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, available_timezones

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, SecretStr, model_validator

from bot.settings.duration import Duration, Span
from bot.store.errors import StoreError
from bot.store.open import sqlite_path


def _known_zone(name: str) -> str:
    if name not in available_timezones():
        raise ValueError('not a time zone of the IANA list; write one such as "Asia/Shanghai" or "Europe/Brussels"')
    ZoneInfo(name)
    return name


def _http_address(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
        raise ValueError("not a web address; write http://HOST:PORT or https://HOST")
    return text.rstrip("/")


def _http_address_or_none(text: str) -> str:
    return _http_address(text) if text else text


def _soon(limit: timedelta) -> timedelta:
    if limit > LONGEST_OUTSIDE:
        raise ValueError('is longer than anybody waits for an answer; write at most "10s"')
    return limit


def _store_address(url: SecretStr) -> SecretStr:
    try:
        sqlite_path(url.get_secret_value())
    except StoreError as error:
        raise ValueError(str(error)) from None
    return url


def _iso_day(value: object) -> str:
    if isinstance(value, date):
        return value.isoformat()[:10]
    try:
        return date.fromisoformat(value).isoformat() if isinstance(value, str) else _no_day()
    except ValueError:
        return _no_day()


def _no_day() -> str:
    raise ValueError('not a day; write one such as "2026-12-24"')


LONGEST_OUTSIDE = timedelta(seconds=10)
_CLOCK = "([01][0-9]|2[0-3]):[0-5][0-9]"
TimeZone = Annotated[str, AfterValidator(_known_zone)]
LanguageTag = Literal["en", "zh-Hans", "zh-Hant"]
HttpAddress = Annotated[str, AfterValidator(_http_address)]
OptionalAddress = Annotated[str, AfterValidator(_http_address_or_none)]
Soon = Annotated[Span, AfterValidator(_soon)]
StoreAddress = Annotated[SecretStr, AfterValidator(_store_address)]
Day = Annotated[str, BeforeValidator(_iso_day)]
CountryCode = Annotated[str, Field(pattern=r"^[A-Z]{2}$")]
Code = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$")]


class Section(BaseModel):
    """A table of the file; unknown keys are errors."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class StoreSettings(Section):
    """Where everything is kept."""

    url: StoreAddress = SecretStr("sqlite+aiosqlite:///data/parcelbridge.db")


class WebSettings(Section):
    """The HTTP server."""

    host: str = "127.0.0.1"
    port: int = Field(default=8080, ge=0, le=65535)
    public_url: HttpAddress = "http://127.0.0.1:8080"
    max_body: int = Field(default=10_000_000, ge=1_000)


class PartnerSettings(Section):
    """A company whose parcels we handle."""

    code: Code
    name: str
    language: LanguageTag = "zh-Hans"
    time_zone: TimeZone = "Asia/Shanghai"
    calendar: CountryCode = "CN"


class ContactSettings(Section):
    """A person known beforehand; others of a partner's organisation are met when they write."""

    name: str
    role: Literal["partner", "operator", "support", "admin"] = "partner"
    partner: Code | None = None
    language: Literal["en", "zh-Hans", "zh-Hant", "bilingual"] | None = None
    time_zone: TimeZone | None = None
    addresses: dict[str, str] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _partner_where_needed(self) -> "ContactSettings":
        if self.role == "partner" and self.partner is None:
            raise ValueError('a contact of role "partner" needs partner = "<code>"')
        return self


class FeedSettings(Section):
    """A source of tracking events."""

    name: Code
    format: Literal["auto", "csv", "jsonl"] = "auto"
    partner: Code | None = None
    secret: SecretStr | None = None
    time_zone: TimeZone = "Asia/Shanghai"
    usual_gap: Span = Field(default="1h", validate_default=True)


class QuietHours(Section):
    """When only critical alerts are pushed, in the reader's own zone."""

    enabled: bool = True
    start: str = Field(default="22:00", pattern=rf"^{_CLOCK}$")
    end: str = Field(default="08:00", pattern=rf"^{_CLOCK}$")


class AlertSettings(Section):
    """When somebody is told of a delay."""

    hold_for: Duration = Field(default="10m", validate_default=True)
    group_wait: Span = Field(default="5m", validate_default=True)
    group_settle: Span = Field(default="30s", validate_default=True)
    regroup_after: Span = Field(default="15m", validate_default=True)
    ack_lasts: Span = Field(default="4h", validate_default=True)
    sweep_every: Span = Field(default="5s", validate_default=True)
    quiet_hours: QuietHours = QuietHours()


class CaseSettings(Section):
    """Who answers people, and when."""

    desk: tuple[str, ...] = ()
    hours: str = Field(default="09:00-17:30", pattern=rf"^{_CLOCK}-{_CLOCK}$")
    time_zone: TimeZone = "Europe/Brussels"
    calendar: CountryCode = "BE"

    @model_validator(mode="after")
    def _opens_before_it_closes(self) -> "CaseSettings":
        opens, _, closes = self.hours.partition("-")
        if opens >= closes:
            raise ValueError(f'hours = "{self.hours}": must open before it closes; write such as "09:00-17:30"')
        return self


class DelaySettings(Section):
    """How lateness is judged."""

    air_arrival_grace: Duration = Field(default="3h", validate_default=True)
    rail_arrival_grace: Duration = Field(default="24h", validate_default=True)


class CalendarSettings(Section):
    """Days that differ from the built-in calendars, ISO dates by country."""

    days_off: dict[CountryCode, tuple[Day, ...]] = Field(default_factory=dict)
    working_days: dict[CountryCode, tuple[Day, ...]] = Field(default_factory=dict)


class OutsideModelSettings(Section):
    """An outside language model, asked where our own understanding has too little evidence."""

    enabled: bool = False
    base_url: OptionalAddress = ""
    name: str = ""
    api_key: SecretStr = SecretStr("")
    answer_form: Literal["json_schema", "json_object", "text"] = "json_object"
    time_limit: Soon = Field(default="3s", validate_default=True)
    monthly_requests: int = Field(default=10_000, ge=0)
    monthly_characters: int = Field(default=30_000_000, ge=0)

    @model_validator(mode="after")
    def _complete_where_enabled(self) -> "OutsideModelSettings":
        if self.enabled and not (self.base_url and self.name):
            raise ValueError("enabled = true needs base_url and name; add both, or set enabled = false")
        return self


class UnderstandingSettings(Section):
    """How messages are read."""

    context_lasts: Span = Field(default="30m", validate_default=True)
    max_numbers: int = Field(default=100, ge=1, le=100)
    model: OutsideModelSettings = OutsideModelSettings()


class FileSettings(Section):
    """How large a file people send may be, and how much is taken from it."""

    max_bytes: int = Field(default=20_000_000, ge=1_000, le=100_000_000)
    max_numbers: int = Field(default=20_000, ge=1, le=20_000)
    max_megapixels: int = Field(default=50, ge=1, le=100)
    max_seconds: int = Field(default=20, ge=1, le=60)


class TranslationSettings(Section):
    """An outside translation service, asked where our own understanding has too little evidence."""

    service: Literal["off", "libretranslate", "deepl"] = "off"
    base_url: OptionalAddress = ""
    api_key: SecretStr = SecretStr("")
    time_limit: Soon = Field(default="3s", validate_default=True)
    monthly_requests: int = Field(default=10_000, ge=0)
    monthly_characters: int = Field(default=500_000, ge=0)

    @model_validator(mode="after")
    def _complete_where_on(self) -> "TranslationSettings":
        if self.service != "off" and not self.base_url:
            raise ValueError(f'service = "{self.service}" needs base_url; add it, or set service = "off"')
        if self.service == "deepl" and not self.api_key.get_secret_value():
            raise ValueError('service = "deepl" needs api_key; add it, or set service = "off"')
        return self


class RetentionSettings(Section):
    """How long what people wrote is kept."""

    messages: Span = Field(default="90d", validate_default=True)


class SecuritySettings(Section):
    """Limits against misuse."""

    questions_per_minute: int = Field(default=60, ge=1)


class LoggingSettings(Section):
    """What is written to standard error."""

    level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    format: Literal["text", "json"] = "text"


class Settings(Section):
    """The whole file."""

    store: StoreSettings = StoreSettings()
    web: WebSettings = WebSettings()
    partners: tuple[PartnerSettings, ...] = ()
    adapters: tuple[dict[str, Any], ...] = ()
    contacts: tuple[ContactSettings, ...] = ()
    feeds: tuple[FeedSettings, ...] = ()
    alerts: AlertSettings = AlertSettings()
    cases: CaseSettings = CaseSettings()
    delays: DelaySettings = DelaySettings()
    calendars: CalendarSettings = CalendarSettings()
    understanding: UnderstandingSettings = UnderstandingSettings()
    files: FileSettings = FileSettings()
    translation: TranslationSettings = TranslationSettings()
    retention: RetentionSettings = RetentionSettings()
    security: SecuritySettings = SecuritySettings()
    logging: LoggingSettings = LoggingSettings()

    @property
    def asks_outside(self) -> bool:
        """Whether any outside service is configured."""
        return self.understanding.model.enabled or self.translation.service != "off"

"""`config.example.toml` and the models say the same: no key is missing, none is invented, every default is true."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any, get_args

import pytest
from pydantic import BaseModel, SecretStr

from adapters.dingtalk.config import CustomRobot, DingTalkConfig
from adapters.email.config import EmailConfig, ImapServer, Listener, OAuth, SmtpServer, Trust
from adapters.local.config import LocalConfig
from adapters.slack.config import SlackConfig
from bot.settings import ContactSettings, FeedSettings, PartnerSettings, Settings, load_settings
from bot.settings.duration import format_duration

FILE = Path(__file__).parents[2] / "config.example.toml"
TEXT = FILE.read_text(encoding="utf-8")
SECRETS = {name: "x" for name in re.findall(r'env = "([A-Z_]+)"', TEXT) if name != "NAME"}
LISTS = {"partners", "adapters", "contacts", "feeds"}


def switched_on() -> dict[str, Any]:
    """The file with every switched-off setting on; of doubled entries the last, which is the fuller one, counts."""
    return tomllib.loads(re.sub(r"(?m)^#(?=[a-z\[])", "", TEXT))


def sections(model: type[BaseModel], shown: Mapping[str, Any], at: str = "") -> Iterator[tuple[str, Any, Any]]:
    """Key, default and value shown of every plain setting below a section."""
    for name, field in model.model_fields.items():
        inner = field.annotation
        if isinstance(inner, type) and issubclass(inner, BaseModel):
            yield from sections(inner, shown.get(name, {}), f"{at}{name}.")
        elif name not in LISTS:
            yield f"{at}{name}", field.get_default(call_default_factory=True), shown.get(name, "nowhere")


def plain(default: object) -> object:
    if isinstance(default, SecretStr):
        return default.get_secret_value()
    if isinstance(default, tuple):
        return list(default)
    return format_duration(default) if isinstance(default, timedelta) else default


def of_type(raw: dict[str, Any], name: str) -> dict[str, Any]:
    """The adapter of that type."""
    return next(adapter for adapter in raw["adapters"] if adapter["type"] == name)


def test_every_key_of_every_section_stands_there_with_its_default() -> None:
    wrong = [
        (key, default, shown)
        for key, default, shown in sections(Settings, switched_on())
        if plain(default) != shown
    ]
    assert wrong == []


@pytest.mark.parametrize(
    ("where", "model"),
    [
        (lambda raw: raw["partners"][0], PartnerSettings),
        (lambda raw: raw["contacts"][0], ContactSettings),
        (lambda raw: raw["feeds"][0], FeedSettings),
        (lambda raw: raw["adapters"][0], LocalConfig),
        (lambda raw: raw["adapters"][1], DingTalkConfig),
        (lambda raw: raw["adapters"][1]["custom_robots"]["operations"], CustomRobot),
        (lambda raw: of_type(raw, "slack"), SlackConfig),
        (lambda raw: of_type(raw, "email"), EmailConfig),
        (lambda raw: of_type(raw, "email")["smtp"], SmtpServer),
        (lambda raw: of_type(raw, "email")["imap"], ImapServer),
        (lambda raw: of_type(raw, "email")["listener"], Listener),
        (lambda raw: of_type(raw, "email")["oauth"], OAuth),
        (lambda raw: of_type(raw, "email")["trust"], Trust),
    ],
)
def test_every_key_of_an_entry_stands_there(where: Any, model: type[BaseModel]) -> None:
    assert set(where(switched_on())) == set(model.model_fields)


def test_the_defaults_of_the_dingtalk_keys_are_true() -> None:
    shown = switched_on()["adapters"][1]
    fields = DingTalkConfig.model_fields
    keys = ("mode", "oapi_base_url", "api_base_url", "max_bytes", "stream_hosts", "download_hosts", "max_file_bytes",
            "interactive", "monthly_calls", "monthly_messages")
    for key in keys:
        assert shown[key] == plain(fields[key].default)


def test_the_defaults_of_the_slack_keys_are_true() -> None:
    shown = of_type(switched_on(), "slack")
    for key in ("mode", "guests_belong", "command", "api_base_url", "files_base_url", "hooks_base_urls", "max_bytes"):
        assert shown[key] == plain(SlackConfig.model_fields[key].default)


def test_the_file_is_a_working_configuration() -> None:
    settings = load_settings(FILE, {})
    assert [adapter["type"] for adapter in settings.adapters] == ["local"]


def test_it_is_a_working_configuration_with_everything_switched_on(tmp_path: Path) -> None:
    config = tmp_path / "config.toml"
    config.write_text(re.sub(r"(?m)^#(?=[a-z\[])", "", TEXT), encoding="utf-8")
    settings = load_settings(config, SECRETS)
    DingTalkConfig.model_validate(settings.adapters[1])


def test_every_setting_is_explained_in_both_languages() -> None:
    """The comment above a setting, or above the run of settings it begins, holds an English and a Chinese line."""
    lines = TEXT.splitlines()
    unexplained = []
    for index, line in enumerate(lines):
        if not re.match(r"#?[a-z_]+ = ", line) or re.match(r"#?(name|type) = \"dingtalk\"", line):
            continue
        above = []
        for earlier in reversed(lines[:index]):
            if earlier.startswith("# "):
                above.append(earlier)
            elif above or not re.match(r"#?[a-z_]+ = |#?\[", earlier):
                break
        if not any(re.search(r"[一-鿿]", text) for text in above) or not any(re.match("# [A-Z.]", t) for t in above):
            unexplained.append(line)
    assert unexplained == []


def test_the_choices_named_in_comments_are_all_the_choices() -> None:
    for model, key in ((PartnerSettings, "language"), (ContactSettings, "role")):
        for choice in get_args(model.model_fields[key].annotation):
            assert choice in TEXT

"""The configuration is tested before it is trusted: each slip is named with its fix, no secret is shown."""

from typing import Any

import pytest
from cryptography.fernet import Fernet
from pydantic import ValidationError

from adapters.slack import ADAPTER, SlackConfig
from tests.adapters.slack.samples import config

KEY = Fernet.generate_key().decode()


@pytest.mark.parametrize(("keys", "absent"), [
    ({}, []),
    ({"team_ids": []}, ["team_ids"]),
    ({"signing_secret": None, "bot_token": None}, ["signing_secret", "bot_token"]),
    ({"mode": "socket", "signing_secret": None}, ["app_token"]),
    ({"mode": "socket", "signing_secret": None, "app_token": "xapp-1"}, []),
    ({"bot_token": None, "client_id": "1.2"}, ["client_secret", "token_keys"]),
    ({"bot_token": None, "client_id": "1.2", "client_secret": "s", "token_keys": [KEY]}, []),
])
def test_what_is_still_needed_is_named(keys: dict[str, Any], absent: list[str]) -> None:
    assert ADAPTER.missing(config(**keys)) == absent


@pytest.mark.parametrize(("keys", "fix"), [
    ({"mode": "rtm"}, "known modes: http, socket"),
    ({"team_ids": ["bpost"]}, "begins with T"),
    ({"team_ids": ["C0PBCHAN1"]}, "begins with T"),
    ({"app_id": "1234"}, "begins with A"),
    ({"command": "parcel"}, "slash"),
    ({"signing_secret": ""}, "Basic Information"),
    ({"bot_token": "xoxp-secret-1"}, "xoxb-"),
    ({"app_token": "xoxb-secret-1"}, "xapp-"),
    ({"token_keys": ["secret-1"]}, "Fernet.generate_key"),
    ({"api_base_url": "http://slack.com"}, "https://host"),
    ({"api_base_url": "https://slack.com/api"}, "without path"),
    ({"files_base_url": "https://user@files.slack.com"}, "without path, user"),
    ({"hooks_base_urls": ["ftp://hooks.slack.com"]}, "https://host"),
    ({"max_bytes": 100}, "4000"),
    ({"no_such_key": 1}, "Extra inputs"),
])
def test_a_slip_is_named_with_its_fix(keys: dict[str, Any], fix: str) -> None:
    with pytest.raises(ValidationError) as caught:
        config(**keys)
    assert fix in str(caught.value)
    assert "secret-1" not in str(caught.value)


def test_a_stand_in_on_this_machine_may_be_reached_without_encryption() -> None:
    assert config(api_base_url="http://127.0.0.1:8000/").api_base_url == "http://127.0.0.1:8000"


def test_no_secret_is_shown() -> None:
    made = config(app_token="xapp-s1", client_secret="s2", token_keys=[KEY])
    for secret in ("xoxb-test-token", "xapp-s1", "s2", KEY):
        assert f"{secret}'" not in repr(made)
    assert isinstance(made, SlackConfig)

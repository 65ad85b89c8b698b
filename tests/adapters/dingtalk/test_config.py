"""Keys of `[[adapters]]`: what is wrong is said, what is missing is listed, no secret is shown."""

from typing import Any

import pytest
from pydantic import ValidationError

from adapters.dingtalk import ADAPTER, DingTalkConfig
from adapters.dingtalk.config import padded_secrets

BASE = {"name": "d", "type": "dingtalk"}
KEYS = {"client_id": "a", "client_secret": "b", "robot_code": "c", "corp_id": "d"}


def config(**more: Any) -> DingTalkConfig:
    return DingTalkConfig.model_validate(BASE | more)


def test_what_is_missing_is_listed_until_everything_needed_is_there() -> None:
    assert ADAPTER.missing(config()) == ["client_id", "client_secret", "robot_code", "corp_id"]
    assert ADAPTER.missing(config(client_id="a", corp_id="d")) == ["client_secret", "robot_code"]
    assert ADAPTER.missing(config(**KEYS)) == []


@pytest.mark.parametrize(("wrong", "says"), [
    ({"mode": "outgoing"}, "known modes: stream, http"),
    ({"client_secret": ""}, "is empty"),
    ({"oapi_base_url": "http://oapi.dingtalk.com"}, "https://host"),
    ({"oapi_base_url": "https://user@oapi.dingtalk.com"}, "https://host"),
    ({"oapi_base_url": "https://oapi.dingtalk.com/robot"}, "https://host"),
    ({"api_base_url": "https://api.dingtalk.com:0"}, "https://host"),
    ({"api_base_url": "api.dingtalk.com"}, "https://host"),
    ({"max_bytes": 30_000}, "20000"),
    ({"custom_robots": {"r": {"access_token": "https://a.example/?access_token=x"}}}, "only the text"),
    ({"custom_robots": {"r": {"access_token": "x", "secret": ""}}}, "SEC"),
    ({"custom_robots": {"r": {"access_token": "x", "conversation_id": "c"},
                        "q": {"access_token": "y", "conversation_id": "c"}}}, "same conversation_id"),
    ({"gateway_base_url": "ws://gateway.example"}, "https://host"),
    ({"stream_hosts": ["https://gateway.example"]}, "not a host"),
    ({"download_hosts": ["*.*.example"]}, "not a host"),
    ({"card_callback_secret": ""}, "is empty"),
    ({"interactive": "some"}, "alerts"),
    ({"aes_key": "x"}, "Extra inputs"),
])
def test_a_wrong_value_is_refused_with_the_fix(wrong: dict[str, Any], says: str) -> None:
    with pytest.raises(ValidationError, match=says):
        config(**wrong)


def test_stream_is_the_way_in_unless_http_is_chosen_and_is_registered_at_the_api() -> None:
    assert config().mode == "stream"
    assert config().gateway == "https://api.dingtalk.com"
    assert config(api_base_url="http://127.0.0.1:1").gateway == "http://127.0.0.1:1"
    assert config(gateway_base_url="https://gateway.example").gateway == "https://gateway.example"


def test_no_secret_is_printed() -> None:
    robots = {"r": {"access_token": "tokenvalue", "secret": "SECvalue"}}
    shown = repr(config(client_secret="secretvalue", custom_robots=robots))
    assert not any(secret in shown for secret in ("secretvalue", "tokenvalue", "SECvalue"))
    with pytest.raises(ValidationError) as error:
        config(custom_robots={"r": {"access_token": "token value"}})
    assert "token value" not in str(error.value)


@pytest.mark.parametrize("secret", [" a", "a ", "a\n", "\ufeffa"])
def test_a_secret_pasted_with_something_around_it_is_used_as_given_and_noticed(secret: str) -> None:
    given = config(**KEYS | {"client_secret": secret})
    assert given.client_secret is not None
    assert given.client_secret.get_secret_value() == secret
    assert padded_secrets(given) == ["client_secret"]
    assert padded_secrets(config(custom_robots={"r": {"access_token": "x", "secret": secret}})) == [
        "custom_robots.r.secret"]

"""Where a reply may go: exactly the session path of a configured host, whatever tricks the address plays."""

import pytest

from adapters.dingtalk.routes import is_session_route, origins, session_route

ALLOWED = origins(("https://oapi.dingtalk.com", "https://api.dingtalk.com"))
STAND_IN = origins(("http://127.0.0.1:8901",))
PATH = "/robot/sendBySession?session=0120a4f9196a5f9eb9f523f31f914da7"


@pytest.mark.parametrize("url", [
    f"https://oapi.dingtalk.com{PATH}",
    f"https://api.dingtalk.com{PATH}",
    f"https://OAPI.DINGTALK.COM{PATH}",
    f"https://oapi.dingtalk.com:443{PATH}",
    f"https://oapi.dingtalk.com{PATH}&x=1",
])
def test_the_real_hosts_are_allowed(url: str) -> None:
    route = session_route(url, ALLOWED)
    assert route is not None
    assert is_session_route(url, ALLOWED)
    assert (route.scheme, route.port) == ("https", 443)
    assert route.host in ("oapi.dingtalk.com", "api.dingtalk.com")
    assert route.query["session"] == "0120a4f9196a5f9eb9f523f31f914da7"


@pytest.mark.parametrize("url", [
    "",
    f"https://oapi.dingtalk.com.evil.example{PATH}",
    f"https://oapi.dingtalk.com@evil.example{PATH}",
    f"https://evil.example@oapi.dingtalk.com{PATH}",
    "https://evil.example/?oapi.dingtalk.com",
    f"https://evil.example{PATH}&host=oapi.dingtalk.com",
    f"http://oapi.dingtalk.com{PATH}",
    f"ftp://oapi.dingtalk.com{PATH}",
    f"//oapi.dingtalk.com{PATH}",
    f"https://oapi.dingtalk.com:8443{PATH}",
    f"https://oapi.dingtalk.com:80{PATH}",
    f"https://oapi.dingtalk.com:0{PATH}",
    f"https://oapi.dingtalk.com:99999{PATH}",
    f"https://oapi.dingtalk.com:x{PATH}",
    f"https://oapi.dingtalk.com.{PATH}",
    f"https://oapi.dingtalk.com\\@evil.example{PATH}",
    f"https://oapi.dingtalk.com%00.evil.example{PATH}",
    f"https://oapi。dingtalk。com{PATH}",
    f"https://ｏapi.dingtalk.com{PATH}",
    f"https://127.0.0.1{PATH}",
    f"https://[::1]{PATH}",
    f"https://[::ffff:127.0.0.1]{PATH}",
    f"https://2130706433{PATH}",
    f"https://localhost{PATH}",
    f"https://169.254.169.254{PATH}",
    "https://oapi.dingtalk.com/robot/send?access_token=x",
    "https://oapi.dingtalk.com/robot/sendBySession",
    "https://oapi.dingtalk.com/robot/sendBySession?session=",
    "https://oapi.dingtalk.com/robot/sendBySession/?session=a",
    "https://oapi.dingtalk.com/robot/../robot/sendBySession?session=a",
    "https://oapi.dingtalk.com/robot%2FsendBySession?session=a",
    "https://oapi.dingtalk.com/robot/sendBySession;x?session=a",
    f"https://oapi.dingtalk.com{PATH}#fragment",
    f"https://oapi.dingtalk.com{PATH}\r\nHost: evil.example",
    f" https://oapi.dingtalk.com{PATH}",
    f"https://oapi.dingtalk.com{PATH}\t",
    f"https://oapi.dingtalk.com{PATH}\x00",
    f"https://oapi.dingtalk.com{PATH}{'a' * 3000}",
    f"https://[oapi.dingtalk.com{PATH}",
])
def test_everything_else_is_refused(url: str) -> None:
    assert session_route(url, ALLOWED) is None
    assert not is_session_route(url, ALLOWED)


def test_a_stand_in_is_allowed_only_with_its_own_scheme_and_port() -> None:
    assert session_route(f"http://127.0.0.1:8901{PATH}", STAND_IN) is not None
    assert is_session_route(f"http://127.0.0.1:8901{PATH}", STAND_IN)
    assert not is_session_route(f"http://127.0.0.1:890{PATH}", STAND_IN)
    assert session_route(f"http://127.0.0.1:8902{PATH}", STAND_IN) is None
    assert session_route(f"https://127.0.0.1:8901{PATH}", STAND_IN) is None
    assert session_route(f"https://oapi.dingtalk.com{PATH}", STAND_IN) is None


def test_an_address_of_ipv6_keeps_its_brackets() -> None:
    route = session_route(f"http://[::1]:8901{PATH}", origins(("http://[::1]:8901",)))
    assert route is not None
    assert (str(route), route.host) == (f"http://[::1]:8901{PATH}", "::1")

"""Pages of adapters: only those that have some, and only as much of a body as a form needs."""

import pytest

from tests.web.conftest import Web


@pytest.mark.parametrize("path", [
    "/adapters/nobody/oauth/install", "/adapters/local/oauth/install", "/adapters/local/", "/adapters/",
    "/adapters/%2e%2e/x",
])
async def test_an_adapter_without_pages_has_none(web: Web, path: str) -> None:
    async with web.client.get(path) as response:
        assert response.status == 404

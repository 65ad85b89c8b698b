"""The description says what is served, and holds together."""

from collections.abc import Iterator
from typing import Any

from aiohttp import web as aio

from bot.web.openapi import description
from tests.web.conftest import Web

OWN_PAGES = {"/", "/api/v1/chat/live", "/static/chat"}


def references(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        if isinstance(value.get("$ref"), str):
            yield value["$ref"]
        for inner in value.values():
            yield from references(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from references(inner)


async def test_it_is_served_as_openapi_3_1(web: Web) -> None:
    status, answer = await web.get("/openapi.json")
    assert (status, answer["openapi"]) == (200, "3.1.0")
    assert answer["paths"]["/api/v1/events"]["post"]["security"] == [{"feed": []}]


def test_every_reference_leads_somewhere() -> None:
    schemas = description()["components"]["schemas"]
    assert set(references(description())) <= {f"#/components/schemas/{name}" for name in schemas}


def test_every_operation_has_a_name_of_its_own() -> None:
    names = [operation["operationId"] for path in description()["paths"].values() for operation in path.values()]
    assert len(names) == len(set(names))


async def test_every_route_is_described_and_nothing_else(web: Web) -> None:
    app = web.service.web.app
    served = {r.resource.canonical for r in app.router.routes() if isinstance(r.resource, aio.Resource)}
    assert served - OWN_PAGES == set(description()["paths"])

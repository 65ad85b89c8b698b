"""`/openapi.json`: the description of the API, made of the models that check it."""

from collections.abc import Mapping
from functools import cache
from importlib.metadata import version
from typing import Any

from aiohttp import web
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from bot.web import models
from bot.web.errors import answer_json

_REF = "#/components/schemas/{model}"
_ANSWERED = (
    models.ErrorOut, models.EventsOut, models.ParcelAnswer, models.ChatOut, models.ReadyOut, models.AliveOut,
)
_TAKEN = (models.EventIn, models.ChatIn)
_PROBLEMS = {
    400: "The request is malformed; the answer says where.",
    401: "A bearer token is missing or not valid.",
    403: "The bearer token does not open this.",
    404: "There is nothing here, or nothing of yours.",
    413: "The body is too large.",
    503: "Nothing was stored; send it again later.",
}


async def openapi(request: web.Request) -> web.Response:  # noqa: ARG001 - the shape of a handler
    """OpenAPI 3.1."""
    return answer_json(description())


@cache
def description() -> dict[str, Any]:
    """The whole description."""
    _, schemas = models_json_schema(
        [(model, "validation") for model in _TAKEN] + [(model, "serialization") for model in _ANSWERED],
        ref_template=_REF,
    )
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Parcelbridge",
            "version": version("parcelbridge"),
            "description": "Parcel answers, delay alerts and bridged support in Mandarin and English.",
        },
        "paths": _paths(),
        "components": {
            "schemas": schemas["$defs"],
            "securitySchemes": {
                "feed": {"type": "http", "scheme": "bearer", "description": "A token of role feed."},
                "api": {"type": "http", "scheme": "bearer", "description": "A token of role api."},
            },
        },
    }


def _paths() -> dict[str, Any]:
    event = _schema(models.EventIn)
    many = {"oneOf": [event, {"type": "array", "items": event, "maxItems": 10_000}]}
    return {
        "/api/v1/events": {"post": _operation(
            "handEvents", "Hand in events", models.EventsOut, body=many, security="feed", problems=(400, 401, 403, 413),
        )},
        "/api/v1/parcels/{number}": {"get": _operation(
            "readParcel", "Status, events, promise and prediction of a parcel", models.ParcelAnswer, security="api",
            parameter="number", problems=(400, 401, 403, 404),
        )},
        "/api/v1/chat": {"post": _operation(
            "say", "Say something as a contact of the local chat; open on loopback, elsewhere a token of role api",
            models.ChatOut, body=_schema(models.ChatIn), security="api", problems=(400, 401, 403, 404, 413),
        )},
        "/api/v1/chat/files/{key}": {"get": _chat_file()},
        "/webhooks/{adapter}": {"post": _webhook()},
        "/adapters/{adapter}/{path}": {"get": _adapter_page()},
        "/unsubscribe/{token}": {
            "get": _unsubscribe("askToUnsubscribe", "Ask whether the alerts of a mail shall end; changes nothing"),
            "post": _unsubscribe("unsubscribe", "End them: one click in a mail program (RFC 8058)"),
        },
        "/healthz": {"get": _operation("healthz", "Alive", models.AliveOut)},
        "/readyz": {"get": _ready()},
        "/metrics": {"get": _plain("metrics", "Figures for Prometheus", "text/plain")},
        "/openapi.json": {"get": _plain("openapi", "This description", "application/json")},
    }


def _operation(
    name: str, summary: str, answer: type[BaseModel], *, body: Mapping[str, Any] | None = None,
    security: str | None = None, parameter: str | None = None, problems: tuple[int, ...] = (),
) -> dict[str, Any]:
    operation: dict[str, Any] = {
        "operationId": name,
        "summary": summary,
        "responses": {"200": _response("Done.", answer)} | _refusals((*problems, 503) if problems else ()),
    }
    if body is not None:
        operation["requestBody"] = {"required": True, "content": {"application/json": {"schema": body}}}
    if security is not None:
        operation["security"] = [{security: []}]
    if parameter is not None:
        operation["parameters"] = [_in_path(parameter)]
    return operation


def _chat_file() -> dict[str, Any]:
    operation = _plain("chat_file", "A file of an answer, for whoever has its key", "application/octet-stream")
    operation["responses"] |= _refusals((404,))
    return operation | {"parameters": [_in_path("key")]}


def _webhook() -> dict[str, Any]:
    operation = _plain("webhook", "A platform's callback, verified the platform's way", "application/json")
    operation["responses"] |= _refusals((400, 404, 413)) | {"401": {"description": "Not verified."}}
    return operation | {"parameters": [_in_path("adapter")]}


def _adapter_page() -> dict[str, Any]:
    operation = _plain("adapter_page", "A page of an adapter, such as the installation of an app", "text/html")
    operation["responses"] |= _refusals((400, 404, 413))
    return operation | {"parameters": [_in_path("adapter"), _in_path("path")]}


def _unsubscribe(name: str, summary: str) -> dict[str, Any]:
    operation = _plain(name, summary, "text/html")
    operation["responses"]["404"] = {"description": "No mail carries such a token."}
    return operation | {"parameters": [_in_path("token")]}


def _ready() -> dict[str, Any]:
    operation = _operation("readyz", "Ready, or what is in the way", models.ReadyOut)
    operation["responses"]["503"] = _response("Not ready.", models.ReadyOut)
    return operation


def _plain(name: str, summary: str, media_type: str) -> dict[str, Any]:
    answer = {"description": "Done.", "content": {media_type: {}}}
    return {"operationId": name, "summary": summary, "responses": {"200": answer}}


def _in_path(name: str) -> dict[str, Any]:
    return {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}


def _refusals(statuses: tuple[int, ...]) -> dict[str, Any]:
    return {str(status): _response(_PROBLEMS[status], models.ErrorOut) for status in statuses}


def _response(text: str, model: type[BaseModel]) -> dict[str, Any]:
    return {"description": text, "content": {"application/json": {"schema": _schema(model)}}}


def _schema(model: type[BaseModel]) -> dict[str, Any]:
    return {"$ref": _REF.format(model=model.__name__)}

"""What can be asked of the service, as one table: the routes are made from it, and so is the OpenAPI document."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Iterable
from typing import Any

import msgspec
from starlette.requests import Request
from starlette.types import ASGIApp

from ..events import KINDS, Event
from ..settings import StreamSettings

__all__ = ["ERRORS", "Operation", "Parameter", "document"]

ERRORS = {
    400: "not understood: a value, a name or a body that makes no sense",
    403: "not allowed: another page's address, no token, or a file outside the allowed folders",
    404: "there is no such thing",
    409: "it cannot be done now",
    413: "too large",
    415: "not a kind of data that is taken here",
    422: "data that cannot be read",
    429: "too much at once",
    500: "a fault of kinesics itself; its words stand in the log",
    503: "not now: starting, ending, or the store cannot be written",
}


class Parameter(msgspec.Struct, frozen=True):
    """One value in an address: what it is called, its kind in JSON Schema's words, and what it means."""

    name: str
    kind: str
    words: str


class Operation(msgspec.Struct, frozen=True):
    """One thing that can be asked.

    Attributes:
        method, path: of HTTP; the path's variable parts in braces.
        ask: answers a request.
        words: one line.
        parameters: of the query.
        takes: media type of the body, or None.
        body: what the body is: a schema's name, or words.
        gives: media types of the answer.
        status: of an answer that is no error.
    """

    method: str
    path: str
    ask: Callable[[Request], Awaitable[ASGIApp]]
    words: str
    parameters: tuple[Parameter, ...] = ()
    takes: str | None = None
    body: str = ""
    gives: tuple[str, ...] = ("application/json",)
    status: int = 200


def document(operations: Iterable[Operation], version: str) -> dict[str, Any]:
    """The OpenAPI 3.1 document of these operations."""
    _, schemas = msgspec.json.schema_components([StreamSettings, Event], ref_template="#/components/schemas/{name}")
    schemas["Event"]["properties"]["kind"]["enum"] = list(KINDS)
    schemas["Error"] = {
        "type": "object",
        "required": ["error", "kind"],
        "properties": {"error": {"type": "string", "description": "one line"}, "kind": {"type": "string"}},
    }
    paths: dict[str, dict[str, Any]] = {}
    for one in operations:
        paths.setdefault(_plain(one.path), {})[one.method.lower()] = _operation(one)
    info = {
        "title": "kinesics serve",
        "version": version,
        "description": "People, joints, ids and actions of several streams. The WebSockets are told of in docs/service.md.",
        "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
    }
    return {"openapi": "3.1.0", "info": info, "paths": paths, "components": {"schemas": schemas}}


def _plain(path: str) -> str:
    """The path without the kinds that Starlette puts behind its variable parts."""
    return re.sub(r"{(\w+):\w+}", r"{\1}", path)


def _operation(one: Operation) -> dict[str, Any]:
    names = re.findall(r"{(\w+)(?::\w+)?}", one.path)
    places = [{"name": name, "in": "path", "required": True, "schema": {"type": "string"}} for name in names]
    asked = [{"name": p.name, "in": "query", "description": p.words, "schema": {"type": p.kind}} for p in one.parameters]
    answer = {"description": one.words, "content": {kind: {"schema": _given(kind)} for kind in one.gives}}
    told: dict[str, Any] = {
        "summary": one.words,
        "operationId": "_".join([one.method.lower(), *re.findall(r"\w+", _plain(one.path))]),
        "parameters": [*places, *asked],
        "responses": {str(one.status): answer, "default": _error()},
    }
    if one.takes is not None:
        told["requestBody"] = {"required": True, "content": {one.takes: {"schema": _taken(one)}}}
    return told


def _given(kind: str) -> dict[str, Any]:
    return {} if kind == "application/json" else {"type": "string"}


def _taken(one: Operation) -> dict[str, Any]:
    if one.body == "StreamSettings":
        return {"$ref": "#/components/schemas/StreamSettings"}
    return {"type": "object" if one.takes == "application/json" else "string", "description": one.body}


def _error() -> dict[str, Any]:
    words = "; ".join(f"{status}: {words}" for status, words in ERRORS.items())
    return {"description": words, "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}}}

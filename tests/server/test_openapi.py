"""The document of what can be asked: made from the routes, complete, and true."""

from __future__ import annotations

import re

import httpx
import pytest

from kinesics.server.routes.app import operations
from kinesics.server.routes.openapi import document
from kinesics.testing.service import RunningService

DOCUMENT = document(operations(), "1.2.3")
BODIES = {"application/json": b"{}", "application/octet-stream": b"x"}


def asked() -> list[tuple[str, str]]:
    return [(path, method) for path, methods in DOCUMENT["paths"].items() for method in methods]


def test_each_route_is_in_the_document() -> None:
    told = {(re.sub(r":\w+}", "}", one.path), one.method.lower()) for one in operations()}
    assert told == set(asked())


def test_it_is_as_openapi_wants_it() -> None:
    assert DOCUMENT["openapi"] == "3.1.0" and DOCUMENT["info"]["version"] == "1.2.3"
    names = [one["operationId"] for methods in DOCUMENT["paths"].values() for one in methods.values()]
    assert len(set(names)) == len(names)
    for path, method in asked():
        one = DOCUMENT["paths"][path][method]
        assert one["summary"].endswith(".") and "default" in one["responses"]
        places = {p["name"] for p in one["parameters"] if p["in"] == "path"}
        assert places == set(re.findall(r"{(\w+)}", path)) and ":" not in path


def test_references_lead_somewhere() -> None:
    names = set(re.findall(r"#/components/schemas/(\w+)", str(DOCUMENT)))
    assert {"Error", "StreamSettings"} <= names <= set(DOCUMENT["components"]["schemas"])


def test_the_service_gives_it(resident: RunningService) -> None:
    told = httpx.get(f"{resident.url}/openapi.json").json()
    assert told["paths"] == DOCUMENT["paths"]


HARMLESS = [one for one in asked() if one != ("/v1/events", "delete")]  # which would forget what other tests look for


@pytest.mark.parametrize(("path", "method"), HARMLESS)
def test_each_path_answers(resident: RunningService, path: str, method: str) -> None:
    place = re.sub(r"{n}", "1", path)
    takes = next(iter(DOCUMENT["paths"][path][method].get("requestBody", {}).get("content", {})), None)
    headers = {} if takes is None else {"content-type": takes}
    with httpx.Client(timeout=60) as client:
        content = None if takes is None else BODIES[takes]
        answer = client.request(method, resident.url + re.sub(r"{\w+}", "none", place), content=content, headers=headers)
    assert (answer.status_code != 405 and answer.status_code < 500) or answer.status_code == 503
    if answer.status_code >= 400 and path != "/readyz":
        assert set(answer.json()) == {"error", "kind"}
        assert "nothing at this address" not in answer.json()["error"]

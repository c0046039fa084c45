"""Errors over HTTP: each kind has its status, one line, and nothing of what is inside."""

from __future__ import annotations

import inspect
import json
import logging

import pytest

from kinesics import errors
from kinesics.server import refusals
from kinesics.server.routes import answers
from kinesics.server.routes.openapi import ERRORS

KINDS = [
    kind
    for room in (errors, refusals, answers)
    for kind in vars(room).values()
    if inspect.isclass(kind) and issubclass(kind, errors.KinesicsError)
]


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_each_error_has_a_status_of_its_own_and_one_line(kind: type[errors.KinesicsError]) -> None:
    answer = answers.failed(kind("expected this,\n  got that"))
    assert kind.__name__ in answers.STATUSES and answer.status_code == answers.STATUSES[kind.__name__]
    assert json.loads(bytes(answer.body)) == {"error": "expected this, got that", "kind": kind.__name__}
    assert answer.status_code in ERRORS


def test_a_kind_that_nobody_listed_is_answered_as_the_one_it_is_made_of() -> None:
    class Odd(errors.SourceError):
        pass

    assert answers.failed(Odd("no")).status_code == answers.STATUSES["SourceError"]


def test_a_fault_tells_nothing_of_what_is_inside_but_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.ERROR, "kinesics.server"):
        answer = answers.failed(RuntimeError("hunter2 in line 7"))
    assert answer.status_code == 500 and b"hunter2" not in bytes(answer.body) and b"Traceback" not in bytes(answer.body)
    assert json.loads(bytes(answer.body))["kind"] == "Fault"
    assert "hunter2" in caplog.text

"""A real service on a free port, with its own folder, ended and checked after each test."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from kinesics.testing.service import RunningService as Service


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Callable[..., Service]]:
    """Starts services: `serve("--demo")`; all have ended after the test."""
    running: list[Service] = []

    def start(*options: str, folder: Path | None = None, **environment: str) -> Service:
        running.append(Service(folder or tmp_path / "data", *options, **environment))
        return running[-1]

    yield start
    for service in running:
        service.stop()


@pytest.fixture
def service(serve: Callable[..., Service]) -> Service:
    """One service that has no streams yet."""
    return serve()

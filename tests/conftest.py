"""Fixtures that several folders of tests share."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def data() -> Path:
    """The folder of real data; a test that asks for it is skipped, visibly, where there is none."""
    folder = Path(os.environ.get("KINESICS_DATA", Path(__file__).parents[2] / "shared" / "data"))
    if not folder.is_dir():
        pytest.skip(f"no real data: set KINESICS_DATA (looked for {folder})")
    return folder


@pytest.fixture(scope="session", autouse=True)
def interrupts() -> Iterator[None]:
    """Programs that the tests start and interrupt would ignore it where a shell runs the tests in the background."""
    before = signal.getsignal(signal.SIGINT)
    if before is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)

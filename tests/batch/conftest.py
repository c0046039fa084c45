"""Small clips for tests of a corpus, and functions that do to a worker what clips may do."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from kinesics.batch import Config, run
from kinesics.testing.video import make_video


@pytest.fixture(scope="session")
def tiny_clips(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of four clips of 96 x 64 pixels, under a second each; for reading only."""
    folder = tmp_path_factory.mktemp("tiny")
    for i in range(4):
        make_video(folder / f"{i}.mp4", size=(96, 64), frames=8 + 4 * i, start=100 * i)
    return folder


@pytest.fixture(scope="session")
def done_once(tiny_clips: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tables of the tiny clips and a file that is none, by the job "shots"; for reading only."""
    folder = tmp_path_factory.mktemp("done")
    shutil.copytree(tiny_clips, folder / "films")
    (folder / "films" / "bad.mp4").write_text("no video")
    run(folder / "films", folder / "out", Config(jobs=("shots",)), workers=1)
    return folder / "out"


@pytest.fixture
def done(done_once: Path, tmp_path: Path) -> Path:
    """A copy of these tables of one's own."""
    return Path(shutil.copytree(done_once, tmp_path / "done"))


@pytest.fixture
def wait_until() -> Callable[..., None]:
    """Wait for something, at most so many seconds."""

    def wait(condition: Callable[[], object], seconds: float = 60.0) -> None:
        end = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < end, "waited in vain"
            time.sleep(0.02)

    return wait

"""Sources that other packages bring, by the word before `://`."""

from __future__ import annotations

from importlib import metadata
from pathlib import Path
from typing import Any

import pytest

from kinesics.testing import make_video
from kinesics.video import SOURCES, Source, open_source, register_source


def test_sources_are_found_by_their_scheme(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    film = make_video(tmp_path / "film.mp4", frames=3)

    def build(src: str, **options: Any) -> Source:
        return open_source(film)

    register_source("mine", build)
    try:
        with open_source("mine://anything") as source:
            assert len(list(source)) == 3
    finally:
        del SOURCES["mine"]
    point = metadata.EntryPoint("theirs", "theirs:build", "kinesics.sources")
    monkeypatch.setattr(metadata, "entry_points", lambda group: [point] if group == point.group else [])
    monkeypatch.setattr(metadata.EntryPoint, "load", lambda self: build)
    with open_source("theirs://anything") as source:
        assert len(list(source)) == 3

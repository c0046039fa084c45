from __future__ import annotations

import json
import sys

import pytest

from kinesics.bench.tracks import bench_tracks
from kinesics.cli import main


def test_bench_times_each_frame_and_loses_hardly_anybody() -> None:
    values = bench_tracks(10, 60, repeats=2)
    assert 0 < values["ms_p50"] <= values["ms_p95"] <= values["ms_p99"]
    assert values["fps"] > 100
    assert 10 <= values["ids"] <= 12


def test_bench_command_gives_one_object(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        sys, "argv", ["kinesics", "bench", "tracks", "--people", "5", "--frames", "20", "--repeats", "1", "--json"]
    )
    try:
        main()
    except SystemExit as end:
        assert not end.code
    values = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert {"fps", "ms_p50", "ms_p95", "ms_p99", "people", "machine", "command"} <= set(values)

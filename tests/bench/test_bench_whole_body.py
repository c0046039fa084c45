from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from kinesics.bench.whole_body import bench_whole_body
from kinesics.cli import main
from kinesics.errors import SourceError
from kinesics.video.pictures import write_whole


def test_bench_command_gives_one_object(capsys: pytest.CaptureFixture[str]) -> None:
    assert not main(["bench", "whole-body", "--frames", "4", "--threads", "1", "--json"])
    values = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert values["frames"] == 4 and values["people_frames"] >= 4
    assert 0 < values["outline_ms_p50"] < values["ms_p50"] <= values["ms_p95"]
    assert 0 < values["ms_p50_body"] < values["ms_p50_full"] + values["ms_p95"]
    assert {"cpu_ms_p50", "threads", "machine", "versions", "weights", "command"} <= set(values)


def test_a_clip_without_people_is_said_in_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    import cv2

    for number in range(2):
        done, png = cv2.imencode(".png", np.full((90, 160, 3), 40 * number, np.uint8))
        assert done
        write_whole(tmp_path / f"{number}.png", png.tobytes())
    with pytest.raises(SourceError, match="people"):
        bench_whole_body(tmp_path, frames=2)
    assert main(["bench", "whole-body", str(tmp_path / "nothing.mp4")]) == 2
    assert len(capsys.readouterr().err.strip().splitlines()) == 1

from __future__ import annotations

import json

import pytest

from kinesics.bench.depth_render import bench_depth_render
from kinesics.cli import main


def test_the_numbers_agree_with_one_another() -> None:
    found = bench_depth_render(rounds=1, views=4)
    assert found["width"] == 320 and found["triangles"] > 20_000 and 2000 < found["body_pixels"] < 20_000
    assert min(found[name] for name in ("fps", "fps_light", "fps_views")) > 0
    assert 0.2 < 1000 / (found["ms_pose"] + found["ms_draw"]) / found["fps"] < 5  # the same unit; one round says no more


def test_the_command_says_fps_and_where_it_was_measured(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["bench", "depth-render", "--rounds", "1", "--width", "80", "--height", "60", "--json"]) == 0
    said = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert said["fps"] > 0 and said["width"] == 80 and "machine" in said

from __future__ import annotations

import json

import pytest

from kinesics.bench.depth_label import bench_depth_label
from kinesics.bench.depth_train import bench_depth_train
from kinesics.cli import main


def test_growing_counts_the_votes_of_a_full_search_and_its_own() -> None:
    values = bench_depth_train(8, pixels=60, offsets=16, depth=6, cap=40, smallest=4)
    assert values["votes_per_cpu_second"] > values["counted_votes_per_cpu_second"] > 1e6
    assert values["pixels_learned"] == 480
    assert values["leaves"] > 4


def test_labelling_says_what_it_labelled_and_with_what() -> None:
    values = bench_depth_label(pixels=3000, pictures=2, rounds=1)
    assert values["fps"] > 20
    assert values["pictures"] == 2
    assert 1500 < values["pixels"] < 4500
    assert values["trees"] == 3 and values["model"]


def test_the_commands_give_one_object(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["bench", "depth-train", "--views", "8", "--pixels", "20", "--offsets", "8", "--depth", "4", "--json"]) == 0
    values = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert {"votes_per_cpu_second", "counted_votes_per_cpu_second", "machine", "command"} <= set(values)
    assert main(["bench", "depth-label", "--model", "nowhere.kin"]) == 2
    assert "no such file" in capsys.readouterr().err

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from kinesics.errors import FormatError, UsageError
from kinesics.formats import gather, read_sequence, scenes_of, write_sequence
from kinesics.types import People, PoseSequence, Scene, skeleton


def clip(t: int = 6, n: int = 2, d: int = 2) -> PoseSequence:
    rng = np.random.default_rng(5)
    scores = rng.integers(1, 9, (t, n, 17)) / 8
    scores[2, 1:] = 0  # nobody saw the second person then
    scores[:, 0, 4] = 0
    points = rng.integers(0, 400, (t, n, 17, d)) / 4
    return PoseSequence(points, scores, np.arange(t) / 10, skeleton("coco17"), np.array([3, 8])[:n], (100, 100))


@pytest.mark.parametrize("suffix", [".jsonl", ".parquet", ".csv", ".json"])
def test_clip_written_is_the_clip_read(tmp_path: Path, suffix: str) -> None:
    write_sequence(tmp_path / f"a{suffix}", clip())
    assert read_sequence(tmp_path / f"a{suffix}") == clip()


def test_clip_with_depth_keeps_it(tmp_path: Path) -> None:
    write_sequence(tmp_path / "a.parquet", clip(d=3))
    assert read_sequence(tmp_path / "a.parquet") == clip(d=3)


def test_ids_and_span_pick_a_part(tmp_path: Path) -> None:
    write_sequence(tmp_path / "a.jsonl", clip())
    part = read_sequence(tmp_path / "a.jsonl", ids=[8], start=0.1, end=0.4)
    assert part == clip().person(8)[1:4]


def test_one_person_without_an_id_is_person_0(tmp_path: Path) -> None:
    scenes = list(scenes_of(clip(n=1)))
    alone = [Scene(s.index, s.time, s.size, s.people.with_ids([-1])) for s in scenes]
    assert gather(alone).ids.tolist() == [0]
    crowd = [Scene(s.index, s.time, s.size, s.people.with_ids([-1] * len(s.people))) for s in scenes_of(clip())]
    with pytest.raises(FormatError, match="several people and no ids"):
        gather(crowd)


def test_gather_refuses_what_is_no_clip() -> None:
    with pytest.raises(FormatError, match="no frames"):
        gather([])
    mixed = [*scenes_of(clip()), Scene(9, 9.0, (9, 9), People.from_boxes([[0, 0, 1, 1]], [1.0], [3]))]
    with pytest.raises(FormatError, match="one skeleton"):
        gather(mixed)
    deep = [*scenes_of(clip()), *(Scene(9, s.time + 9, s.size, s.people) for s in scenes_of(clip(d=3)))]
    with pytest.raises(FormatError, match="some frames have depth"):
        gather(deep)


def test_gather_refuses_a_crowd_beyond_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kinesics.formats.clips.LARGEST", 17 * 12 * 2 * 5)
    with pytest.raises(FormatError, match="name ids, start or end"):
        gather(scenes_of(clip()))


def test_moments_that_do_not_rise_are_left_out() -> None:
    scenes = list(scenes_of(clip()))
    assert gather([*scenes[:4], *scenes[2:]]) == clip()


def test_negative_times_are_refused(tmp_path: Path) -> None:
    early = PoseSequence(np.zeros((1, 1, 17, 2)), np.ones((1, 1, 17)), [-1.0], skeleton("coco17"))
    with pytest.raises(UsageError, match="0 or more"):
        write_sequence(tmp_path / "a.jsonl", early)
    assert not list(tmp_path.iterdir())

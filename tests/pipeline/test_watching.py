"""The chain on made people, where every answer is known, and on the bundled clip."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from itertools import islice
from typing import Any

import numpy as np
import pytest

from kinesics import watch
from kinesics.errors import SourceError, UsageError
from kinesics.pipeline.chain import Chain
from kinesics.pose.planner import Planner
from kinesics.types import Frame, Scene
from kinesics.weights import find

Make = Callable[..., Any]


def followed(stage: Any, **options: Any) -> list[Scene]:
    return list(watch(stage.frames(), pose=stage, smooth=False, fill=False, **options))


@pytest.mark.parametrize("overlap", [False, True])
def test_every_frame_becomes_a_scene_in_order_and_everyone_keeps_one_id(stage: Make, overlap: bool) -> None:
    made = stage()
    scenes = followed(made, overlap=overlap)
    assert [s.index for s in scenes] == list(range(len(made.film)))
    assert [s.time for s in scenes] == [time for _, time in made.film]
    names: dict[int, Counter[int]] = {}
    for scene, (truth, _) in zip(scenes[15:], made.film[15:], strict=True):
        for row, identity in enumerate(scene.people.ids.tolist()):
            near = np.abs(truth.boxes - scene.people.boxes[row]).sum(1)
            names.setdefault(identity, Counter())[int(truth.ids[near.argmin()])] += 1
    assert all(len(count) == 1 for count in names.values())
    assert len(names) == 3


def test_overlapped_and_plain_give_the_same_scenes(stage: Make) -> None:
    a, b = (followed(stage(), overlap=overlap) for overlap in (False, True))
    assert [s.people for s in a] == [s.people for s in b]


def test_frames_without_a_look_lie_on_the_line_between_the_looks(stage: Make) -> None:
    made = stage(fps=60.0, seconds=2.0)
    scenes = followed(made)
    between = [i for i, s in enumerate(scenes) if "pose" in s.skipped]
    assert 0.4 < len(between) / len(scenes) < 0.6
    for i in between[5:]:
        before, here, after = (scenes[j].people for j in (i - 1, i, i + 1))
        for row, identity in enumerate(here.ids.tolist()):
            a, b = (p.boxes[p.ids == identity][0] for p in (before, after))
            assert np.allclose(here.boxes[row], (a + b) / 2, atol=0.5)


def test_a_new_epoch_starts_with_new_people(stage: Make) -> None:
    made = stage()
    scenes = list(watch(made.frames(epochs=(0, 1)), pose=made, smooth=False, fill=False))
    assert len(scenes) == len(made.film)
    half = len(scenes) // 2
    assert sorted(scenes[half - 1].people.ids.tolist()) == sorted(scenes[half + 10].people.ids.tolist()) == [1, 2, 3]


def test_a_live_source_is_never_made_to_wait_for_the_next_look(stage: Make) -> None:
    made = stage(fps=60.0, seconds=1.0)
    scenes = followed(made, live=True)
    assert not any("pose" in s.skipped for s in scenes)


def test_budget_is_kept_on_a_slow_machine_and_what_was_left_out_is_told(stage: Make) -> None:
    quick, slow = stage(people=6), stage(people=6, slowness=1e-6)
    free = followed(quick)
    tight = followed(slow, budget=0.033, clock=slow.clock, overlap=False)
    spent = np.array([s.timing["total"] for s in tight if s.timing])
    assert (spent <= 0.033).mean() >= 0.95
    assert any("people" in s.skipped for s in tight)
    assert not any("people" in s.skipped for s in free)
    assert max(s.chosen["pixels"] for s in tight) < max(s.chosen["pixels"] for s in free)
    assert np.mean([len(s.people) for s in tight[30:]]) > 4  # those whose turn it is not are carried along


def test_budget_gives_the_same_answer_every_time_on_a_simulated_machine(stage: Make) -> None:
    runs = []
    for _ in range(2):
        made = stage(slowness=4e-7)
        runs.append([s.people for s in followed(made, budget=0.02, clock=made.clock, overlap=False)])
    assert runs[0] == runs[1]


def test_a_model_that_cannot_be_told_where_to_look_sees_every_picture(stage: Make) -> None:
    made = stage(seconds=1.0)

    def model(image: Any) -> Any:
        return next(answers)

    answers = (people.with_ids(np.full(len(people), -1)) for people, _ in made.film)
    scenes = list(watch(made.frames(), pose=model, overlap=False))
    assert len(scenes) == len(made.film)
    assert len(scenes[-1].people) == 3


class Feed:
    """Frames that know whether they were closed; the last is followed by an error."""

    live = False

    def __init__(self, frames: Iterator[Frame], error: bool = False) -> None:
        self.frames, self.error, self.closed = frames, error, False

    def __iter__(self) -> Iterator[Frame]:
        yield from self.frames
        if self.error:
            raise SourceError("the camera died")

    def close(self) -> None:
        self.closed = True


@pytest.mark.parametrize("overlap", [False, True])
def test_the_source_is_closed_when_the_reader_leaves_early_and_when_it_fails(stage: Make, overlap: bool) -> None:
    made = stage(seconds=1.0)
    left = Feed(made.frames())
    scenes = watch(left, pose=made, overlap=overlap)
    assert len(list(islice(scenes, 3))) == 3
    scenes.close()
    assert left.closed
    failed = Feed(made.frames(), error=True)
    got = []
    with pytest.raises(SourceError, match="died"):
        for scene in watch(failed, pose=made, overlap=overlap):
            got.append(scene)
    assert len(got) == len(made.film) - len(made.film) % 1
    assert failed.closed


def test_a_budget_that_is_no_time_and_a_pose_nobody_knows_are_refused(stage: Make) -> None:
    made = stage(seconds=0.2)
    with pytest.raises(UsageError, match="above 0"):
        watch(made.frames(), pose=made, budget=0)
    with pytest.raises(UsageError, match="nosuch"):
        watch(made.frames(), pose="nosuch")


def test_people_of_the_bundled_clip_are_found_and_followed() -> None:
    scenes = list(islice(watch(find("demo_clip"), pose="fast"), 90))
    assert [s.index for s in scenes] == list(range(90))
    assert scenes[60].size == (1768, 994)
    assert sorted(scenes[75].people.ids.tolist()) == [1, 2]
    assert all(1 in s.people.ids for s in scenes)
    assert (scenes[75].people.point_scores > 0.3).sum() > 25


def test_chain_without_anybody_costs_looks_only_when_a_tile_is_due(stage: Make) -> None:
    made = stage(people=0, seconds=2.0)
    chain = Chain(made, None, None, Planner(intervals=(0.5,)), None, smooth=True, fill=True, clock=made.clock)
    chosen = [chain.look(frame).chosen["looks"] for frame in made.frames()]
    assert sum(chosen) <= 5

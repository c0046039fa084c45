"""What happened before a camera: laws of the events for any scenes, then the stories of a few."""

from __future__ import annotations

import itertools
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kinesics.actions import Coach, Postures
from kinesics.evaluate.staged import staged_people
from kinesics.server.events import KINDS, Event
from kinesics.server.happenings.happenings import Happenings
from kinesics.testing.exercising import exercise_clip
from kinesics.types import Action, People, PoseSequence, Scene, skeleton

START = 1_700_000_000.0  # of the machine's clock, at second 0 of the stream
BODY = skeleton("coco17")


def people(ids: Iterable[int]) -> People:
    ids = list(ids)
    n = len(ids)
    boxes = np.tile(np.array([10.0, 10.0, 60.0, 200.0]), (n, 1)).reshape(n, 4)
    points, scores = np.full((n, 17, 2), 50.0), np.ones((n, 17))
    return People(boxes, np.ones(n), points, scores, BODY, np.array(ids, np.int64))


def scene(time: float, ids: Iterable[int], *actions: Action, epoch: int = 0, index: int = 0) -> Scene:
    return Scene(index, time, (640, 480), people(ids), actions=actions, epoch=epoch)


def tell(happenings: Happenings, scenes: Iterable[Scene]) -> list[Event]:
    return [event for one in scenes for event in happenings.update(one, START + one.time)]


def doing(person: int, label: str, start: float, end: float) -> Action:
    return Action(person, label, 0.9, start, end, None, {"energy": np.float32(1.0)})


def short(events: Iterable[Event]) -> list[tuple[str, int, str, float]]:
    return [(e.kind, e.person, e.label, round(e.time - START, 2)) for e in events]


# for any scenes

_LABELS = ["wave", "jump", "unknown", "falling", "lying", "standing"]


@st.composite
def lives(draw: st.DrawFn) -> list[Scene]:
    """Scenes of people who come, go and do things as they please, over several connections."""
    scenes: list[Scene] = []
    time, epoch = 0.0, 0
    began: dict[tuple[int, str], float] = {}
    for index in range(draw(st.integers(1, 60))):
        time += draw(st.sampled_from([0.03, 0.1, 0.2, 0.5, 2.0]))
        if draw(st.integers(0, 14)) == 0:
            epoch, began = epoch + 1, {}
            time = draw(st.sampled_from([time, time + 3.0, time + 20.0, 0.0]))
        ids = draw(st.lists(st.integers(-1, 2), max_size=3, unique=True))
        now: dict[tuple[int, str], float] = {}
        for person in ids:
            for label in draw(st.lists(st.sampled_from(_LABELS), max_size=2, unique=True)):
                start = began.get((person, label), time)
                now[person, label] = start if draw(st.integers(0, 5)) else time
        began = now
        actions = [doing(person, label, start, time) for (person, label), start in now.items()]
        scenes.append(scene(time, ids, *actions, epoch=epoch, index=index))
    return scenes


def presences(events: Sequence[Event]) -> dict[tuple[int, int], list[Event]]:
    told = defaultdict(list)
    for event in events:
        if event.kind in ("appeared", "left"):
            told[event.epoch, event.person].append(event)
    return told


@settings(max_examples=100, deadline=None)
@given(lives())
def test_laws_of_all_events(scenes: list[Scene]) -> None:
    happenings = Happenings("a")
    events = tell(happenings, scenes) + happenings.end(START + scenes[-1].time)
    open_: Counter[tuple[int, int, str]] = Counter()
    for event in events:
        assert event.kind in KINDS and event.stream == "a" and event.id == 0
        assert msgspec.json.decode(msgspec.json.encode(event), type=Event) == event
        assert event.start is None or event.end is None or event.start <= event.end
        key = (event.epoch, event.person, event.label)
        if event.kind == "began":
            open_[key] += 1
            assert open_[key] == 1, "began twice"
            assert event.label not in ("unknown", "falling")
        if event.kind == "ended" and "carried" not in event.data:
            open_[key] -= 1
            assert open_[key] == 0, "ended, but did not begin"
    for (epoch, _), told in presences(events).items():
        kinds = [event.kind for event in told]
        if kinds[0] == "left":
            assert told[0].data["carried"] and epoch > 0
        assert all(a != b for a, b in itertools.pairwise(kinds)), "appeared and left take turns"
        if epoch == scenes[-1].epoch:
            assert kinds[-1] == "left", "the end closes what is open"
    assert not +Counter({k: n for k, n in open_.items() if k[0] == scenes[-1].epoch})


@settings(max_examples=40, deadline=None)
@given(lives(), st.integers(0, 60))
def test_the_future_changes_nothing_told_and_the_same_again_tells_the_same(scenes: list[Scene], cut: int) -> None:
    whole = tell(Happenings("a"), scenes)
    happenings = Happenings("a")
    first, rest = tell(happenings, scenes[:cut]), tell(happenings, scenes[cut:])
    assert first + rest == whole
    assert tell(Happenings("a"), scenes[:cut]) == whole[: len(first)]
    happenings.reset()
    assert tell(happenings, scenes) == whole


@settings(max_examples=40, deadline=None)
@given(lives())
def test_a_look_that_is_not_later_changes_nothing(scenes: list[Scene]) -> None:
    twice = [one for each in scenes for one in (each, each)]
    assert tell(Happenings("a"), twice) == tell(Happenings("a"), scenes)


@settings(max_examples=40, deadline=None)
@given(lives(), st.permutations(range(3)))
def test_other_ids_make_the_same_events_of_other_ids(scenes: list[Scene], order: list[int]) -> None:
    def of(identity: int) -> int:
        return identity if identity < 0 else order[identity]

    def renamed(one: Scene) -> Scene:
        actions = [doing(of(a.person), a.label, a.start, a.end) for a in one.actions]
        return scene(one.time, [of(i) for i in one.people.ids.tolist()], *actions, epoch=one.epoch, index=one.index)

    def plain(events: list[Event]) -> Counter[str]:  # who of several is one of those before is anybody's guess
        return Counter(repr(e) for e in events if e.epoch == 0)

    ours = [msgspec.structs.replace(e, person=of(e.person)) for e in tell(Happenings("a"), scenes)]
    assert plain(ours) == plain(tell(Happenings("a"), map(renamed, scenes)))


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(0, 5), min_size=1, max_size=5, unique=True), st.floats(0, 4.4), st.sampled_from([5.0, 10.0, 30.0]))
def test_a_new_connection_with_the_same_people_tells_nothing(ids: list[int], gap: float, fps: float) -> None:
    happenings, step = Happenings("a"), 1 / fps
    before = [scene(k * step, ids, *(doing(i, "standing", 0.0, k * step) for i in ids)) for k in range(int(2 * fps))]
    tell(happenings, before)
    again = before[-1].time + gap
    others = [i + 3 for i in ids]
    after = [
        scene(again + k * step, others, *(doing(i, "standing", again, again + k * step) for i in others), epoch=1)
        for k in range(int(2 * fps))
    ]
    assert tell(happenings, after) == []


# stories


def looks(end: float, ids: Sequence[int], start: float = 0.0, fps: float = 10.0, epoch: int = 0) -> list[Scene]:
    return [scene(start + k / fps, ids, epoch=epoch) for k in range(round((end - start) * fps))]


def test_somebody_comes_and_goes() -> None:
    happenings = Happenings("a")
    events = tell(happenings, [*looks(1.0, []), *looks(3.0, [4], 1.0), *looks(6.0, [], 3.0)])
    assert short(events) == [("appeared", 4, "", 1.0), ("left", 4, "", 2.9)]
    assert events[1].start == 1.0 and events[1].end == pytest.approx(2.9)


def test_a_glimpse_is_nobody_and_a_gap_is_bridged() -> None:
    assert tell(Happenings("a"), [*looks(0.3, [1]), *looks(5.0, [], 0.3)]) == []
    there = [*looks(2.0, [1]), *looks(3.2, [], 2.0), *looks(5.0, [1], 3.2)]
    assert short(tell(Happenings("a"), there)) == [("appeared", 1, "", 0.0)]


def test_rows_without_an_id_are_nobody() -> None:
    assert tell(Happenings("a"), looks(3.0, [-1])) == []


def story(*spans: tuple[str, float, float], end: float, fps: float = 20.0, person: int = 1) -> list[Scene]:
    """One person does things at times."""
    times = [k / fps for k in range(round(end * fps))]
    return [scene(t, [person], *(doing(person, label, a, t) for label, a, b in spans if a <= t < b)) for t in times]


def test_an_action_begins_and_ends_with_its_times_and_evidence() -> None:
    events = tell(Happenings("a"), story(("wave", 1.0, 2.0), end=4.0))
    assert short(events)[1:] == [("began", 1, "wave", 1.0), ("ended", 1, "wave", 1.95)]
    assert events[2].start == 1.0 and events[2].end == pytest.approx(1.95)
    assert events[1].data == {"energy": 1.0} and events[1].score == 0.9


def test_what_ended_says_how_sure_it_was_at_its_surest() -> None:
    sure = {0.4: 0.3, 0.8: 0.95, 1.2: 0.1}
    scenes = [scene(t, [1], Action(1, "wave", score, 0.4, t, None, {"at": t})) for t, score in sure.items()]
    events = tell(Happenings("a"), [scene(0.0, [1]), *scenes, *looks(3.0, [1], 1.6)])
    ended = next(event for event in events if event.kind == "ended")
    assert (ended.score, ended.data, ended.end) == (0.95, {"at": 0.8}, 1.2)


def test_a_flicker_is_no_action_and_does_not_cut_one() -> None:
    flicker = story(("standing", 0.0, 2.0), ("jump", 2.0, 2.2), ("standing", 2.2, 4.0), end=4.0)
    assert short(tell(Happenings("a"), flicker))[1:] == [("began", 1, "standing", 0.0)]


def test_two_in_a_row_are_two() -> None:
    """As a taught model tells them: what is over lingers for a moment."""
    scenes = []
    for k in range(80):
        t = k / 20
        over = [doing(1, "clap", 1.0, 1.5)] if 1.5 <= t <= 1.8 else []
        now = [doing(1, "clap", 1.0, t)] if 1.0 <= t < 1.5 else [doing(1, "clap", 1.7, t)] if 1.7 < t < 2.4 else []
        scenes.append(scene(t, [1], *over, *now))
    events = tell(Happenings("a"), scenes)
    assert [(e.kind, e.start) for e in events[1:]] == [("began", 1.0), ("ended", 1.0), ("began", 1.7), ("ended", 1.7)]
    assert events[2].end == 1.5


def test_who_leaves_ends_what_they_did_first() -> None:
    scenes = [*story(("wave", 0.0, 2.0), end=2.0), *looks(5.0, [], 2.0)]
    assert [e.kind for e in tell(Happenings("a"), scenes)] == ["appeared", "began", "ended", "left"]


def test_the_end_closes_what_is_open_and_says_so() -> None:
    happenings = Happenings("a")
    tell(happenings, story(("wave", 0.0, 2.0), end=2.0))
    assert happenings.summary() == {"people": 1, "action": "wave"}
    events = happenings.end(START + 100.0)
    assert short(events) == [("ended", 1, "wave", 1.95), ("left", 1, "", 1.95)]
    assert all(event.data["cut"] for event in events) and happenings.end(START + 101.0) == []
    assert happenings.summary() == {"people": 0, "action": ""}


def test_after_a_new_connection_one_more_is_told_once() -> None:
    happenings = Happenings("a")
    assert len(tell(happenings, looks(2.0, [1]))) == 1
    assert [e.kind for e in tell(happenings, looks(5.0, [0, 1], 3.0, epoch=1))] == ["appeared"]


def test_long_after_the_last_sight_everybody_is_new() -> None:
    happenings = Happenings("a")
    tell(happenings, looks(2.0, [1]))
    assert short(tell(happenings, looks(60.0, [0], 58.0, epoch=1))) == [("appeared", 0, "", 58.0)]


def test_who_was_carried_over_a_connection_leaves_once() -> None:
    happenings = Happenings("a")
    tell(happenings, looks(2.0, [1]))
    events = tell(happenings, [*looks(4.0, [0], 2.5, epoch=1), *looks(8.0, [], 4.0, epoch=1)])
    assert short(events) == [("left", 0, "", 3.9)] and events[0].data == {"carried": True}


def told_by(model: Any, clip: PoseSequence, happenings: Happenings) -> list[Event]:
    """A clip, looked at moment by moment."""
    events: list[Event] = []
    for t, time in enumerate(clip.times.tolist()):
        rows = np.flatnonzero((clip.scores[t] > 0).any(1))
        points, scores = clip.points[t, rows], clip.scores[t, rows]
        boxes = np.concatenate([np.nanmin(points[..., :2], axis=1), np.nanmax(points[..., :2], axis=1)], axis=1)
        seen = People(boxes, np.ones(len(rows)), points, scores, clip.skeleton, clip.ids[rows])
        actions = tuple(model.update(seen, time))
        events += happenings.update(Scene(t, time, (640, 480), seen, actions=actions), START + time)
    return events + happenings.end(START + clip.times[-1])


@pytest.mark.parametrize("seed", range(3))
def test_a_fall_is_told_once(seed: int) -> None:
    events = told_by(Postures(), staged_people(seed, "fall", fps=12.0).clip, Happenings("a"))
    falls = [event for event in events if event.kind == "fall"]
    assert len(falls) == 1 and falls[0].label == "falling" and "head fell" in falls[0].data
    assert not [event for event in events if event.kind in ("began", "ended") and event.label == "falling"]


@pytest.mark.parametrize("script", ["squats", "sit", "run"])
def test_who_does_not_fall_is_not_told_to(script: str) -> None:
    events = told_by(Postures(), staged_people(1, script, fps=12.0).clip, Happenings("a"))
    assert events and not [event for event in events if event.kind == "fall"]


def test_each_repetition_is_told_once_and_whether_it_counts() -> None:
    clip, _ = exercise_clip("squat", [1.0, 0.5, 1.0], fps=20.0)
    coach = Coach("squat")
    events = told_by(coach, clip, Happenings("a", coach))
    told = [event for event in events if event.kind == "repetition"]
    assert [event.data["number"] for event in told] == [1, 2, 3] == [t.number for t in coach.session.tries]
    assert [event.data["counted"] for event in told] == [True, False, True] == [t.counted for t in coach.session.tries]
    assert told[1].data["why_not"] and told[0].data["why_not"] == ""
    for event, one in zip(told, coach.session.tries, strict=True):
        assert (
            event.label == "squat"
            and event.start == pytest.approx(one.start, abs=0.001)
            and event.end == pytest.approx(one.end, abs=0.001)
        )
        assert event.time == pytest.approx(START + one.end, abs=0.01)
    assert not [event for event in events if event.kind in ("began", "ended")], "what a coach says is no action"


def test_repetitions_before_a_new_connection_are_not_lost() -> None:
    clip, _ = exercise_clip("squat", 2, fps=20.0, rest=1.0)
    coach, events = Coach("squat"), list[Event]()
    happenings = Happenings("a", coach)
    for t, time in enumerate(clip.times.tolist()):
        points = clip.points[t]
        boxes = np.concatenate([points.min(axis=1), points.max(axis=1)], axis=1)
        seen = People(boxes, np.ones(1), points, clip.scores[t], clip.skeleton, clip.ids)
        coach.update(seen, time)
        events += happenings.update(Scene(t, time, (640, 480), seen), START + time)
        if len(coach.tries) == 2:
            break
    assert sum(event.kind == "repetition" for event in events) == 1, "the second is not settled"
    coach.reset()  # as a new connection does
    events += happenings.update(scene(time + 1, [], epoch=1), START + time + 1)
    assert [event.data["number"] for event in events if event.kind == "repetition"] == [1, 2]


def test_a_hold_is_told_when_the_stream_ends() -> None:
    clip, _ = exercise_clip("plank", [6.0], fps=15.0)
    coach = Coach("plank")
    told = [event for event in told_by(coach, clip, Happenings("a", coach)) if event.kind == "repetition"]
    assert len(told) == len(coach.session.holds) == 1 and told[0].data["seconds"] > 1


def test_memory_does_not_grow_with_those_who_pass() -> None:
    happenings = Happenings("a")
    for k in range(600):
        happenings.update(scene(k * 0.2, [k], doing(k, "standing", k * 0.2, k * 0.2)), START)
    assert len(happenings._presence._people) < 20 and len(happenings._doings._open) < 20
    assert len(happenings._falls._people) < 20 and len(happenings._doings._over) < 20

"""The law of live action models: each person their own, in seconds, forgetting whoever is gone."""

from __future__ import annotations

import gc
import tracemalloc
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ..types import Action, Array, People, Skeleton
from .people import walking_people

__all__ = ["acting_people", "check_live_actions"]

Film = Sequence[tuple[People, float]]
Told = list[list[Action]]


def acting_people(people: int = 3, seconds: float = 6.0, fps: float = 20.0, seed: int = 0) -> list[tuple[People, float]]:
    """People of `coco17` who stand, walk, wave and squat in turn, each in their own order; ids are the true ones.

    Args:
        people: how many.
        seconds: for how long.
        fps: frames a second.
        seed: of all chance.
    """
    film = walking_people(people, seconds, fps, drop=0.0, noise=0.002, seed=seed, joints=True)
    return [(_acted(frame, at, seed), at) for frame, at in film]


def check_live_actions(build: Callable[[], Any], film: Film | None = None) -> None:
    """Raise AssertionError, saying which law is broken, unless all of them hold.

    1. `update` gives a list of Actions of people who are there, or were within two seconds; none ends after now; what comes in
       stays as it was.
    2. The same frames, the same answer; after `reset` it is like new; two instances never meet.
    3. One person's answer does not depend on who else is there, nor on the order of rows.
    4. Rows without an id are ignored.
    5. A frame that comes late (a time that does not rise) changes nothing that is said later.
    6. The clock's start does not matter: shifted times give shifted answers.
    7. Nobody and nothing to see are fine.
    8. What is known of people who are gone is forgotten: memory does not grow with their number.

    Args:
        build: makes a new live action model.
        film: tracked people of each frame and its time, in seconds that are exact in binary if law 6 is to be strict; made
            people of `coco17` if None.
    """
    film = _binary(acting_people()) if film is None else film
    told = _told(build(), film)
    _says_what_is_there(build(), film)
    _is_repeatable(build, film, told)
    _keeps_people_apart(build, film, told)
    _ignores(build, film, told)
    _counts_from_anywhere(build, film, told)
    _survives_emptiness(build(), film)
    _forgets(build(), film)


def _demand(holds: bool, law: str) -> None:
    if not holds:
        raise AssertionError(f"check_live_actions: {law}")


def _told(model: Any, film: Film) -> Told:
    return [model.update(people, at) for people, at in film]


def _of(told: Told, identity: int) -> Told:
    return [[action for action in actions if action.person == identity] for actions in told]


def _says_what_is_there(model: Any, film: Film) -> None:
    last: dict[int, float] = {}
    for people, at in film:
        before = people.boxes.copy(), people.points.copy(), people.point_scores.copy(), people.ids.copy()
        actions = model.update(people, at)
        after = people.boxes, people.points, people.point_scores, people.ids
        _demand(all(np.array_equal(x, y, equal_nan=True) for x, y in zip(before, after, strict=True)), "input is untouched")
        _demand(isinstance(actions, list) and all(isinstance(a, Action) for a in actions), "update gives a list of Actions")
        last |= {int(i): at for i in people.ids}
        for action in actions:
            _demand(at - last.get(action.person, -np.inf) <= 2.0, f"{action} at {at} s is of nobody who is there")
            _demand(action.end <= at + 1e-6 and bool(action.label), f"{action} at {at} s ends after now, or has no label")


def _is_repeatable(build: Callable[[], Any], film: Film, told: Told) -> None:
    one, other, mine = build(), build(), []
    for (people, at), (guest, _) in zip(film, reversed(film), strict=True):
        mine.append(one.update(people, at))
        other.update(guest, at)
    _demand(mine == told, "the same frames get the same answer, whatever another instance sees")
    other.reset()
    _demand(_told(other, film) == told, "after reset it is like new")


def _keeps_people_apart(build: Callable[[], Any], film: Film, told: Told) -> None:
    ids = sorted({int(i) for people, _ in film for i in people.ids})
    for identity in ids[:3]:
        alone = [(people[people.ids == identity], at) for people, at in film]
        _demand(
            _told(build(), alone) == _of(told, identity), f"person {identity} is told the same things alone as among others"
        )
    turned = _told(build(), [(people[::-1], at) for people, at in film])
    same = all(_of(turned, i) == _of(told, i) for i in ids)
    _demand(same, "the order of rows does not matter")


def _ignores(build: Callable[[], Any], film: Film, told: Told) -> None:
    ids = [people.ids for people, _ in film]
    unnamed = build()
    for (people, at), names, actions in zip(film, ids, told, strict=True):
        if not len(people):
            continue
        crowd = people[np.repeat(np.arange(len(people)), 2)].with_ids(np.stack([names, np.full(len(names), -1)], 1).ravel())
        _demand(unnamed.update(crowd, at) == actions, "rows without an id are ignored")
    late, mine = build(), []
    for k, (people, at) in enumerate(film):
        mine.append(late.update(people, at))
        if k > 3 and k % 7 == 0:
            late.update(film[k - 3][0], film[k - 3][1])
            late.update(people, at)
    _demand(mine == told, "a frame that comes late changes nothing that is said later")


def _counts_from_anywhere(build: Callable[[], Any], film: Film, told: Told) -> None:
    moved = _told(build(), [(people, at + 64.0) for people, at in film])
    _demand(
        [[(a.person, a.label) for a in actions] for actions in moved]
        == [[(a.person, a.label) for a in actions] for actions in told],
        "the clock's start does not matter",
    )
    near = all(
        abs(a.start + 64.0 - b.start) < 1e-6 and abs(a.end + 64.0 - b.end) < 1e-6 and abs(a.score - b.score) < 1e-3
        for one, other in zip(told, moved, strict=True)
        for a, b in zip(one, other, strict=True)
    )
    _demand(near, "starts and ends move with the clock")


def _survives_emptiness(model: Any, film: Film) -> None:
    people = film[0][0]
    nobody = people[:0]
    blind = People(
        people.boxes, people.score, people.points, np.zeros_like(people.point_scores), people.skeleton, people.ids, people.world
    )
    for k in range(60):
        crowd = (nobody, people, blind)[k % 3]
        actions = model.update(crowd, k / 16)
        _demand(isinstance(actions, list), "nobody, and people of whom nothing is seen, are fine")
    _demand(model.update(nobody, 60.0) == [], "who has been gone for long does nothing")


def _forgets(model: Any, film: Film) -> None:
    tracemalloc.start()
    try:
        used = []
        for visit in range(30):
            for people, at in film[:12]:
                model.update(people.with_ids(people.ids + 100 * visit), at + 10.0 * visit)
            if visit in (9, 29):
                model.update(film[0][0][:0], 10.0 * visit + 9.0)
                gc.collect()
                used.append(tracemalloc.get_traced_memory()[0])
    finally:
        tracemalloc.stop()
    grown = used[1] - used[0]
    _demand(grown < 20_000 * len(film[0][0]), f"people who are gone are forgotten; {grown} bytes more after twenty more visits")


def _binary(film: Film) -> Film:
    """Times that a float holds exactly, so that a shift changes no difference."""
    return [(people, round(at * 1024) / 1024) for people, at in film]


def _acted(people: People, time: float, seed: int) -> People:
    points = people.points.copy()
    for row, identity in enumerate(people.ids.tolist()):
        rng = np.random.default_rng([seed, identity])
        act = int((time + rng.uniform(0, 8)) / 2) % 4
        tall = float(np.nanmax(points[row, :, 1]) - np.nanmin(points[row, :, 1]))
        points[row] = (_stand, _stroll, _wave, _squat)[act](points[row], people.skeleton, time, tall)
    return People(people.boxes, people.score, points, people.point_scores, people.skeleton, people.ids)


def _at(body: Skeleton, *names: str) -> list[int]:
    return [body.joints.index(name) for name in names]


def _stroll(points: Array, body: Skeleton, time: float, tall: float) -> Array:
    return points


def _stand(points: Array, body: Skeleton, time: float, tall: float) -> Array:
    points[_at(body, "left_ankle", "right_ankle"), 0] = points[_at(body, "left_hip", "right_hip"), 0]
    points[_at(body, "left_knee", "right_knee"), 0] = points[_at(body, "left_hip", "right_hip"), 0]
    return points


def _wave(points: Array, body: Skeleton, time: float, tall: float) -> Array:
    points = _stand(points, body, time, tall)
    shoulder, elbow, wrist = _at(body, "right_shoulder", "right_elbow", "right_wrist")
    swing = 0.7 * np.sin(2 * np.pi * 1.5 * time)
    points[elbow] = points[shoulder] + np.array([-0.17, -0.05]) * tall
    points[wrist] = points[elbow] + np.array([np.sin(swing), -np.cos(swing)]) * 0.16 * tall
    return points


def _squat(points: Array, body: Skeleton, time: float, tall: float) -> Array:
    points = _stand(points, body, time, tall)
    depth = 0.2 * tall * (0.5 - 0.5 * np.cos(2 * np.pi * time / 2))
    legs = _at(body, "left_ankle", "right_ankle")
    knees = _at(body, "left_knee", "right_knee")
    rest = [i for i in range(len(body)) if i not in (*legs, *knees)]
    points[rest, 1] += depth
    points[knees, 1] += depth / 2
    points[knees, 0] += depth / 2
    return points

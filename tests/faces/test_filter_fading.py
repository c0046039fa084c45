from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some

from kinesics.errors import UsageError
from kinesics.faces.fading import Fading
from kinesics.faces.layout import face_layout
from kinesics.faces.steadying import Steadying
from kinesics.types import Array


@given(
    some.lists(some.tuples(some.floats(0, 1), some.floats(0.001, 0.2)), min_size=1, max_size=60),
    some.floats(0.05, 0.5),
    some.floats(0.05, 0.5),
)
def test_it_never_jumps(course: list[tuple[float, float]], away: float, back: float) -> None:
    fading, time, before = Fading(away=away, back=back), 0.0, 0.0
    fading.update(1.0, 0.0)
    for apply, step in course:
        time += step
        now = fading.update(apply, time)
        assert -step / away - 1e-9 <= now - before <= step / back + 1e-9 and 0 <= now <= 1
        before = now


@pytest.mark.parametrize("rate", [10, 25, 60, 240])
def test_times_hold_at_any_frame_rate(rate: int) -> None:
    fading = Fading()
    course = [(i / rate, 1.0 if i / rate < 1 or i / rate >= 2 else 0.0) for i in range(3 * rate)]
    shown = [(t, fading.update(apply, t)) for t, apply in course]

    def at(time: float) -> float:
        return next(opacity for t, opacity in reversed(shown) if t <= time + 1e-9)

    assert at(0.3 + 1 / rate) == pytest.approx(1) and at(0.999) == pytest.approx(1)
    assert at(1.15 + 1 / rate) == pytest.approx(0) and at(1.999) == pytest.approx(0)
    assert at(2.3 + 1 / rate) == pytest.approx(1)


def test_a_gate_that_trembles_at_the_limit_makes_no_flicker() -> None:
    fading, rng, turns, before, wanted = Fading(), np.random.default_rng(0), 0, 0.0, 0
    for i in range(600):
        now = fading.update(0.5 + float(rng.uniform(-0.09, 0.09)), i / 30)
        way = int(np.sign(now - before))
        turns, wanted, before = turns + (way != 0 and way != wanted), way or wanted, now
    assert turns <= 1


def test_limits_are_checked() -> None:
    with pytest.raises(UsageError, match="above 0 s"):
        Fading(away=0)
    with pytest.raises(UsageError, match="low <= high"):
        Fading(limits=(0.7, 0.3))


def test_a_still_face_trembles_less() -> None:
    steady, rng = Steadying(), np.random.default_rng(0)
    mesh = face_layout().mesh
    raw = [mesh + rng.normal(0, 0.5, (1, 3)) + rng.normal(0, 0.5, mesh.shape) for _ in range(90)]
    out = [steady.update(m, i / 30) for i, m in enumerate(raw)]

    def tremble(meshes: list[Array]) -> float:
        return float(np.abs(np.diff(np.array(meshes)[20:], axis=0)).mean())

    assert tremble(out) < 0.5 * tremble(raw)


@pytest.mark.parametrize("speed", [0.1, 0.3, 1.0, 4.0])  # widths of the face a second
def test_a_moving_face_is_followed_within_a_frame(speed: float) -> None:
    steady, mesh = Steadying(), face_layout().mesh
    wide = float(np.ptp(mesh[:, 1]))
    late = []
    for i in range(90):
        place = mesh + [max(i - 30, 0) / 30 * speed * wide, 0, 0]
        late.append(float((place - steady.update(place, i / 30))[:, 0].mean()) / (speed * wide / 30))
    assert max(late) < 1.0


def test_small_faces_are_steadied_as_large_ones() -> None:
    rng = np.random.default_rng(1)
    mesh = face_layout().mesh
    course = [mesh + rng.normal(0, 1, mesh.shape) + [i, 0, 0] for i in range(20)]
    small, large = Steadying(), Steadying()
    for i, place in enumerate(course):
        a, b = small.update(place / 10, i / 30), large.update(place, i / 30)
    assert np.abs(a * 10 - b).max() < 1e-6


def test_after_a_pause_nothing_is_dragged_along(mesh_at: Callable[..., Array]) -> None:
    steady = Steadying()
    steady.update(mesh_at(50, 50, 40), 0.0)
    assert np.array_equal(steady.update(mesh_at(250, 50, 40), 2.0), mesh_at(250, 50, 40))
    assert np.array_equal(steady.update(mesh_at(90, 50, 40), 1.0), mesh_at(90, 50, 40))  # time that falls

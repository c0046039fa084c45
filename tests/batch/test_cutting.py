"""Laws of the cutter, on pictures made here: what is a boundary, what is none, and when it is said."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Sequence

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from kinesics.batch.cutting import LAG, Cutter
from kinesics.batch.jobs import Shot
from kinesics.types import Frame

Picture = NDArray[np.uint8]
Scene = Callable[[float], Picture]  # time -> picture

WIDE, HIGH = 160, 120


def place(seed: int, size: tuple[int, int] = (WIDE, HIGH), *, speed: float = 0.0, somebody: bool = True) -> Scene:
    """A coloured scene of blotches large and small, a camera that pans at `speed`, and a grey figure that walks to and fro."""
    rng = np.random.default_rng(seed)
    wide, high = size
    canvas = np.full((high, 3 * wide, 3), rng.uniform(70, 170, 3))
    for cells, depth in ((3, 60), (9, 45), (24, 25)):
        blotches = rng.normal(0, depth / 2, (cells, 3 * cells, 3)).astype(np.float32)
        canvas += cv2.resize(blotches, (3 * wide, high), interpolation=cv2.INTER_CUBIC)
    canvas = np.clip(canvas, 16, 235)
    grain = rng.normal(0, 2, (8, high, wide, 1))

    def picture(time: float) -> Picture:
        left = round((0.5 - 0.5 * np.cos(speed * time * np.pi / 2)) * 2 * wide) if speed else 0
        view = canvas[:, left : left + wide].copy()
        if somebody:
            x = int((0.45 - 0.4 * np.cos(0.6 * time + seed)) * wide)
            view[high // 3 : high * 9 // 10, x : x + wide // 10] = 90
        return np.clip(view + grain[round(time * 60) % 8], 0, 255).astype(np.uint8)

    return picture


def taken(scene: Scene, seconds: float, fps: float = 25.0) -> list[Picture]:
    return [scene(i / fps) for i in range(round(seconds * fps))]


def mixed(a: Sequence[Picture], b: Sequence[Picture]) -> list[Picture]:
    n = len(a)
    return [
        cv2.addWeighted(old, 1 - (i + 1) / (n + 1), new, (i + 1) / (n + 1), 0).astype(np.uint8)
        for i, (old, new) in enumerate(zip(a, b, strict=True))
    ]


def found(pictures: Iterable[Picture], fps: float = 25.0, times: Sequence[float] | None = None) -> tuple[list[Shot], list[int]]:
    """All shots, and the frames at which a cut was said at once; every law of the order of shots is held to."""
    cutter, shots, said = Cutter(), [], []
    count, last = 0, 0.0
    for count, picture in enumerate(pictures, 1):
        last = times[count - 1] if times is not None else (count - 1) / fps
        now, ended = cutter.update(Frame(picture, index=count - 1, time=last))
        said += [count - 1] if now else []
        shots += ended
        gap = 1 / fps if times is None else float(np.diff(times).max())
        assert all(last - shot.end <= LAG + gap for shot in ended)
    shots += cutter.end()
    assert [shot.index for shot in shots] == list(range(len(shots)))
    assert sum(shot.frames for shot in shots) == count
    assert all(a.end == b.start for a, b in itertools.pairwise(shots))
    assert all(0 <= shot.score <= 1 and shot.frames > 0 and shot.start < shot.end for shot in shots)
    assert shots[0].before == "start" and shots[-1].end > last
    return shots, said


CASES: list[tuple[str, Callable[[Picture], Picture]]] = [
    ("plain", lambda p: p),
    ("dark", lambda p: (p * 0.12 + 14).astype(np.uint8)),
    ("grey", lambda p: np.repeat(cv2.cvtColor(p, cv2.COLOR_RGB2GRAY)[..., None], 3, 2)),
    ("tiny", lambda p: cv2.resize(p, (96, 96))),
    ("bars", lambda p: cv2.copyMakeBorder(p[30:90], 30, 30, 0, 0, cv2.BORDER_CONSTANT)),
    ("pillars", lambda p: cv2.copyMakeBorder(p[:, 50:110], 0, 0, 50, 50, cv2.BORDER_CONSTANT)),
]


@pytest.mark.parametrize(("name", "look"), CASES, ids=[name for name, _ in CASES])
def test_a_hard_cut_is_said_at_its_frame_however_the_picture_looks(name: str, look: Callable[[Picture], Picture]) -> None:
    parts = [taken(place(1), 2), taken(place(2), 1.6), taken(place(3, speed=0.2), 2)]
    shots, said = found(look(p) for part in parts for p in part)
    assert said == [50, 90]
    assert [(shot.before, shot.frames) for shot in shots] == [("start", 50), ("cut", 40), ("cut", 50)]


@pytest.mark.parametrize("fps", [5, 10, 30, 60])
def test_a_hard_cut_is_found_at_any_rate(fps: int) -> None:
    parts = [taken(place(seed, speed=0.15), 2.4 if fps < 60 else 1.6, fps) for seed in (4, 5, 6)]
    shots, said = found([p for part in parts for p in part], fps)
    assert said == [len(parts[0]), 2 * len(parts[0])]
    assert [shot.start for shot in shots] == pytest.approx([0, len(parts[0]) / fps, 2 * len(parts[0]) / fps])


def test_slow_video_that_repeats_its_pictures_has_no_more_cuts() -> None:
    parts = [taken(place(seed, speed=0.1), 3, 5) for seed in (7, 8)]
    shots, said = found([p for part in parts for p in part for _ in range(5)])
    assert said == [75] and [shot.frames for shot in shots] == [75, 75]


def test_times_count_and_not_frames() -> None:
    rng = np.random.default_rng(3)
    times = np.cumsum(rng.choice([1 / 60, 1 / 30, 1 / 12, 1 / 8], 150))
    old, new = place(9), place(10)
    shots, said = found([(old if i < 80 else new)(float(t)) for i, t in enumerate(times)], times=times.tolist())
    assert said == [80] and [shot.start for shot in shots] == [times[0], times[80]]


def test_flat_colours_are_scenes_too() -> None:
    flats = [np.full((HIGH, WIDE, 3), colour, np.uint8) for colour in ((120, 40, 40), (40, 120, 60), (60, 60, 140))]
    shots, said = found([flat for flat in flats for _ in range(50)])
    assert said == [50, 100] and [shot.frames for shot in shots] == [50, 50, 50]


@pytest.mark.parametrize("frames", [1, 2, 3])
@pytest.mark.parametrize("fps", [10, 25])
def test_a_flash_is_no_cut(frames: int, fps: int) -> None:
    pictures = taken(place(11), 4, fps)
    at = 2 * fps
    for i in range(at, at + frames):
        pictures[i] = np.clip(pictures[i].astype(np.int16) + 150, 0, 255).astype(np.uint8)
    shots, _ = found(pictures, fps)
    assert len(shots) == 1


def test_a_white_picture_between_two_scenes_makes_one_boundary() -> None:
    white = np.full((HIGH, WIDE, 3), 255, np.uint8)
    shots, _ = found([*taken(place(12), 2), white, *taken(place(13), 2)])
    assert len(shots) == 2 and shots[1].start == pytest.approx(2.0, abs=0.05)


@pytest.mark.parametrize("seconds", [0.5, 1.0, 2.0])
def test_somebody_who_walks_by_the_lens_is_no_boundary(seconds: float) -> None:
    pictures = taken(place(14), 5)
    for i, picture in enumerate(pictures):
        x = round(((i / 25 - 2) / seconds) * 1.8 * WIDE)
        picture[:, max(x - round(0.8 * WIDE), 0) : max(x, 0)] = (30, 28, 35)
    shots, said = found(pictures)
    assert len(shots) == 1 and not said


@pytest.mark.parametrize("speed", [0.1, 0.3, 0.8])
def test_a_pan_is_no_boundary(speed: float) -> None:
    shots, said = found(taken(place(15, (2 * WIDE, HIGH), speed=speed), 8))
    assert len(shots) == 1 and not said


def test_a_shaking_camera_is_no_boundary() -> None:
    rng = np.random.default_rng(5)
    large = taken(place(16, (200, 150)), 5)
    shifts = rng.integers(0, 7, (len(large), 2)) * (np.arange(len(large)) % 50 > 25)[:, None]
    shots, said = found([p[y : y + HIGH, x : x + WIDE] for p, (x, y) in zip(large, shifts, strict=True)])
    assert len(shots) == 1 and not said


@pytest.mark.parametrize("seconds", [0.04, 0.5, 2.0])
def test_light_that_changes_is_no_boundary(seconds: float) -> None:
    pictures = taken(place(17), 5)
    for i, picture in enumerate(pictures):
        share = float(np.clip((i / 25 - 2) / seconds, 0, 1))
        picture[:] = (picture * (1 - 0.5 * share)).astype(np.uint8)
    shots, _ = found(pictures)
    assert len(shots) == 1


def test_a_lamp_that_pulses_is_no_boundary() -> None:
    pictures = taken(place(17), 6)
    for i, picture in enumerate(pictures):
        picture[20:60, 100:125] = round(120 + 80 * np.sin(i / 25 * 4))
    shots, said = found(pictures)
    assert len(shots) == 1 and not said


@pytest.mark.parametrize(("seconds", "fps"), [(s, fps) for s in (0.25, 0.6, 1.2, 2.0) for fps in (10, 25)] + [(0.25, 60)])
def test_a_dissolve_is_one_boundary_in_its_middle(seconds: float, fps: int) -> None:
    n = round(seconds * fps)
    old, new = taken(place(18), 3 + seconds, fps), taken(place(19), 3 + seconds, fps)
    shots, _ = found([*old[:-n], *mixed(old[-n:], new[:n]), *new[n:]], fps)
    assert [shot.before for shot in shots] == ["start", "dissolve"]
    assert shots[1].start == pytest.approx(3 + seconds / 2, abs=0.15)


@pytest.mark.parametrize("colour", [0, 255], ids=["black", "white"])
@pytest.mark.parametrize(("seconds", "hold"), [(0.3, 0.0), (0.6, 0.2), (1.0, 0.0), (2.0, 0.4)])
@pytest.mark.parametrize("fps", [10, 25])
def test_a_fade_through_one_colour_is_one_boundary_in_its_middle(seconds: float, hold: float, colour: int, fps: int) -> None:
    n = max(round(seconds * fps / 2), 1)
    flat = np.full((HIGH, WIDE, 3), colour, np.uint8)
    old, new = taken(place(20), 3, fps), taken(place(21), 3, fps)
    down = mixed(old[-n:], [flat] * n)
    up = mixed([flat] * n, new[:n])
    shots, _ = found([*old[:-n], *down, *[flat] * (1 + round(hold * fps)), *up, *new[n:]], fps)
    assert [shot.before for shot in shots] == ["start", "fade"]
    assert shots[1].start == pytest.approx(3 + hold / 2, abs=0.15)


def test_a_long_dark_is_a_shot_between_two_fades() -> None:
    flat = np.zeros((HIGH, WIDE, 3), np.uint8)
    old, new = taken(place(22), 3), taken(place(23), 3)
    down, up = mixed(old[-10:], [flat] * 10), mixed([flat] * 10, new[:10])
    shots, _ = found([*old[:-10], *down, *[flat] * 100, *up, *new[10:]])
    assert [shot.before for shot in shots] == ["start", "fade", "fade"]
    assert shots[1].start == pytest.approx(3.0, abs=0.15) and shots[2].start == pytest.approx(7.0, abs=0.25)


def test_a_still_is_one_shot_and_nothing_is_none() -> None:
    shots, said = found([place(24)(0.0)])
    assert len(shots) == 1 and not said and (shots[0].start, shots[0].frames) == (0.0, 1)
    assert Cutter().end() == []


def test_damaged_frames_are_counted_and_not_looked_at() -> None:
    cutter, scene, other = Cutter(), place(25), place(26)
    shots = []
    for i in range(75):
        frame = Frame((other if 30 <= i < 45 else scene)(i / 25), index=i, time=i / 25, corrupt=30 <= i < 45)
        now, ended = cutter.update(frame)
        assert not now
        shots += ended
    shots += cutter.end()
    assert [shot.frames for shot in shots] == [75]


def test_memory_is_that_of_two_seconds_however_long_the_clip() -> None:
    """Dark and bright scenes, cuts, thousands of frames a second: what is kept stays small."""
    cutter, scenes = Cutter(), [place(27), place(28, speed=0.5)]
    pictures = [scenes[i % 2](i / 7) for i in range(8)]
    pictures[5] = (pictures[5] * 0.05).astype(np.uint8)
    for i in range(3000):
        cutter.update(Frame(pictures[i // 400 % 8], index=i, time=i / 100))
        kept = cutter._cuts._seen, cutter._dissolves._seen, cutter._fades._past, cutter._fades._flat, cutter._waiting
        assert max(map(len, kept)) < 3 * 65

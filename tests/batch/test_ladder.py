"""Bitrate ladders: curves, frontiers and steps keep their laws; what is kept of a shot is bounded; tries of made shots."""

from __future__ import annotations

import gc
import itertools
import math
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kinesics.batch import Config, process
from kinesics.batch.ladder import (
    Sample,
    Spool,
    choose_steps,
    find_frontier,
    fit_curve,
    knee_rate,
    ladder_svg,
    try_out,
)
from kinesics.batch.ladder.likeness import structure
from kinesics.batch.ladder.sizes import spool_size, tried_sizes
from kinesics.batch.ladder.take import PICTURES, Take
from kinesics.batch.ladder.vmaf import Vmaf, find_vmaf
from kinesics.batch.rows import struct_of
from kinesics.errors import JobError
from kinesics.testing.video import make_video
from kinesics.types import Array, Frame
from kinesics.video import VideoWriter, save_image

Row = dict[str, Any]
TRIES = st.lists(
    st.tuples(st.integers(1, 60), st.integers(0, 40), st.sampled_from((18, 24, 30, 36, 42))), min_size=1, max_size=25
)


def texture(number: int, size: tuple[int, int]) -> Array:
    """Fine and coarse structure that glides: something to encode."""
    import cv2

    width, height = size
    grain = np.random.default_rng(7).integers(0, 255, (height // 4 + 1, width // 4 + 40, 3), dtype=np.uint8)
    large = cv2.resize(grain, (grain.shape[1] * 4, grain.shape[0] * 4), interpolation=cv2.INTER_CUBIC)
    return np.ascontiguousarray(large[:height, 2 * number : 2 * number + width])


def a_shot(
    frames: int, size: tuple[int, int] = (400, 300), fps: float = 25.0, look: Callable[..., Array] = texture
) -> Sample | None:
    spool = Spool()
    for i in range(frames):
        spool.add(Frame(look(i, size), index=i, time=i / fps))
    return spool.sample(0.0, frames / fps)


@cache
def the_tries() -> tuple[Row, ...]:
    return tuple(try_out(a_shot(14)))


def grey(number: int, size: tuple[int, int]) -> Array:
    return np.full((size[1], size[0], 3), 128, np.uint8)


# -------------------------------------------------------------------------------------------------------- curves and knees
@pytest.mark.parametrize("b", [-9_000.0, 0.0, 40_000.0])
@pytest.mark.parametrize(("a", "c"), [(12.0, -70.0), (0.05, 0.3)])
def test_fit_reproduces_made_curves(a: float, b: float, c: float) -> None:
    rates = [12_000.0, 30_000.0, 90_000.0, 200_000.0, 500_000.0]
    found = fit_curve(rates[::-1], [a * math.log(x + b) + c for x in rates[::-1]])
    assert (found.a, found.b, found.c) == pytest.approx((a, b, c), rel=1e-3, abs=abs(b) * 1e-3 + 1.0 * (b == 0))
    assert all(found(x) == pytest.approx(a * math.log(x + b) + c, abs=1e-4 * a) for x in rates)


@given(st.lists(st.tuples(st.floats(1.0, 1e8), st.floats(0, 100)), min_size=1, max_size=6))
@settings(max_examples=50, deadline=None)
def test_fit_never_falls_and_is_finite(points: list[tuple[float, float]]) -> None:
    curve = fit_curve([x for x, _ in points], [q for _, q in points])
    assert curve.a >= 0 and all(map(math.isfinite, (curve.a, curve.b, curve.c)))
    assert all(x + curve.b > 0 for x, _ in points)


@pytest.mark.parametrize("b", [-9_000.0, 0.0, 60_000.0])
def test_knee_is_where_the_curve_is_highest_above_the_diagonal(b: float) -> None:
    curve = fit_curve([1e4, 1e5, 1e6], [9 * math.log(x + b) - 4 for x in (1e4, 1e5, 1e6)])
    x = np.linspace(1e4, 1e6, 100_001)
    q = np.log(x + b)
    above = (q - q[0]) / (q[-1] - q[0]) - (x - x[0]) / (x[-1] - x[0])
    assert knee_rate(curve, 1e4, 1e6) == pytest.approx(x[above.argmax()], rel=5e-3)


# ----------------------------------------------------------------------------------------------------- frontiers and steps
@given(TRIES)
def test_frontier_rises_and_nothing_beats_it(tries: list[tuple[int, int, int]]) -> None:
    rates, likeness = [float(t[0]) for t in tries], [float(t[1]) for t in tries]
    front = find_frontier(rates, likeness)
    assert all(rates[i] < rates[j] and likeness[i] < likeness[j] for i, j in itertools.pairwise(front))
    for i in front:
        assert not any(
            r <= rates[i] and q >= likeness[i] and (r, q) != (rates[i], likeness[i])
            for r, q in zip(rates, likeness, strict=True)
        )
    for i in set(range(len(tries))) - set(front):
        assert any(rates[k] <= rates[i] and likeness[k] >= likeness[i] for k in front)


@given(TRIES, st.randoms(use_true_random=False))
def test_steps_lie_on_the_frontier_and_apart(tries: list[tuple[int, int, int]], random: Any) -> None:
    rates, likeness, crfs = ([t[k] for t in tries] for k in range(3))
    front = find_frontier(rates, likeness)
    knee = random.choice([None, *front])
    steps = choose_steps(front, rates, likeness, crfs, knee=knee, gain=2.0)
    assert steps and set(steps) <= set(front)
    assert knee is None or knee in steps or crfs[knee] > 36
    for i, j in itertools.pairwise(steps):
        assert rates[j] >= 1.5 * rates[i] - 1e-9 and likeness[j] >= likeness[i] + 2.0


# ------------------------------------------------------------------------------------------------------- what is kept aside
def planes(value: int) -> tuple[Array, Array, Array]:
    return np.full((32, 32), value % 256, np.uint8), np.full((16, 16), 7, np.uint8), np.full((16, 16), 9, np.uint8)


@pytest.mark.parametrize("n", [10, 60, 130, 500, 3000])
def test_long_take_keeps_two_whole_stretches_at_most(n: int) -> None:
    take = Take((32, 32))
    for i in range(n):
        take.add(planes(i), i / 25)
        assert len(take.kept) <= 2 * PICTURES
    assert len({p.slot for p in take.kept}) == len(take.kept) and max(p.slot for p in take.kept) < 2 * PICTURES + 1
    for stretch in {p.stretch for p in take.kept}:
        own = [p.number for p in take.kept if p.stretch == stretch]
        assert own == list(range(own[0], own[0] + len(own)))
    assert all(take.store.read(p.slot)[0][5, 5] == p.number % 256 for p in take.kept)
    assert n < 500 or n * 0.1 < np.mean([p.number for p in take.kept]) < n * 0.9
    take.store.close()


def test_hard_cut_is_told_late_and_both_shots_are_there() -> None:
    spool = Spool()
    for i in range(60):
        spool.add(Frame(grey(i, (64, 48)), index=i, time=i / 25, epoch=int(i >= 30)))
    one, two = spool.sample(0, 30 / 25), spool.sample(30 / 25, 60 / 25)
    assert one and two and (len(one.slots), len(two.slots)) == (30, 30)
    spool.forget(30 / 25)
    assert spool.sample(0, 30 / 25) is None and spool.sample(30 / 25, 60 / 25) == two
    spool.close()


def test_fade_that_is_told_late_splits_what_was_kept() -> None:
    spool = Spool()
    for i in range(40):
        spool.add(Frame(grey(i, (64, 48)), index=i, time=i / 25))
    spool.forget(30 / 25)
    for i in range(40, 70):
        spool.add(Frame(grey(i, (64, 48)), index=i, time=i / 25))
    rest = spool.sample(30 / 25, 70 / 25)
    assert rest and len(rest.slots) == 40 and rest.seconds == pytest.approx(40 / 25)
    spool.close()


def test_a_thousand_cuts_keep_few_files() -> None:
    spool = Spool()
    for i in range(1000):
        spool.add(Frame(grey(i, (32, 32)), index=i, time=i / 25, epoch=i))
    assert sum(spool.sample(i / 25, (i + 1) / 25) is not None for i in range(1000)) <= 50
    spool.close()


# -------------------------------------------------------------------------------------------------------------------- tries
def test_rate_and_likeness_fall_with_crf() -> None:
    for height in {row["height"] for row in the_tries()}:
        own = [row for row in the_tries() if row["height"] == height]
        assert [row["crf"] for row in own] == sorted(row["crf"] for row in own)
        for key in ("bits_per_second", "quality"):
            assert all(a[key] > b[key] for a, b in itertools.pairwise(own)), key


def test_tries_say_all_of_the_ladder() -> None:
    rows = the_tries()
    assert len(rows) == 10 and len(struct_of("ladder", rows)) == 10
    steps = sorted((row for row in rows if row["step"]), key=lambda row: row["step"])
    assert [row["step"] for row in steps] == list(range(1, len(steps) + 1)) and len(steps) >= 3
    assert all(row["frontier"] for row in steps) and sum(row["knee"] for row in rows) == 1
    for a in steps:
        assert not any(b["bits_per_second"] < a["bits_per_second"] and b["quality"] >= a["quality"] for b in rows)


def test_the_same_shot_gives_the_same_rows() -> None:
    assert try_out(a_shot(14)) == list(the_tries())


@pytest.mark.parametrize(("size", "tried"), [((301, 203), (302, 204)), ((35, 120), (36, 120))])
def test_odd_sizes_are_made_even(size: tuple[int, int], tried: tuple[int, int]) -> None:
    rows = try_out(a_shot(8, size, fps=10.0))
    assert {(row["width"], row["height"]) for row in rows} == {tried} and all(row["pictures"] == 8 for row in rows)


def test_grey_has_one_step() -> None:
    rows = try_out(a_shot(14, (80, 60), look=grey))
    assert sum(row["step"] is not None for row in rows) == 1 and min(row["quality"] for row in rows) > 0.99
    ElementTree.fromstring(ladder_svg(rows))


def test_what_cannot_be_tried_says_why() -> None:
    (short,) = try_out(a_shot(8))
    (small,) = try_out(a_shot(20, (24, 20)))
    (nothing,) = try_out(None)
    assert "0.32 s" in short["note"] and "24x20" in small["note"] and nothing["note"]
    assert "0.32 s" in ladder_svg([short])


def test_sizes_never_exceed_the_source_and_are_apart() -> None:
    assert spool_size((3840, 2160)) == (1920, 1080) and spool_size((2160, 3840)) == (1080, 1920)
    assert [h for _, h in tried_sizes((1920, 1080))] == [1080, 720, 540, 360, 240]
    assert [h for _, h in tried_sizes((768, 576))] == [576, 360, 240]
    assert all(w % 2 == h % 2 == 0 for w, h in tried_sizes(spool_size((1001, 997))))


def test_structure_is_one_for_equal_pictures_and_falls_with_noise() -> None:
    one = texture(0, (90, 70))[:, :, 0]
    noise = np.random.default_rng(1).normal(0, 1, one.shape)
    found = [structure(one, np.clip(one + k * noise, 0, 255).astype(np.uint8)) for k in (0, 5, 20, 60)]
    assert found[0] == pytest.approx(1, abs=1e-6) and found == sorted(found, reverse=True)


# --------------------------------------------------------------------------------------------------------------------- VMAF
def test_without_vmaf_it_is_ssim(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "imageio_ffmpeg", None)
    find_vmaf.cache_clear()
    rows = try_out(a_shot(14, (80, 60)))
    find_vmaf.cache_clear()
    assert {row["measure"] for row in rows} == {"ssim"} and all(0 < row["quality"] <= 1 for row in rows)
    assert "SSIM (no VMAF here)" in ladder_svg(rows)


def test_with_vmaf_it_is_vmaf() -> None:
    if find_vmaf() is None:
        pytest.skip("no VMAF: imageio-ffmpeg is not installed")
    rows = the_tries()
    assert {row["measure"] for row in rows} == {"vmaf"} and max(row["quality"] for row in rows) > 80


def test_a_program_that_fails_is_one_line() -> None:
    from kinesics.batch.ladder.encoding import encode

    sample = a_shot(14, (80, 60))
    assert sample is not None
    judge = Vmaf(sample, "/bin/false")
    with pytest.raises(JobError, match=r"^VMAF could not be measured: .+$"):
        judge(encode(sample, 30))
    judge.close()


# ------------------------------------------------------------------------------------------------------------------ the job
def rows_of(path: Path) -> tuple[list[Row], Row]:
    rows = [row for batch in process([str(path)], Config(jobs=("ladder",))) for row in batch.to_pylist()]
    return [row["ladder"] for row in rows[:-1]], rows[-1]


def test_a_clip_has_a_ladder_for_each_shot(tmp_path: Path) -> None:
    with VideoWriter(tmp_path / "a.mp4") as writer:
        for i in range(16):
            writer.write(texture(i, (96, 64)), i / 16)
    rows, last = rows_of(tmp_path / "a.mp4")
    assert last["status"] == "ok" and {row["shot"] for row in rows} == {0} and len(rows) == 5
    assert all(row["start"] == 0.0 and row["end"] == pytest.approx(1.0, abs=0.01) for row in rows)
    assert rows_of(tmp_path / "a.mp4")[0] == rows


def test_a_still_has_no_ladder(tmp_path: Path) -> None:
    save_image(tmp_path / "a.png", texture(0, (96, 64)))
    make_video(tmp_path / "b.mp4", frames=1)
    for name in ("a.png", "b.mp4"):
        rows, last = rows_of(tmp_path / name)
        assert last["status"] == "ok" and all(row["note"] and row["step"] is None for row in rows)
    assert not rows_of(tmp_path / "a.png")[0]


def test_a_pass_that_is_given_up_leaves_no_file_open(tmp_path: Path) -> None:
    make_video(tmp_path / "a.mp4", size=(96, 64), frames=80)
    work = process([str(tmp_path / "a.mp4")], Config(jobs=("ladder",)))
    next(work)
    del work
    gc.collect()  # an unclosed file would be a warning, and that an error


# -------------------------------------------------------------------------------------------------------------- the picture
def test_picture_is_whole_and_shows_every_try() -> None:
    root = ElementTree.fromstring(ladder_svg(the_tries()))
    titles = [node.text or "" for node in root.iter() if node.tag.endswith("title")]
    steps = sum(row["step"] is not None for row in the_tries())
    assert len(titles) == len(the_tries()) + steps and any("crf 18" in title for title in titles)
    assert any(node.text == "knee" for node in root.iter())

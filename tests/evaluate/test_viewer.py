"""Drawn people against filmed ones, on a made-up person of a few ellipses that anybody can draw."""

from __future__ import annotations

import json
from dataclasses import replace

import cv2
import numpy as np
import pytest

from kinesics.errors import JobError, UsageError
from kinesics.evaluate.viewer import average, eval_viewer, gains, gate
from kinesics.evaluate.viewer_regions import JointCount, box_of, regions, torso_length
from kinesics.evaluate.viewer_split import held_out, plate_of
from kinesics.evaluate.viewer_trial import Trial, trial
from kinesics.types import Array
from kinesics.viewer import Footage, fit_footage


def pose(phase: float) -> Array:
    """(133, 2): a trunk, a head and two arms that wave."""
    points = np.full((133, 2), np.nan)
    sway = 10 * np.sin(phase)
    points[0] = 256 + sway, 130
    points[[1, 2, 3, 4]] = points[0] + [[10, -8], [-10, -8], [24, 0], [-24, 0]]
    for side, (shoulder, hip, start) in ((1, (5, 11, 91)), (-1, (6, 12, 112))):
        points[shoulder], points[hip] = (256 + side * 60 + sway, 200), (256 + side * 45, 360)
        angle = 0.9 + 0.8 * np.sin(phase * (1 + 0.3 * side))
        elbow = points[shoulder] + 80 * np.array([side * np.sin(angle), np.cos(angle)])
        wrist = elbow + 70 * np.array([side * np.sin(2.2 * angle), np.cos(2.2 * angle)])
        points[shoulder + 2], points[shoulder + 4] = elbow, wrist
        along = (wrist - elbow) / np.linalg.norm(wrist - elbow)
        for finger in range(5):
            spread = np.array([along[1], -along[0]]) * (finger - 2) * 5
            for joint in range(4):
                points[start + 1 + 4 * finger + joint] = wrist + along * (12 + 8 * joint) + spread
        points[start] = wrist
    for i in range(68):
        points[23 + i] = points[0] + 26 * np.array([np.cos(i), 1.3 * np.sin(i)])
    return points


def shot(points: Array, plate: Array) -> tuple[Array, Array]:
    """A picture and its alpha."""
    picture, alpha = plate.copy(), np.zeros(plate.shape[:2], np.uint8)

    def line(a: int, b: int, width: int, color: tuple[int, int, int]) -> None:
        for target, tone in ((picture, color), (alpha, (255, 255, 255))):
            start, end = (tuple(int(v) for v in points[joint]) for joint in (a, b))
            cv2.line(target, start, end, tone, width, cv2.LINE_AA)

    for a, b in ((5, 12), (6, 11), (5, 11), (6, 12)):
        line(a, b, 60, (40, 70, 140))
    for a, b in ((5, 7), (6, 8)):
        line(a, b, 34, (170, 60, 50))
    for a, b in ((7, 9), (8, 10), (91, 100), (112, 121)):
        line(a, b, 24, (225, 180, 150))
    for target, tone in ((picture, (225, 180, 150)), (alpha, 255)):
        cv2.ellipse(target, tuple(int(v) for v in points[0]), (34, 46), 0, 0, 360, tone, -1, cv2.LINE_AA)
    return picture, alpha


@pytest.fixture(scope="module")
def footage() -> Footage:
    return made()


def made(count: int = 40, clips: int = 4) -> Footage:
    y, x = np.mgrid[:512, :512]
    plate = np.stack([120 + x // 8, 140 + y // 16, 90 + (x + y) // 32], -1).astype(np.uint8)
    poses = np.stack([pose(0.22 * i) for i in range(count)])
    shots = [shot(points, plate) for points in poses]
    scores = np.isfinite(poses).all(-1).astype(np.float32)
    each = count // clips
    return Footage(
        np.stack([one for one, _ in shots]), np.stack([alpha for _, alpha in shots]), poses.astype(np.float32), scores,
        np.arange(count) % each / 25.0, (np.arange(count) // each).astype(np.int32), plate,
    )  # fmt: skip


# ---------------------------------------------------------------------------------------------------------------- the parts
def test_seventy_percent_of_the_clips_are_learned_from_and_none_is_in_both(footage: Footage) -> None:
    footage = replace(footage, background=None)
    learned, asked = held_out(footage)
    assert set(learned.clips) == {0, 1, 2} and set(asked.clips) == {3}
    assert len(held_out(replace(footage, clips=np.arange(40, dtype=np.int32) % 10))[0]) == 28
    assert set(held_out(footage, 1)[0].clips) == {0}


def test_of_one_clip_the_first_part_of_its_time_is_learned_from(footage: Footage) -> None:
    one = replace(footage, clips=np.zeros(40, np.int32), times=np.arange(40)[::-1] / 25.0, background=None)
    learned, asked = held_out(one)
    assert len(learned) == 28 and learned.times.max() < asked.times.min()
    with pytest.raises(JobError, match="at least 4"):
        held_out(footage[:3])


def test_the_background_is_what_is_behind_the_person_and_knows_nothing_of_the_rest(footage: Footage) -> None:
    assert footage.background is not None
    seen = ~(footage.alpha > 0).all(0)
    gap = np.abs(plate_of(footage).astype(int) - footage.background)
    assert gap[seen].max() <= 6 and gap[seen].mean() < 0.2
    changed = footage.pictures.copy()
    changed[30:, :100] = 0
    learned, _ = held_out(replace(footage, pictures=changed))
    assert learned.background is not None and learned.background[:100].min() > 80


def test_regions_lie_in_one_another(footage: Footage) -> None:
    found = regions(footage, 5)
    person, box, hands, face = (found[name] for name in ("person", "box", "hands", "face"))
    assert found["full"] is None and person is not None and box is not None and hands is not None and face is not None
    assert not (person & ~box).any() and person.sum() > (footage.alpha[5] > 127).sum() and box.sum() < 512 * 512
    assert face[130, 256] and hands[tuple(footage.points[5, 100, ::-1].astype(int))]


def test_what_is_not_read_is_taken_from_ears_and_forearms_and_nothing_is_empty(footage: Footage) -> None:
    scores = footage.scores.copy()
    scores[:, 23:] = 0
    found = regions(replace(footage, scores=scores), 5)
    face, hands = found["face"], found["hands"]
    assert face is not None and face.any() and hands is not None
    assert hands[tuple(footage.points[5, 95, ::-1].astype(int))]  # beyond the wrist, where hands are not read
    scores[:, 7:11] = 0
    hands = regions(replace(footage, scores=scores), 5)["hands"]
    assert hands is not None and not hands.any()
    assert box_of(np.full((5, 2), np.nan), np.zeros(5)) is None


def test_joints_within_a_tenth_of_the_torso_are_right(footage: Footage) -> None:
    points, scores = footage.points[3], footage.scores[3]
    torso = torso_length(points, scores)
    assert torso == pytest.approx(171, abs=12)  # 120 pixels between the shoulders say more than 160 to the hips
    count = JointCount()
    moved = points + np.array([0.09 * torso, 0], np.float32)
    count.add((points, scores), (moved, scores))
    assert count.body == 1 and count.hands == 0
    count.add((points, scores), (np.full((133, 2), np.nan), np.zeros(133)))
    assert count.body == 0.5
    assert np.isnan(JointCount().body)


# ---------------------------------------------------------------------------------------------------------------- the trial
@pytest.fixture(scope="module")
def done(footage: Footage) -> Trial:
    learned, asked = held_out(footage)
    asked_poses = {asked.pictures[i].tobytes(): i for i in range(len(asked))}

    def read(picture: Array) -> tuple[Array, Array]:
        """Knows the real pictures by heart; off any other it reads the first pose."""
        i = asked_poses.get(picture.tobytes(), 0)
        return asked.points[i], asked.scores[i]

    return trial(learned, asked, fit_footage(learned), read=read, looks=4, reads=6, keep=2, film=5)


def test_each_way_of_drawing_has_its_numbers(done: Trial) -> None:
    numbers = done.numbers
    for way in ("mean", "nearest", "warp", "t0"):
        for key in ("psnr_full", "psnr_person", "psnr_box", "psnr_hands", "psnr_face", "ssim_person", "gmsd_person"):
            assert np.isfinite(numbers[f"{key}_{way}"]), key
        assert numbers[f"motion_ratio_{way}"] >= 0
    assert numbers["pck_10_real"] == 1 == numbers["hands_pck_real"] and numbers["pck_10_t0"] < 1
    assert numbers["frames"] == 10 and numbers["frames_learned"] == 30 and numbers["tiers"] == ["t0"]
    json.dumps(numbers)


def test_the_mean_is_frozen_and_t0_beats_it_and_the_nearest(done: Trial) -> None:
    numbers = done.numbers
    assert numbers["motion_ratio_mean"] == 0 < numbers["motion_ratio_t0"]
    assert max(numbers["psnr_person_mean"], numbers["psnr_person_nearest"]) < numbers["psnr_person_t0"]
    assert numbers["flicker_t0"] <= 0.05


def test_moments_and_the_film_are_kept(done: Trial, footage: Footage) -> None:
    assert len(done.moments) == 2 and len(done.film) == 5
    assert list(done.moments[0].drawn) == ["mean", "nearest", "warp", "t0"]
    assert (np.diff([moment.time for moment in done.film]) > 0).all()
    assert list(done.film[0].drawn) == ["nearest", "t0"] and done.film[0].real.shape == (256, 256, 3)


def test_asking_nothing_is_refused(footage: Footage) -> None:
    learned, asked = held_out(footage)
    with pytest.raises(UsageError, match="nothing to ask"):
        trial(learned, asked[:0], fit_footage(learned, keyframes=2))


def test_measuring_twice_gives_the_same_numbers(footage: Footage) -> None:
    one, two = (eval_viewer(footage[::4], train=False, read=False, looks=2, keep=1) for _ in range(2))
    timed = ("fit_seconds", "train_seconds")
    assert {k: v for k, v in one.items() if k not in timed} == {k: v for k, v in two.items() if k not in timed}
    assert one["gate"].keys() == {"t0_beats_nearest_by_half_a_decibel", "motion_ratio", "steady"}


def test_a_gate_says_which_tier_failed_and_people_are_averaged() -> None:
    numbers = {
        "tiers": ["t0", "t1"], "psnr_person_nearest": 20.0, "psnr_person_t0": 20.6, "psnr_person_t1": 20.5, "frames": 3,
        "motion_ratio_t0": 0.9, "motion_ratio_t1": 0.5, "flicker_t0": 0.0, "flicker_t1": 0.0,
    }  # fmt: skip
    verdict = gate(numbers)
    assert verdict == {
        "t0_beats_nearest_by_half_a_decibel": True, "t1_beats_t0": False, "motion_ratio": False, "steady": True,
    }  # fmt: skip
    other = {**numbers, "psnr_person_t0": 22.6, "frames": 5, "gate": dict.fromkeys(verdict, True)}
    both = average({"one": {**numbers, "gate": verdict}, "two": other})
    assert both["psnr_person_t0"] == pytest.approx(21.6) and both["frames"] == 8
    assert both["gate"]["steady"] and not both["gate"]["motion_ratio"]
    alone = {**numbers, "tiers": ["t0"], "gate": {"steady": True}}
    del alone["psnr_person_t1"]
    one = average({"one": {**numbers, "gate": verdict}, "two": alone})
    assert "psnr_person_t1" not in one and one["tiers"] == ["t0"]  # no mean of a tier that somebody lacks
    assert not one["gate"]["t1_beats_t0"]


def test_gains_are_of_t0_over_the_nearest_picture_and_of_the_best_tier_over_t0() -> None:
    ways = {"nearest": 20.0, "t0": 21.0, "t1": 21.5, "t3": 23.0}
    numbers = {f"psnr_{region}_{way}": level for region in ("person", "box") for way, level in ways.items()}
    found = gains({**numbers, "tiers": ["t0", "t1", "t3"]})
    assert found == {"gain_t0_person": 1.0, "gain_best_person": 2.0, "gain_t0_box": 1.0, "gain_best_box": 2.0}

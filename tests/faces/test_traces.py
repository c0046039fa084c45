from __future__ import annotations

import cv2
import numpy as np
import pytest

from kinesics.faces.suspicion import FITTED, Suspicion, features, pooled, spans
from kinesics.faces.traces import CUES, FaceTrace


def scene(shift: float = 0.0, noise: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """A textured picture and a face's points in it."""
    random = np.random.default_rng(3)
    image = cv2.GaussianBlur(random.integers(0, 255, (240, 240, 3), dtype=np.uint8), (0, 0), 3)
    image = cv2.warpAffine(image, np.array([[1, 0, shift], [0, 1, 0.0]]), (240, 240), borderMode=cv2.BORDER_REFLECT)
    if noise:
        image = np.clip(image + np.random.default_rng(noise).normal(0, 2, image.shape), 0, 255).astype(np.uint8)
    angle = np.linspace(0, 24 * np.pi, 468)
    mesh = 120 + np.stack([np.cos(angle), 1.3 * np.sin(angle)], 1) * np.linspace(10, 50, 468)[:, None]
    mesh[33], mesh[263] = (95, 105), (145, 105)
    return image, mesh + [shift, 0]


def test_a_picture_that_stands_still_neither_trembles_nor_flickers() -> None:
    trace = FaceTrace()
    cues = [trace.add(*scene(), time / 30) for time in range(5)]
    assert set(cues[-1]) == set(CUES)
    assert cues[-1]["tremble"] == 0
    assert cues[-1]["strangeness"] == 0
    assert abs(cues[-1]["flicker"]) < 1e-6
    assert np.isnan(cues[-1]["drift"])  # nobody made an embedding


def test_steady_movement_is_no_tremble_and_jumping_points_are() -> None:
    steady, restless = FaceTrace(), FaceTrace()
    random = np.random.default_rng(0)
    for time in range(6):
        image, mesh = scene(2.0 * time)
        calm = steady.add(image, mesh, time / 30)["tremble"]
        wild = restless.add(image, mesh + random.normal(0, 1.5, mesh.shape), time / 30)["tremble"]
    assert calm < 1e-6 < 0.01 < wild


def test_a_blurred_inner_face_is_less_sharp_than_its_rim() -> None:
    image, mesh = scene(noise=1)
    blurred = image.copy()
    cv2.circle(mask := np.zeros((240, 240), np.uint8), (120, 120), 45, 255, -1)
    blurred[mask > 0] = cv2.GaussianBlur(image, (0, 0), 5)[mask > 0]
    assert FaceTrace().add(blurred, mesh, 0)["sharpness"] < FaceTrace().add(image, mesh, 0)["sharpness"] - 0.3


def test_drift_grows_with_the_angle_to_the_usual_embedding() -> None:
    image, mesh = scene()
    trace = FaceTrace()
    drifts = [trace.add(image, mesh, t / 30, np.array([np.cos(a), np.sin(a)]))["drift"] for t, a in enumerate((0, 0, 0.2, 0.6))]
    assert drifts[1] == pytest.approx(0, abs=1e-9)
    assert drifts[1] < drifts[2] < drifts[3]


def test_windows_of_a_second_overlap_by_half_and_short_faces_have_none() -> None:
    times = np.arange(90) / 30
    windows = spans(times)
    assert [round(float(times[rows[0]]), 2) for rows in windows] == [0, 0.5, 1.0, 1.5]
    assert spans(times[:5]) == []
    assert len(spans(times[:12])) == 1


def test_unknown_cues_count_as_usual() -> None:
    suspicion = Suspicion()
    nothing = [dict.fromkeys(CUES, np.nan)] * 30
    window = suspicion.windows(np.arange(30) / 30, nothing)[0]
    assert window.evidence == {}
    assert window.score == pytest.approx(1 / (1 + np.exp(-suspicion.bias)))
    assert np.isnan(pooled(np.full((9, len(FITTED)), np.nan))).all()
    assert np.array_equal(features(np.array([np.nan, -2.0, 99.0])), [0, -2, 6, 0, 2, 6])

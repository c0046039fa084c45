"""Where the canvas lies in a clip's pictures."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from kinesics.pipeline.casting import Track
from kinesics.pipeline.framing import Windows, windows
from kinesics.types import PoseSequence, skeleton

BODY = np.array(  # a standing person, shoulder width 1, middle of the shoulders at 0, y down
    [
        (0, -0.6), (0.08, -0.68), (-0.08, -0.68), (0.2, -0.65), (-0.2, -0.65), (0.5, 0), (-0.5, 0), (0.7, 0.8), (-0.7, 0.8),
        (0.75, 1.5), (-0.75, 1.5), (0.35, 1.4), (-0.35, 1.4), (0.35, 2.5), (-0.35, 2.5), (0.35, 3.5), (-0.35, 3.5),
    ]
)  # fmt: skip


def track(
    unit: float = 80.0, size: tuple[int, int] = (1280, 720), walk: float = 0.0, still: bool = True, n: int = 60, at: float = 0.5
) -> Track:
    """A person of a shoulder width of `unit` pixels who walks so many pixels while waving."""
    middle = np.stack([size[0] * at + walk * np.linspace(-0.5, 0.5, n), np.full(n, size[1] * 0.3)], 1)
    points = middle[:, None] + BODY * unit
    points[:, 9] += unit * np.stack([0.6 * np.sin(np.arange(n) / 5), -0.5 + 0.5 * np.cos(np.arange(n) / 5)], 1)
    boxes = np.concatenate([points.min(1) - 0.3 * unit, points.max(1) + 0.2 * unit], 1)
    boxes = np.clip(boxes, 0, [*size, *size]).astype(np.float32)
    poses = PoseSequence(points[:, None], np.full((n, 1, 17), 0.9), np.arange(n) / 30, skeleton("coco17"), size=size)
    return Track("made", np.arange(n), poses, boxes, size, still, n / 30)


def on_canvas(held: Track, window: Windows) -> np.ndarray:
    return np.stack([window.on_canvas(held.poses.points[t, 0], t) for t in range(len(held.poses))])


@pytest.mark.parametrize("walk", [0.0, 150.0, 700.0])
@pytest.mark.parametrize("still", [True, False])
def test_all_of_the_person_is_always_on_the_canvas(walk: float, still: bool) -> None:
    held = track(walk=walk, still=still)
    (window,) = windows([held])
    points = on_canvas(held, window)
    assert (points > 0).all() and (points < 512).all()


def test_a_window_stands_still_where_the_camera_does_and_the_person_stays() -> None:
    assert windows([track()])[0].fixed
    assert not windows([track(still=False)])[0].fixed
    assert not windows([track(walk=900.0)])[0].fixed


def test_a_following_window_is_calm_and_keeps_its_scale() -> None:
    held = track(walk=900.0)
    (window,) = windows([held])
    assert np.abs(np.diff(window.corners, n=2, axis=0)).max() < 0.5
    assert np.ptp(on_canvas(held, window)[:, 5, 0]) < 60  # and the person stays about where it is


def test_clips_of_one_person_share_scale_and_place() -> None:
    near, far = track(unit=120.0, size=(1920, 1080)), track(unit=50.0)
    a, b = (on_canvas(held, window) for held, window in zip((near, far), windows([near, far]), strict=True))
    assert np.abs(a[:, 5:7] - b[:, 5:7]).max() < 8


def test_clips_of_one_camera_share_one_window() -> None:
    first, second = windows([track(unit=80.0), track(unit=82.0, at=0.51)])
    assert first.scale == second.scale and np.array_equal(first.corners[0], second.corners[0])


def test_who_is_cut_by_the_lower_border_stands_on_the_canvas_lower_border() -> None:
    held = track(unit=200.0)  # the knees are below the picture
    (window,) = windows([held])
    assert abs(window.on_canvas(np.array([0, 720.0]), 0)[1] - 512) < 3


@pytest.mark.parametrize("scale", [0.31, 0.75, 1.0, 1.9])
def test_a_crop_shows_each_thing_where_its_coordinates_say(scale: float) -> None:
    picture = np.zeros((481, 643, 3), np.uint8)
    spot = np.array([301.0, 217.0])  # in coordinates whose pixels have their centres at halves
    side = max(int(6 / scale), 3)
    cv2.rectangle(picture, (301 - side, 217 - side), (301 + side - 1, 217 + side - 1), (255, 255, 255), -1)
    window = Windows(np.array([[150.3, 100.6]]), scale, False)
    seen = window.crop(picture, 0)[..., 0].astype(float)
    ys, xs = np.mgrid[:512, :512] + 0.5
    centre = np.array([(xs * seen).sum(), (ys * seen).sum()]) / seen.sum()
    assert seen.shape == (512, 512) and np.abs(centre - window.on_canvas(spot, 0)).max() < 0.6

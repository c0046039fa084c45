"""The chosen frames of a person on the canvas: poses to the fingertips, then outlines, with the background's help."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import cv2
import numpy as np

from ..geometry import points_box
from ..types import Array, Frame, People, PoseSequence, skeleton
from ..video import ahead, open_source
from ..viewer import SIZE, WHOLE_BODY, Footage
from .casting import Track
from .framing import Windows
from .plates import looks, plate

__all__ = ["Shooting", "cut_out", "wrists_of_hands"]

WORKERS = 2
FEW = 8  # pictures, at least, that a background is made of
SURE_HAND = 0.4
GAP = 0.25  # seconds of a joint out of sight that are filled

Step = Callable[[str, float], object]


class Shooting:
    """The arrays of a footage while they are filled."""

    def __init__(self, n: int) -> None:
        self.pictures = np.zeros((n, SIZE, SIZE, 3), np.uint8)
        self.alpha = np.zeros((n, SIZE, SIZE), np.uint8)
        self.points = np.full((n, 133, 2), np.nan, np.float32)
        self.scores = np.zeros((n, 133), np.float32)
        self.boxes = np.zeros((n, 4))
        self.inside = np.zeros((n, 4), np.int32)
        self.others: list[Array] = []
        self.times = np.zeros(n)
        self.clips = np.zeros(n, np.int32)
        self.done = 0

    def film(self, number: int, track: Track, window: Windows, which: Array, step: Step) -> None:
        """Lay the chosen frames of a clip on the canvas, and read the person's hands and face in them."""
        from ..pose.whole_body import WholeBody

        whole = WholeBody(threads=1, parts=("hands", "face"))
        for t, frame, picture in ahead(_laid(track, window, which), 4):
            people = People(
                track.boxes[t : t + 1],
                np.ones(1),
                track.poses.points[t],
                track.poses.scores[t],
                track.poses.skeleton,
                np.zeros(1, np.int64),
            )
            pose = whole(frame, people)
            row = self.done
            self.pictures[row] = picture
            self.points[row] = window.on_canvas(pose.points[0], t)
            self.scores[row] = pose.point_scores[0]
            self.boxes[row] = window.on_canvas(track.boxes[t].reshape(2, 2), t).ravel()
            others = track.others[t] if track.others else np.zeros((0, 4))
            self.others.append(window.on_canvas(others.reshape(-1, 2, 2), t).reshape(-1, 4))
            ends = window.on_canvas(np.array([[0, 0], track.size]), t).ravel()
            self.inside[row] = np.clip(np.round(ends), 0, SIZE)
            self.times[row], self.clips[row] = track.poses.times[t], number
            self.done += 1
            step("reading hands and face", self.done / max(len(self.pictures), 1))

    def clean(self, count: int) -> None:
        """Short gaps filled, jitter taken out without delay, clip by clip; an arm ends where its hand begins."""
        from ..pose import fill_gaps, steady_clip

        for number in range(count):
            rows = np.flatnonzero(self.clips[: self.done] == number)
            clip = PoseSequence(self.points[rows, None], self.scores[rows, None], self.times[rows], skeleton(WHOLE_BODY))
            clip = wrists_of_hands(fill_gaps(clip, GAP) if len(rows) > 2 else clip)
            clip = steady_clip(clip) if len(rows) > 2 else clip
            self.points[rows], self.scores[rows] = clip.points[:, 0], clip.scores[:, 0]

    def footage(self, background: Array | None) -> Footage:
        """All that was filmed."""
        n = self.done
        pictures, alpha, times = self.pictures[:n], self.alpha[:n], self.times[:n]
        return Footage(pictures, alpha, self.points[:n], self.scores[:n], times, self.clips[:n], background)


def wrists_of_hands(clip: PoseSequence) -> PoseSequence:
    """The arm's wrist where the hand has it, if the hand is sure: a hand is read at a larger scale than an arm.

    In fast movement the two are far apart and the hand's is right (on the asl clips: 6 pixels of 512 at the median, 26 at the
    95th percentile), so that their mean would be wrong for both.
    """
    points, scores = clip.points.copy(), clip.scores.copy()
    for arm, hand in ((9, 91), (10, 112)):
        sure = scores[..., hand] >= SURE_HAND
        points[sure, arm] = points[sure, hand]
        scores[..., arm] = np.where(sure, np.maximum(scores[..., arm], scores[..., hand]), scores[..., arm])
    return PoseSequence(points, scores, clip.times, clip.skeleton, clip.ids, clip.size)


def _laid(track: Track, window: Windows, which: Array) -> Iterator[tuple[int, Frame, Array]]:
    """The chosen moments of a clip with their frames, read once more, and the canvas of each."""
    wanted = dict(zip(track.indices[which].tolist(), which.tolist(), strict=True))
    with open_source(track.clip) as source:
        for frame in source:
            if frame.index in wanted:
                t = wanted.pop(frame.index)
                yield t, frame, window.crop(frame.image, t)
            if not wanted:
                return


def cut_out(shot: Shooting, still: Sequence[bool], shared: bool, masks: Callable[[], Any] | None, step: Step) -> Array | None:
    """Fill in everybody's outline; where a window stands still, first without and then with its background.

    Args:
        shot: filmed.
        still: of each clip, whether its window stands still.
        shared: all clips have one window.
        masks: makes what cuts people out.
        step: told how far it is.

    Returns:
        (512, 512, 3) uint8 background of the clip with the most pictures that has one, or None.
    """
    of = shot.clips[: shot.done]
    groups = [np.arange(shot.done)] if shared else [np.flatnonzero(of == number) for number in range(len(still))]
    cutter = _Cutter(shot, masks, step)
    best: tuple[int, Array] | None = None
    for number, rows in enumerate(groups):
        behind = None
        if still[number] and len(rows) >= FEW:
            some = rows[looks(len(rows))]
            cutter.cut(some, None)
            behind = plate(shot.pictures[some], _covered(shot, some))
        cutter.cut(rows, behind)
        if behind is not None and (best is None or len(rows) > best[0]):
            best = len(rows), _calm_outside(np.ascontiguousarray(behind[..., :3]), shot.inside[rows[0]])
    return None if best is None else best[1]


def _covered(shot: Shooting, rows: Array) -> Array:
    """(m, 512, 512) uint8: where the person or anybody else hides what is behind; nobody is kept who was not asked."""
    covered = shot.alpha[rows]
    for mask, row in zip(covered, rows.tolist(), strict=True):
        for box in shot.others[row]:
            x0, y0, x1, y1 = np.clip(np.round(box), 0, SIZE).astype(int).tolist()
            mask[y0:y1, x0:x1] = 255
    return covered


def _calm_outside(picture: Array, inside: Array) -> Array:
    """What lies beyond the camera's picture is its repeated border: blurred, so that it is no row of streaks."""
    x0, y0, x1, y1 = inside.tolist()
    share = np.ones(picture.shape[:2], np.float32)
    share[y0:y1, x0:x1] = 0
    if not share.any():
        return picture
    share = cv2.GaussianBlur(share, (0, 0), 3)
    return np.asarray(cv2.blendLinear(picture, cv2.GaussianBlur(picture, (0, 0), 16), 1 - share, share))


class _Cutter:
    """Cuts the person out of canvas pictures, in threads that each have their nets."""

    def __init__(self, shot: Shooting, masks: Callable[[], Any] | None, step: Step) -> None:
        from ..masks import PersonMask

        self.shot, self.step = shot, step
        self.nets = [(masks or PersonMask)() for _ in range(WORKERS)]

    def cut(self, rows: Array, behind: Array | None) -> None:
        """Write the alpha of these rows."""
        with ThreadPoolExecutor(WORKERS) as pool:
            jobs = [pool.submit(self._share, net, rows[k::WORKERS], behind) for k, net in enumerate(self.nets)]
        for job in jobs:
            job.result()

    def _share(self, net: Any, rows: Array, behind: Array | None) -> None:
        shot = self.shot
        for done, row in enumerate(rows.tolist()):
            box = _box(shot.points[row], shot.scores[row], shot.boxes[row])
            mask = net.mask(shot.pictures[row], box, behind)
            x0, y0, x1, y1 = shot.inside[row].tolist()
            shot.alpha[row] = 0
            shot.alpha[row, y0:y1, x0:x1] = np.clip(mask * 255 + 0.5, 0, 255)[y0:y1, x0:x1]
            self.step("cutting it out", (done + 1) / len(rows))


def _box(points: Array, scores: Array, box: Array) -> Array:
    """What the person covers: the box of the one who was followed, and all joints that are sure."""
    joints = points_box(points, scores, 0.3)
    return np.concatenate([np.fmin(box[:2], joints[:2]), np.fmax(box[2:], joints[2:])])

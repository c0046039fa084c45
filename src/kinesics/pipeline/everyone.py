"""Everybody of a video, to the fingertips, and what is behind them where the camera stands still."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ..errors import SourceError, UsageError
from ..geometry import points_box
from ..types import Array, Frame, People, PoseSequence
from ..video import open_source
from .casting import glance, is_still, rising, thinned
from .main_people import joined
from .plates import plate
from .watching import watch

__all__ = ["Everyone", "meet"]

LOOKS = 32  # pictures that the background is made of
PIXELS = 32 * 1280 * 720  # of all of them
LASTS = 0.3  # seconds that somebody must be seen to be drawn
SHARE = 0.1  # or this share of a short clip


@dataclass(frozen=True, eq=False)
class Everyone:
    """Who is in a video.

    Attributes:
        poses: all people who stay, `wholebody133`, source pixels; best seen first.
        indices: (t,) int64 of the frames.
        background: (h, w, 3) uint8 without anybody, or None where the camera moves.
        size: (width, height).
    """

    poses: PoseSequence
    indices: Array
    background: Array | None
    size: tuple[int, int]


def meet(
    source: str | Path,
    *,
    pose: str,
    seconds: float | None,
    person_id: int | None,
    everyone: bool,
    behind: bool,
    step: Callable[[float, float | None], object],
) -> Everyone:
    """Watch a video and read everybody's body, hands and face.

    Args:
        source: a video or picture.
        pose: what finds people.
        seconds: stop at this time; None for its end.
        person_id: only this one; None for all.
        everyone: all who stay, else who is seen most and largest.
        behind: also find out what is behind them.
        step: told seconds done and in all.

    Raises:
        SourceError: it cannot be read, or nobody is in it.
        UsageError: nobody has that id.
    """
    from ..pose import WholeBody

    whole = WholeBody(parts=("hands", "face"))
    seen: list[People] = []
    times: list[float] = []
    indices: list[int] = []
    room = _Room()
    with open_source(source) as opened:
        size = opened.size or (0, 0)
        room.expect(opened.duration if seconds is None else min(seconds, opened.duration or seconds), size)
        for scene in watch(thinned(opened, None, float("inf") if seconds is None else seconds), pose=pose, smooth=False):
            if scene.frame is None or scene.size != size:
                break
            seen.append(whole(scene.frame, scene.people))
            times.append(scene.time)
            indices.append(scene.index)
            if behind:
                room.look(scene.frame, scene.people)
            step(scene.time, opened.duration)
    if not any((people.ids >= 0).any() for people in seen):
        raise SourceError(f"{source}: nobody is to be seen in it, so there is nobody whose movement could be taken over")
    poses = joined(PoseSequence.from_people(seen, rising(times), size))
    rows = _chosen(poses, source, person_id, everyone)
    poses = PoseSequence(poses.points[:, rows], poses.scores[:, rows], poses.times, poses.skeleton, poses.ids[rows], size)
    return Everyone(poses, np.array(indices), room.plate() if behind else None, size)


def _chosen(poses: PoseSequence, source: str | Path, person_id: int | None, everyone: bool) -> Array:
    ids = poses.ids.tolist()
    if person_id is not None:
        if person_id not in ids:
            raise UsageError(f"{source}: nobody has the id {person_id}; there are {', '.join(map(str, ids))}")
        return np.array([ids.index(person_id)])
    seen = np.asarray((poses.scores > 0).any(2))
    boxes = points_box(poses.points, poses.scores)
    presence = np.nan_to_num(np.hypot(boxes[..., 2] - boxes[..., 0], boxes[..., 3] - boxes[..., 1])).sum(0)
    every = float(np.median(np.diff(poses.times))) if len(poses) > 1 else 1.0
    stays = seen.sum(0) >= min(LASTS / max(every, 1e-3), SHARE * len(poses))
    order = np.argsort(-presence, kind="stable")
    return order[stays[order]] if everyone else order[:1]


class _Room:
    """Pictures now and then, for what is behind the people."""

    def __init__(self) -> None:
        self.looks: list[tuple[Array, Array]] = []
        self.glances: list[tuple[Array, Array]] = []
        self.spacing, self.most = 0.3, LOOKS

    def expect(self, seconds: float | None, size: tuple[int, int]) -> None:
        """So long and so large a video comes."""
        self.most = int(np.clip(PIXELS // max(size[0] * size[1], 1), 8, LOOKS))
        self.spacing = max((seconds or 10.0) / self.most, 0.05)

    def look(self, frame: Frame, people: People) -> None:
        """Keep this picture, if it is time for one."""
        if len(self.looks) < self.most and frame.time >= self.spacing * len(self.looks):
            self.looks.append((frame.image, people.boxes))
            self.glances.append(glance(frame.image, people.boxes))

    def plate(self) -> Array | None:
        """(h, w, 3) uint8 without people, or None where the camera moves or too little was seen."""
        from ..masks import PersonMask

        if not is_still(self.glances):
            return None
        net = PersonMask()
        covered = []
        for image, boxes in self.looks:
            held = np.zeros(image.shape[:2], np.uint8)
            for box in boxes:
                held = np.maximum(held, (net.mask(image, box) * 255).astype(np.uint8))
            covered.append(held)
        made = plate(np.stack([image for image, _ in self.looks]), np.stack(covered))
        return None if made is None else np.ascontiguousarray(made[..., :3])

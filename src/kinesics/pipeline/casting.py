"""Who a clip is filmed of: everybody is followed through it, one is taken; and whether the camera stood still."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from ..errors import SourceError, UsageError
from ..geometry import iou, points_box
from ..types import Array, Frame, People, PoseSequence
from ..video import Source, open_source
from .main_people import joined
from .watching import watch

__all__ = ["Track", "follow", "glance", "is_still", "rising", "thinned"]

GLANCE = 160  # pixels along the longer side of the small pictures that tell whether the camera stands still
GLANCES = 60  # so many of them at most
STEADY = 14  # grey levels a pixel may differ from its median
MOSTLY = 0.7  # of the moments at which nobody is before it, a pixel must be steady
STILL = 0.85  # share of the textured pixels beside the people that must be so
TEXTURE = 24  # grey levels of a gradient that counts as texture
SAME = 0.6  # overlap of boxes from which they are one person's
SEEN_TOGETHER = 0.2  # share of the taken person's moments from which a second person is worth a word


@dataclass(frozen=True, eq=False)
class Track:
    """One person through one clip.

    Attributes:
        clip: the path.
        indices: (t,) int64 which frames of the source.
        poses: t moments of one person's 17 joints, source pixels.
        boxes: (t, 4) float32, NaN where the person was not seen.
        size: (width, height) of the source's pictures.
        still: whether the camera stood still.
        seconds: how much of the clip was looked at.
        others: for each moment (m, 4) boxes of everybody else.
    """

    clip: str
    indices: Array
    poses: PoseSequence
    boxes: Array
    size: tuple[int, int]
    still: bool
    seconds: float
    others: tuple[Array, ...] = ()


def thinned(frames: Source, rate: float | None, seconds: float) -> Iterator[Frame]:
    """Frames at most `rate` times a second (None for all), up to a time."""
    last = -np.inf
    for frame in frames:
        if frame.time >= seconds:
            return
        if rate is None or frame.time >= last + 1 / rate - 0.004:
            last = frame.time
            yield frame


def follow(
    clip: str | Path,
    *,
    rate: float | None,
    seconds: float,
    person_id: int | None,
    pose: str,
    said: Callable[[str], object],
    step: Callable[[float], object],
) -> Track:
    """Find everybody in a clip, follow them and take the one who is seen most and largest, or whom `person_id` names."""
    seen: list[People] = []
    times: list[float] = []
    indices: list[int] = []
    glances: list[tuple[Array, Array]] = []
    with open_source(clip) as source:
        spacing = max(min(source.duration or 10.0, seconds) / GLANCES, 0.1)
        size = source.size or (0, 0)
        for scene in watch(thinned(source, rate, seconds), pose=pose, smooth=False, fill=False):
            if scene.size != size:
                if seen:
                    said(f"{clip}: its pictures change size at {scene.time:.1f} s; what comes after is left out")
                    break
                size = scene.size
            seen.append(scene.people)
            times.append(scene.time)
            indices.append(scene.index)
            if scene.frame is not None and (not glances or scene.time >= spacing * len(glances)) and len(glances) < GLANCES:
                glances.append(glance(scene.frame.image, scene.people.boxes))
            step(scene.time)
    if not any(len(people) for people in seen):
        raise SourceError(f"{clip}: nobody is to be seen in it; film one person, whole or to the hips, in good light")
    everyone = joined(PoseSequence.from_people(seen, rising(times), size))
    row = _cast(everyone, clip, person_id, said)
    identity = int(everyone.ids[row])
    boxes = points_box(everyone.points[:, row], everyone.scores[:, row])
    for t, people in enumerate(seen):
        own = np.flatnonzero(people.ids == identity)
        if len(own):
            boxes[t] = people.boxes[own[0]]
    others = tuple(_others(people, box) for people, box in zip(seen, boxes, strict=True))
    return Track(str(clip), np.array(indices), everyone.person(identity), boxes, size, is_still(glances), times[-1], others)


def _others(people: People, box: Array) -> Array:
    """(m, 4) boxes of those who are not the one in `box`."""
    if not np.isfinite(box).all():
        return np.asarray(people.boxes)
    return np.asarray(people.boxes[iou(people.boxes, box[None])[:, 0] < SAME])


def rising(times: list[float]) -> Array:
    """Times that truly rise, also where a container repeats one."""
    held = np.array(times, np.float64)
    for t in range(1, len(held)):
        held[t] = max(held[t], held[t - 1] + 1e-4)
    return held


def _cast(everyone: PoseSequence, clip: str | Path, person_id: int | None, said: Callable[[str], object]) -> int:
    """The row of the person to take; says who else was there."""
    seen = np.asarray((everyone.scores > 0).any(2))  # (t, n)
    boxes = points_box(everyone.points, everyone.scores)
    sizes = np.nan_to_num(np.hypot(boxes[..., 2] - boxes[..., 0], boxes[..., 3] - boxes[..., 1]))
    presence = sizes.sum(0)
    if not len(presence) or not presence.any():
        raise SourceError(f"{clip}: nobody stays long enough to be followed; film one person for a few seconds")
    ids = everyone.ids.tolist()
    order = np.argsort(-presence, kind="stable")
    known = [ids[row] for row in order]
    if person_id is not None and person_id not in ids:
        raise UsageError(f"{clip}: nobody has the id {person_id}; there are {', '.join(map(str, known))}")
    taken = int(order[0]) if person_id is None else ids.index(person_id)
    others = [n for n in order if n != taken and seen[:, n].sum() >= SEEN_TOGETHER * seen[:, taken].sum()]
    if others and person_id is None:
        told = [_described(everyone, seen, boxes, int(n)) for n in (taken, *others[:4])]
        said(f"{clip}: {len(others) + 1} people; took {told[0]}; for another use --person-id: {'; '.join(told[1:])}")
    return taken


def _described(everyone: PoseSequence, seen: Array, boxes: Array, row: int) -> str:
    width = (everyone.size or (1, 1))[0]
    middle = float(np.nanmedian((boxes[:, row, 0] + boxes[:, row, 2])[seen[:, row]])) / 2 / max(width, 1)
    place = "left" if middle < 0.4 else "right" if middle > 0.6 else "middle"
    return f"id {everyone.ids[row]} ({place}, in {100 * seen[:, row].mean():.0f} % of it)"


def glance(image: Array, boxes: Array) -> tuple[Array, Array]:
    """A small grey picture, and where no person is in it."""
    height, width = image.shape[:2]
    scale = GLANCE / max(height, width)
    size = max(round(width * scale), 1), max(round(height * scale), 1)
    grey = cv2.cvtColor(cv2.resize(image, size, interpolation=cv2.INTER_AREA), cv2.COLOR_RGB2GRAY)
    free = np.ones(grey.shape, bool)
    for x0, y0, x1, y1 in boxes.tolist():
        across, down = 0.1 * (x1 - x0), 0.1 * (y1 - y0)
        left, top = max(int((x0 - across) * scale), 0), max(int((y0 - down) * scale), 0)
        free[top : max(int((y1 + down) * scale) + 1, 0), left : max(int((x1 + across) * scale) + 1, 0)] = False
    return grey, free


def is_still(glances: list[tuple[Array, Array]]) -> bool:
    """Whether what has texture beside the people stays where it is."""
    if len(glances) < 3:
        return False
    grey = np.stack([g for g, _ in glances]).astype(np.float32)
    free = np.stack([f for _, f in glances])
    with np.errstate(all="ignore"):
        held = np.where(free, grey, np.nan)
        often = free.sum(0) >= max(3, len(glances) // 4)
        if often.mean() < 0.02:
            return False
        middle = np.nanmedian(held[:, often], axis=0)
        steady = np.abs(held[:, often] - middle) <= STEADY
    gradient = cv2.morphologyEx(grey[0], cv2.MORPH_GRADIENT, np.ones((3, 3), np.uint8))[often] > TEXTURE
    rows = gradient if gradient.sum() >= 50 else np.ones_like(gradient)
    there = free[:, often][:, rows].sum(0)
    kept = (steady & free[:, often])[:, rows].sum(0) >= MOSTLY * there
    return bool(kept.mean() >= STILL)

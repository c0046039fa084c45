"""Someone's movement to a fitted person: what `kinesics transfer` does."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from ..errors import UsageError
from ..types import Array, Frame
from ..video import open_source
from ..viewer import Person
from ..viewer.placing import Placement
from .backdrops import backdrop, laid_over, stacked, straight
from .driving import driven, person_of
from .everyone import Everyone, meet
from .rendering import Tally, marked_writer, pictures

__all__ = ["transfer"]

ROOM = 0.2  # of a person's box: how far around it they are taken out of the picture
NOISE, CLEAR = 12.0, 28.0  # grey levels: so much differs from the background by chance; so much for sure
GROW = 9  # pixels by which what differs is grown


def _quiet(words: str) -> None:
    """Nobody listens."""


def transfer(
    source: str | Path,
    person: str | Path | Person,
    out: str | Path,
    *,
    background: str | Path = "keep",
    side_by_side: bool = False,
    everyone: bool = True,
    person_id: int | None = None,
    pose: str = "balanced",
    seconds: float | None = None,
    budget: float | None = None,
    tier: int | None = None,
    how: str = "scene",
    workers: int | None = None,
    progress: Callable[[str, float], object] | None = None,
    said: Callable[[str], object] = _quiet,
) -> dict[str, Any]:
    """Let a fitted person do what somebody does in a video, in that one's place.

    Args:
        source: the video whose movement is taken over.
        person: a fitted person, its file, or "default".
        out: .mp4, .webm, .gif, .apng, or a folder of PNG pictures; it says that it was generated.
        background: "keep" (the video's own, the people taken out where the camera stands still), "#rrggbb", a picture's path,
            or "transparent".
        side_by_side: the video on the left, the result on the right.
        everyone: everybody in it is drawn so, else only who is seen most and largest.
        person_id: only this one.
        pose: what finds people: "fast", "balanced", "accurate".
        seconds: stop at this time of the video.
        budget: seconds of one core a picture may take; None for the best each can be.
        tier: draw this tier only, 0 for T0.
        how: "scene", or "follow" for people who walk further than the fitted person's window, see `viewer.placing.place`.
        workers: pictures of a person drawn at the same time.
        progress: called with what is being done and the share of it, 0 to 1.
        said: called with remarks for people, one line each.

    Returns:
        as of `render`, and people: how many were drawn.

    Raises:
        SourceError: the video cannot be read, or shows nobody.
        SinkError: the result cannot be written; nothing half-written stays.
        UsageError: an option that cannot be.

    Example:
        >>> import kinesics as ks
        >>> ks.transfer("dance.mp4", "me.kin", "me-dancing.mp4", side_by_side=True)  # doctest: +SKIP
    """
    start = time.perf_counter()
    step = progress or (lambda words, share: None)
    if side_by_side and background == "transparent":
        raise UsageError("side by side needs a background; drop it, or choose keep, a colour or a picture")
    backdrop(background, (64, 64))  # found out before the work begins
    who = person_of(person)
    with open_source(source) as opened:
        fps = opened.fps
    tally = Tally(start)
    with marked_writer(out, who, fps, alpha=background == "transparent", source=source) as writer:
        met = meet(
            source,
            pose=pose,
            seconds=seconds,
            person_id=person_id,
            everyone=everyone,
            behind=background == "keep",
            step=lambda done, of: step("reading the movement", min(done / (of or max(done, 1e-9)), 1.0)),
        )
        if background == "keep" and met.background is None:
            said(f"{source}: the camera moves, or what is behind the people is never seen; the person is drawn over them")
        behind = _Behind(met, backdrop(background, met.size), background == "keep")
        with _cast(met, who, how, said, {"budget": budget, "tier": tier, "workers": workers}) as roles:
            for t, frame in _frames(source, met):
                made = _composed(t, frame, roles, behind, tally, met)
                writer.write(np.hstack([frame.image, made]) if side_by_side else made, frame.time)
                tally.seconds(frame.time)
                step("drawing", (t + 1) / len(met.indices))
    return {"people": len(roles), **tally.values(), "out": str(out)}


@dataclass(frozen=True, eq=False)
class _Role:
    """One person of the video as the fitted one: pictures in order, and where they belong."""

    order: dict[int, int]
    placement: Placement
    bottoms: dict[int, float]
    drawn: Generator[Any]


@contextmanager
def _cast(
    met: Everyone, person: Person, how: str, said: Callable[[str], object], drawing: dict[str, Any]
) -> Iterator[list[_Role]]:
    """Everybody's part; whatever happens, no thread goes on drawing."""
    roles: list[_Role] = []
    remarks: list[str] = []
    for identity in met.poses.ids.tolist():
        clip = met.poses.person(identity)
        there = np.flatnonzero((clip.scores[:, 0, 5:7] > 0).any(1))
        if not len(there):
            continue
        clip = clip[there]
        poses, placement = driven(clip, person, how=how, said=remarks.append)
        held = np.where(clip.scores[:, 0] > 0, clip.points[:, 0, :, 1], -np.inf).max(1)
        order = {int(t): k for k, t in enumerate(there)}
        bottoms = {int(t): float(y) for t, y in zip(there, held, strict=True)}
        roles.append(_Role(order, placement, bottoms, pictures(person, poses, **drawing)))
    for remark in dict.fromkeys(remarks):  # what holds for several is said once
        said(remark)
    try:
        yield roles
    finally:
        for role in roles:
            role.drawn.close()


def _frames(source: str | Path, met: Everyone) -> Iterator[tuple[int, Frame]]:
    """The frames whose people are known, read once more."""
    at = {int(index): t for t, index in enumerate(met.indices)}
    with open_source(source) as opened:
        for frame in opened:
            if frame.index in at:
                yield at.pop(frame.index), frame
            if not at:
                return


def _composed(t: int, frame: Frame, cast: list[_Role], behind: _Behind, tally: Tally, met: Everyone) -> Array:
    """One picture: what is behind, then everybody, those who stand nearest last."""
    present = sorted((role for role in cast if t in role.order), key=lambda role: role.bottoms[t])
    base = behind.of(frame, t)
    layer = np.zeros((*frame.image.shape[:2], 4), np.uint8)
    for role in present:
        drawn = next(tally.through(role.drawn), None)
        if drawn is not None:
            placed = role.placement.back(drawn.picture, role.order[t], met.size)
            base, layer = (None, stacked(placed, layer)) if base is None else (laid_over(placed, base), layer)
    return straight(layer) if base is None else base


class _Behind:
    """What the people are drawn over."""

    def __init__(self, met: Everyone, given: Array | None, keep: bool) -> None:
        self.met, self.given, self.keep = met, given, keep

    def of(self, frame: Frame, t: int) -> Array | None:
        """(h, w, 3) uint8, or None for nothing."""
        if not self.keep:
            return self.given
        return frame.image if self.met.background is None else self._emptied(frame.image, t)

    def _emptied(self, image: Array, t: int) -> Array:
        """The picture with its people replaced by the background, where it differs from that near them."""
        plate, (width, height) = self.met.background, self.met.size
        made = image.copy()
        for n in range(self.met.poses.points.shape[1]):
            seen = self.met.poses.scores[t, n] > 0
            if plate is None or not seen.any():
                continue
            points = self.met.poses.points[t, n, seen]
            low, high = points.min(0), points.max(0)
            room = ROOM * float((high - low).max())
            x0, y0 = np.clip(low - room, 0, [width, height]).astype(int).tolist()
            x1, y1 = np.clip(high + room, 0, [width, height]).astype(int).tolist()
            if x1 <= x0 or y1 <= y0:
                continue
            part, empty = made[y0:y1, x0:x1], plate[y0:y1, x0:x1]
            apart = cv2.GaussianBlur(cv2.absdiff(image[y0:y1, x0:x1], empty).max(2).astype(np.float32), (0, 0), 1.5)
            share = cv2.dilate(np.clip((apart - NOISE) / (CLEAR - NOISE), 0, 1), np.ones((GROW, GROW), np.uint8))
            share = cv2.GaussianBlur(share, (0, 0), 3)
            made[y0:y1, x0:x1] = cv2.blendLinear(np.ascontiguousarray(part), np.ascontiguousarray(empty), 1 - share, share)
        return made

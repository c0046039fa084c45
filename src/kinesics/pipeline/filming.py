"""Clips of a person to `Footage`: found, followed, read to the fingertips, cut out and laid on the viewer's canvas."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from ..errors import UsageError, WeightsError
from ..types import Array
from ..video import clips as clips_of
from ..video import open_source
from ..viewer import SIZE, Footage, pick_keyframes
from .casting import Track, follow
from .clothes import told_if_unlike
from .framing import Windows, windows
from .shooting import Shooting, cut_out

__all__ = ["footage_of"]

RATE = 15.0  # poses a second that are enough where there are more frames than are kept
LEAST_SHOWN = 0.15  # of the 17 joints must be on the canvas


def _quiet(words: str) -> None:
    """Nobody listens."""


def footage_of(
    clips: str | Path | Sequence[str | Path],
    *,
    person_id: int | None = None,
    longest: float = 180.0,
    most: int = 900,
    pose: str = "accurate",
    masks: Callable[[], Any] | None = None,
    progress: Callable[[str, float], object] | None = None,
    said: Callable[[str], object] = _quiet,
) -> Footage:
    """Watch clips of one person and lay what they show on the viewer's canvas.

    Args:
        clips: a video or picture, a folder of them, or several.
        person_id: whom to take where there are several people; None for who is seen most and largest.
        longest: seconds of all clips together that are used.
        most: pictures that are kept; of more, those that lie farthest apart in pose.
        pose: what finds people: "accurate", "balanced", "fast"; the first falls back where its nets are not installed.
        masks: makes what cuts people out, see `masks.PersonMask`, which is taken if None.
        progress: called with what is being done and the share of it, 0 to 1.
        said: called with remarks for people, one line each.

    Returns:
        what is kept of all clips, in order of clip and time.

    Raises:
        SourceError: a clip cannot be read or shows nobody.
        UsageError: nobody has that id.
        WeightsError: a net is not installed.
    """
    paths = _paths(clips)
    step = progress or (lambda words, share: None)
    tracks = _followed(paths, person_id, longest, most, _tier(pose, said), said, step)
    frames = windows(tracks)
    kept = _kept(tracks, frames, most)
    shot = Shooting(sum(len(k) for k in kept))
    for number, (track, window, which) in enumerate(zip(tracks, frames, kept, strict=True)):
        shot.film(number, track, window, which, step)
    shot.clean(len(tracks))
    background = cut_out(
        shot, [t.still and w.fixed for t, w in zip(tracks, frames, strict=True)], _shared(tracks, frames), masks, step
    )
    _remarks(tracks, said)
    footage = shot.footage(background)
    told_if_unlike(footage, [track.clip for track in tracks], said)
    return footage


def _shared(tracks: Sequence[Track], frames: Sequence[Windows]) -> bool:
    """Whether all clips were filmed through one standing window, so that one background serves them all."""
    return all(t.still for t in tracks) and len({(w.scale, *w.corners[0].tolist(), w.fixed) for w in frames}) == 1


def _paths(clips: str | Path | Sequence[str | Path]) -> list[str]:
    given = [clips] if isinstance(clips, str | Path) else list(clips)
    if not given:
        raise UsageError("expected at least one clip or picture of the person")
    found = [str(path) for clip in given for path in clips_of(clip)]
    for path in found:
        if path == "-" or path.isdecimal() or "://" in path:
            raise UsageError(f"{path}: a person is fitted from files, which are read twice; record it first")
    return found


def _tier(pose: str, said: Callable[[str], object]) -> str:
    from ..pose import pose_model

    try:
        pose_model(pose)
    except WeightsError:
        if pose != "accurate":
            raise
        said("the nets of --pose accurate are not installed; joints are found by the balanced ones")
        return "balanced"
    return pose


def _followed(
    paths: Sequence[str],
    person_id: int | None,
    longest: float,
    most: int,
    pose: str,
    said: Callable[[str], object],
    step: Callable[[str, float], object],
) -> list[Track]:
    """Every clip's person, until the time is used up."""
    facts = [_facts(path) for path in paths]
    total = sum(seconds for seconds, _ in facts)
    if total > longest + 0.5:
        said(f"the clips last {total:.0f} s; only the first {longest:.0f} s are used")
    rate = RATE if sum(frames for _, frames in facts) > most or total > longest else None
    tracks: list[Track] = []
    used = 0.0
    for path, (lasts, _) in zip(paths, facts, strict=True):
        if used >= longest - 0.1 and tracks:
            break
        share = min(total, longest) or 1.0

        def moved(time: float, used: float = used, share: float = share) -> None:
            step("finding the person", min((used + time) / share, 1.0))

        tracks.append(follow(path, rate=rate, seconds=longest - used, person_id=person_id, pose=pose, said=said, step=moved))
        used += max(tracks[-1].seconds, min(lasts, longest - used))
    return tracks


def _facts(path: str) -> tuple[float, int]:
    """Seconds and frames of a clip, as far as its container says."""
    with open_source(path) as source:
        frames = source.frames or round((source.duration or 0.0) * (source.fps or 30.0))
        return float(source.duration or frames / (source.fps or 30.0)), int(frames)


def _kept(tracks: Sequence[Track], frames: Sequence[Windows], most: int) -> list[Array]:
    """Which moments of each clip are filmed: those that show the person, and of too many the most different."""
    shown = []
    for track, window in zip(tracks, frames, strict=True):
        places = np.stack([window.on_canvas(track.poses.points[t, 0, :, :2], t) for t in range(len(track.poses))])
        inside = ((places >= 0) & (places < SIZE)).all(2) & (track.poses.scores[:, 0] > 0.2)
        there = (inside.mean(1) >= LEAST_SHOWN) & np.isfinite(track.boxes).all(1)
        shown.append((np.flatnonzero(there), places))
    if sum(len(rows) for rows, _ in shown) <= most:
        return [rows for rows, _ in shown]
    points = np.full((sum(len(rows) for rows, _ in shown), 133, 2), np.nan, np.float32)
    points[:, :17] = np.concatenate([places[rows] for rows, places in shown])
    scores = np.zeros(points.shape[:2], np.float32)
    scores[:, :17] = np.concatenate([t.poses.scores[rows, 0] for t, (rows, _) in zip(tracks, shown, strict=True)])
    chosen = pick_keyframes(points, scores, most)
    starts = np.cumsum([0, *[len(rows) for rows, _ in shown]])
    return [
        rows[chosen[(chosen >= a) & (chosen < b)] - a]
        for (rows, _), (a, b) in zip(shown, pairwise(starts.tolist()), strict=True)
    ]


def _remarks(tracks: Sequence[Track], said: Callable[[str], object]) -> None:
    if sum(len(track.poses) for track in tracks) == 1:
        said("one picture shows one side and one shape of the hands: others are bent from it; no net can be trained on it")
    moving = [track.clip for track in tracks if not track.still and len(track.poses) > 3]
    if moving:
        said(f"the camera moves in {', '.join(moving)}: no background is kept from there")

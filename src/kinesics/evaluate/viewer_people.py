"""Whose clips are whose: by what they wear, so that nobody is drawn from pictures of somebody else."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from ..errors import JobError, SourceError
from ..pose import PoseModel, pose_model
from ..types import Array
from ..video import open_source
from ..video import paths as video_paths

__all__ = ["Cast", "Part", "by_looks", "casting", "torso_patch"]

SIDE = 16  # pixels of the patch that stands for what somebody wears
LOOKS, EVERY = 6, 9  # pictures of a clip that are looked at, and how far they are apart
SURE = 0.3
SAME = 22.0  # levels by which two patches of one person's clothes differ at most, on average
SHARE = 0.7  # of the clips that are learned from


class Part:
    """One person's clips.

    Attributes:
        name: after the first clip, or after the folder.
        clips: those that are learned from first, each part in order of its names.
        learned: how many are learned from; 0: the first 70 % of them, or of the one clip's time.
    """

    def __init__(self, name: str, clips: Sequence[Path], learned: int = 0) -> None:
        self.name, self.clips, self.learned = name, list(clips), learned


class Cast:
    """Everybody, and what is to be said of how they were told apart.

    Attributes:
        parts: one a person who is learned and asked.
        notes: lines for people.
    """

    def __init__(self, parts: Sequence[Part], notes: Sequence[str]) -> None:
        self.parts, self.notes = list(parts), list(notes)


def casting(folder: str | Path, *, model: PoseModel | None = None) -> Cast:
    """Who is seen in the clips of a folder, and which clips of each person are learned from.

    A folder of folders holds one person in each. Else the clips are sorted by name, the first 70 % may be learned from and the
    rest is asked, and each person is drawn from own clips only: people are told apart by what they wear. Who is not on both
    sides is left out; where nobody is, each person's own clips are split.

    Args:
        folder: or one clip, or a single person's file.
        model: finds people.

    Raises:
        SourceError: there is nothing to read, or nobody is in it.
    """
    place = Path(folder)
    inner = sorted(path for path in place.iterdir() if path.is_dir()) if place.is_dir() else []
    if inner:
        return Cast([Part(one.name, _clips(one)) for one in inner], [])
    clips = _clips(place)
    if len(clips) == 1:
        return Cast([Part(clips[0].stem, clips)], [])
    labels = by_looks([torso_patch(clip, model or pose_model("balanced")) for clip in clips])
    return _cast(clips, labels)


def _clips(place: Path) -> list[Path]:
    found = [Path(str(clip)) for clip in video_paths.clips(place)]
    if place.is_dir() and found == [place]:
        raise SourceError(f"{place}: expected clips of one person (mp4, mkv, webm …), found none")
    for clip in found:
        video_paths.check_file(str(clip))
    return sorted(found, key=lambda path: [int(w) if w.isdigit() else w for w in re.split(r"(\d+)", path.name.lower())])


def _cast(clips: Sequence[Path], labels: Sequence[int]) -> Cast:
    people = {
        label: [clip for clip, other in zip(clips, labels, strict=True) if other == label] for label in dict.fromkeys(labels)
    }
    if len(people) == 1:
        return Cast([Part(clips[0].parent.name, clips)], [])
    notes = [f"{len(people)} people by their clothes: " + "; ".join(_names(held) for held in people.values())]
    first = set(clips[: int(np.clip(round(SHARE * len(clips)), 1, len(clips) - 1))])
    both = [held for held in people.values() if 0 < len(first & set(held)) < len(held)]
    if not both:
        return Cast([Part(held[0].stem, held) for held in people.values()], notes)
    left = [clip for held in people.values() if held not in both for clip in held]
    if left:
        notes.append(f"left out, for nothing of that person is both learned and asked: {_names(left)}")
    return Cast([Part(held[0].stem, held, len(first & set(held))) for held in both], notes)


def _names(clips: Sequence[Path]) -> str:
    return " ".join(clip.stem for clip in clips)


# -------------------------------------------------------------------------------------------------------------------- looks
def torso_patch(clip: Path, model: PoseModel) -> Array:
    """What somebody wears: (16, 16, 3) float64, the trunk between shoulders and hips, the median of some pictures.

    Raises:
        SourceError: nobody is seen.
    """
    patches: list[Array] = []
    with open_source(str(clip)) as source:
        for frame in source:
            if frame.index % EVERY == 0:
                patches += _trunk(frame.image, model)
            if len(patches) >= LOOKS:
                break
    if not patches:
        raise SourceError(f"{clip}: nobody is seen in its first pictures from shoulders to hips; leave this clip out")
    return np.asarray(np.median(patches, axis=0))


def _trunk(picture: Array, model: PoseModel) -> list[Array]:
    import cv2

    people = model(picture)
    if not len(people):
        return []
    sizes = np.sqrt(np.prod(people.boxes[:, 2:] - people.boxes[:, :2], axis=1)) * people.score
    row = int(sizes.argmax())
    points, scores = people.points[row][:, :2], people.point_scores[row]
    if scores[[5, 6]].min() < SURE:
        return []
    right, left = points[6], points[5]
    down = np.array([right[1] - left[1], left[0] - right[0]]) * 1.2  # a trunk is longer than its shoulders are wide
    corners = np.array([right, left, right + down], np.float32)
    onto = np.array([[0, 0], [4 * SIDE, 0], [0, 4 * SIDE]], np.float32)
    patch = cv2.warpAffine(
        picture, cv2.getAffineTransform(corners, onto), (4 * SIDE, 4 * SIDE), borderMode=cv2.BORDER_REPLICATE
    )
    return [cv2.resize(patch, (SIDE, SIDE), interpolation=cv2.INTER_AREA).astype(np.float64)]


def by_looks(patches: Sequence[Array], same: float = SAME) -> list[int]:
    """Which person each patch is of, numbered as they come: patches that differ by less than `same` levels are one person's.

    Single linkage: a patch belongs to whomever any of its patches is near enough.
    """
    if not len(patches):
        raise JobError("by_looks: expected at least one patch")
    labels = list(range(len(patches)))
    for i, j in itertools.combinations(range(len(patches)), 2):
        if labels[i] != labels[j] and float(np.abs(patches[i] - patches[j]).mean()) < same:
            old, new = max(labels[i], labels[j]), min(labels[i], labels[j])
            labels = [new if label == old else label for label in labels]
    order = {label: number for number, label in enumerate(dict.fromkeys(labels))}
    return [order[label] for label in labels]

"""Where people's heads are, generously, by their joints: from the front, the side and from behind."""

from __future__ import annotations

import numpy as np

from ..types import Array, People

__all__ = ["head_spots"]

RADIUS = 17.0  # cm round the middle of a head: hair, chin and what a detector may be wrong by
DOUBT = 1.25  # times as much where the head's own joints are hardly seen
SEEN = 0.1  # a joint with less than this tells nothing
SURE = 0.35
NECK = 24.0  # cm from between the shoulders to the middle of the head
SPANS = (  # pairs of joints, how many cm at most lie between them in a picture
    ("left_ear", "right_ear", 15.0),
    ("left_eye", "right_eye", 6.4),
    ("nose", "left_ear", 14.0),
    ("nose", "right_ear", 14.0),
    ("left_shoulder", "right_shoulder", 38.0),
    ("left_shoulder", "left_hip", 52.0),
    ("right_shoulder", "right_hip", 52.0),
)
FACE = ("nose", "left_eye", "right_eye", "left_ear", "right_ear")


def head_spots(people: People) -> tuple[Array, Array]:
    """Spots that hold people's whole heads.

    The span of the body that is longest in its own measure tells how near somebody is: what is foreshortened is shorter,
    never longer.
    Who has no joints of head or shoulders is covered by the upper third of the box.

    Args:
        people: of any skeleton; joints are found by name.

    Returns:
        (m, 4) x, y, half width, half height, pixels; (m,) rows of `people`. Somebody may have several.
    """
    names = {name: i for i, name in enumerate(people.skeleton.joints)}
    spots: list[Array] = []
    rows: list[int] = []
    for row in range(len(people)):
        points, scores = people.points[row, :, :2].astype(float), people.point_scores[row]
        seen = {name: points[i] for name, i in names.items() if scores[i] >= SEEN and np.isfinite(points[i]).all()}
        score = float(np.mean([scores[names[name]] for name in FACE if name in seen] or [0.0]))
        found = _of_one(seen, score, people.boxes[row].astype(float))
        spots += found
        rows += [row] * len(found)
    return np.array(spots, float).reshape(-1, 4), np.array(rows, int)


def _of_one(seen: dict[str, Array], score: float, box: Array) -> list[Array]:
    longest = float(max(box[2] - box[0], box[3] - box[1], 2.0))
    unit = _unit(seen, longest)
    face = [seen[name] for name in FACE if name in seen]
    spots = []
    if len(face) > 1 and unit:
        spots.append(_by_face(np.array(face), unit, DOUBT if score < SURE else 1.0))
    if (not spots or score < SURE) and unit and (above := _by_shoulders(seen, unit)) is not None:
        spots.append(above)
    if not spots:
        spots.append(_by_box(box))
    return spots


def _unit(seen: dict[str, Array], longest: float) -> float:
    """Pixels a centimetre; 0 where no span is seen."""
    spans = [float(np.linalg.norm(seen[a] - seen[b])) / cm for a, b, cm in SPANS if a in seen and b in seen]
    if not spans:
        return 0.0
    return float(np.clip(max(spans), longest / 220, longest / 22))  # nobody is taller, no head is larger than its person


def _by_face(face: Array, unit: float, doubt: float) -> Array:
    """Round all joints of the face, at least a head."""
    low, high = face.min(axis=0), face.max(axis=0)
    radius = RADIUS * unit * doubt
    half = np.maximum((high - low) / 2 + 0.6 * radius, radius)
    return np.concatenate([(low + high) / 2, half])


def _by_shoulders(seen: dict[str, Array], unit: float) -> Array | None:
    """The place above the shoulders, for heads that are turned away or covered."""
    if "left_shoulder" not in seen or "right_shoulder" not in seen:
        return None
    between = (seen["left_shoulder"] + seen["right_shoulder"]) / 2
    hips = [seen[name] for name in ("left_hip", "right_hip") if name in seen]
    up = between - np.mean(hips, axis=0) if hips else np.array([0.0, -1.0])
    up = up / max(float(np.linalg.norm(up)), 1e-6)
    return np.concatenate([between + up * NECK * unit, np.full(2, RADIUS * DOUBT * unit)])


def _by_box(box: Array) -> Array:
    """The upper third of a box, wholly inside an oval."""
    wide, high = max(float(box[2] - box[0]), 1.0), max(float(box[3] - box[1]), 1.0)
    return np.array([(box[0] + box[2]) / 2, box[1] + high / 6, 0.6 * wide, 0.25 * high])

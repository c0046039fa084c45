"""What an actor needs beside its skin to sign, to speak and to be marked with landmarks, made when it is first asked for."""

from __future__ import annotations

from dataclasses import dataclass

import numba
import numpy as np

from ..errors import UsageError
from ..types import Array
from .detail import EXTRA_POINTS, Detail, load_detail
from .eyes import eyeball
from .fine_segments import BONES_PER_HAND, FIRST_BONE
from .fingers import FingerRig, make_finger_rig
from .human import load_human
from .landmark_table import FACE_PLACES
from .materials import MATERIALS
from .rigging import Rig, make_rig
from .segments import SEGMENTS
from .shaping import Traits

#: The kinds of moves of a face in the order of `face.move_amounts`.
_KINDS = ("jaw", "smile", "pucker", "blink", "blink_bulge", "blink_right", "blink_bulge_right", "brows_up", "brows_down")
_EYES = ("eye_white", "iris", "pupil")


@dataclass(frozen=True)
class Fine:
    """Fingers and face of one actor.

    `segments` and `weights` (v, 4) are the skin's with the bones of the fingers; `movers` (m,) vertices that the face
    moves, by `kinds` (m,) of move, and `moves` (m, 3) metres; `fingers` the joints; `detail` the file.
    """

    segments: Array
    weights: Array
    movers: Array
    kinds: Array
    moves: Array
    fingers: FingerRig
    detail: Detail


@dataclass(frozen=True)
class Extra:
    """The finer mesh that actors can have: mouth, teeth, tongue, lashes, brows, eyeballs; of one body, at rest.

    `vertices` (v, 3) float32, `faces` (f, 3) int32; the vertices `hidden` of the body's own eyeballs go to `behind`.
    """

    vertices: Array
    faces: Array
    hidden: Array
    behind: Array


def grown(traits: Traits, height: float) -> tuple[float, Array]:
    """The factor on an actor's shape, and what was subtracted to bring its hip centre to the origin."""
    points = load_human("full").points(traits)
    scale = height / float(points["heel"][1] - points["crown"][1])
    return scale, make_rig({name: np.asarray(place * scale) for name, place in points.items()})[1]


def fine_points(traits: Traits, scale: float, middle: Array) -> tuple[Array, dict[str, Array]]:
    """The rows of the detail's meshes, and its points by name, of somebody whose hip centre was moved to the origin."""
    detail = load_detail()
    rows = detail.shape(traits) * np.float32(scale) - middle.astype(np.float32)
    return rows[: detail.half], dict(zip(EXTRA_POINTS, rows[detail.half :].astype(float), strict=True))


def make_extra(traits: Traits, scale: float, middle: Array, rest: Array, only: tuple[str, ...]) -> Extra:
    """The finer mesh of somebody's eyes and mouth; `rest` (v, 3) the vertices, the body's first."""
    detail = load_detail()
    rows, points = fine_points(traits, scale, middle)
    whole = np.concatenate([rows, rows[detail.mirrored] * np.array([-1, 1, 1], np.float32)])
    eye = points["eye_middle"]
    hidden = np.unique(load_human("full").meshes["body"].faces[_own_eyes(detail)])
    side = np.where(rest[hidden, :1] > 0, 1.0, -1.0) * [1, 0, 0] + [0, 1, 1]
    radius = float(np.median(np.linalg.norm(rest[hidden] * side - eye, axis=1)))
    own, faces, _ = eyeball(eye, radius)
    count, size = len(whole), len(own)
    vertices = np.concatenate([whole, own, own * [-1, 1, 1]]).astype(np.float32)
    corners = np.concatenate([detail.faces, faces + count, faces[:, ::-1] + count + size])
    if only and not set(only) & set(_EYES):
        hidden = hidden[:0]
    behind = rest[hidden] + 0.12 * (eye * side[: len(hidden)] - rest[hidden])
    return Extra(vertices, corners[_kept(only)].astype(np.int32), hidden, behind)


def extra_labels(only: tuple[str, ...]) -> Array:
    """(f,) uint8 of `MATERIALS` for the faces of an `Extra`."""
    return _all_labels()[_kept(only)]


def _all_labels() -> Array:
    labels = eyeball(np.zeros(3), 1.0)[2]
    return np.concatenate([load_detail().labels, labels, labels])


def _kept(only: tuple[str, ...]) -> Array:
    unknown = set(only) - set(MATERIALS)
    if unknown:
        raise UsageError(f"{sorted(unknown)[0]!r} is no material; expected some of {', '.join(MATERIALS)}")
    labels = _all_labels()
    return np.isin(labels, [MATERIALS.index(name) for name in only]) if only else np.ones(len(labels), bool)


def _own_eyes(detail: Detail) -> Array:
    return np.isin(detail.materials, [MATERIALS.index(name) for name in _EYES])


def make_fine(
    traits: Traits, scale: float, middle: Array, rig: Rig, segments: Array, weights: Array, rest: Array, extra: int
) -> Fine:
    """Fingers and face of somebody.

    Args:
        traits: of the body.
        scale: factor on the shape.
        middle: what was subtracted from its vertices.
        rig: its joints.
        segments: (v, 4) of all its vertices, the body's first.
        weights: (v, 4).
        rest: (v, 3) vertices at rest.
        extra: the first vertex of the `Extra` mesh, 0 where there is none.
    """
    detail = load_detail()
    _, points = fine_points(traits, scale, middle)
    body = load_human("full").meshes["body"]
    half = len(body.rows)
    segments, weights = segments.copy(), weights.copy()
    segments[detail.hand_rows], weights[detail.hand_rows] = detail.hand_segments, detail.hand_weights
    twin = np.zeros(half, int)
    twin[body.mirrored] = half + np.arange(len(body.mirrored))
    segments[twin[detail.hand_rows]] = _mirrored_segments()[detail.hand_segments]
    weights[twin[detail.hand_rows]] = detail.hand_weights
    movers, kinds, moves = _moves(detail, twin, extra)
    size, gap = _sizes(detail, rest)
    sizes = np.array([gap if "blink" in name else size for name in _KINDS], np.float32)
    return Fine(segments, weights, movers, kinds, moves * sizes[kinds][:, None], make_finger_rig(points, rig), detail)


def _mirrored_segments() -> Array:
    """(fine segments,) the segment that each of the left hand becomes in the mirror."""
    right = np.arange(256, dtype=np.uint8)
    for name in SEGMENTS:
        if name.startswith("left_"):
            right[SEGMENTS.index(name)] = SEGMENTS.index(f"right_{name.removeprefix('left_')}")
    bones = np.arange(2 * BONES_PER_HAND)
    right[FIRST_BONE["left"] + bones] = FIRST_BONE["right"] + bones
    return right


def _moves(detail: Detail, twin: Array, extra: int) -> tuple[Array, Array, Array]:
    """Which vertices the face moves, by which kind of move, and how far, on both sides."""
    half = len(twin)
    own = np.zeros(detail.half, int)
    own[detail.mirrored] = detail.half + np.arange(len(detail.mirrored))
    movers, kinds, moves = [], [], []
    flip = np.array([-1, 1, 1], np.float32)
    for name, (rows, far) in detail.moves.items():
        body = rows < half
        kept = body | (extra > 0)
        rows, far = rows[kept], far[kept]
        body = rows < half
        beyond = np.where(body, 0, rows - half)
        here = np.where(body, rows, extra + beyond)
        there = np.where(body, twin[np.where(body, rows, 0)], np.where(own[beyond] > 0, extra + own[beyond], 0))
        sided = there > 0
        blink = name.startswith("blink")
        middle = ~sided
        far = np.where(middle[:, None] & ~np.bool_(blink), far * [0, 1, 1], far)
        if blink:  # the middle moves half as far with each eye
            here, there, far, sided = here[sided], there[sided], far[sided], np.ones(int(sided.sum()), bool)
        movers += [here, there[sided]]
        kinds += [
            np.full(len(here), _KINDS.index(name)),
            np.full(int(sided.sum()), _KINDS.index(f"{name}_right" if blink else name)),
        ]
        moves += [far, far[sided] * flip]
    return np.concatenate(movers), np.concatenate(kinds).astype(np.uint8), np.concatenate(moves).astype(np.float32)


def _sizes(detail: Detail, rest: Array) -> tuple[float, float]:
    """How large the face is, and how far its lids are apart, beside the template's."""
    human = load_human("full")
    template = human.meshes["body"].whole(human.template)
    sizes = []
    for at in (rest, template):
        eyes, mouth, chin, brow = (_place(detail, at, k) for k in (_at(45), _at(66), _at(8), _at(24)))
        lids = [np.linalg.norm(_place(detail, at, _at(a)) - _place(detail, at, _at(b))) for a, b in ((43, 47), (44, 46))]
        sizes.append((np.linalg.norm(eyes - chin) + np.linalg.norm(brow - mouth), np.mean(lids)))
    (face, gap), (usual, wide) = sizes
    return float(face / usual), float(gap / wide)


def _at(point: int) -> int:
    return list(FACE_PLACES).index(point)


def _place(detail: Detail, at: Array, k: int) -> Array:
    return np.asarray(detail.shares[k] @ at[detail.corners[k]])


@numba.njit(cache=True, nogil=True)
def _moved(rest: Array, movers: Array, kinds: Array, moves: Array, amounts: Array) -> Array:
    out = rest.copy()
    for k in range(len(movers)):
        amount = amounts[kinds[k]]
        if amount != 0:
            v = movers[k]
            for i in range(3):
                out[v, i] += amount * moves[k, i]
    return out


def moved_face(rest: Array, fine: Fine, amounts: Array) -> Array:
    """Vertices at rest (v, 3) with the face moved by (9,) `amounts`."""
    return np.asarray(_moved(rest, fine.movers, fine.kinds, fine.moves, amounts))

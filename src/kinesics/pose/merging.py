"""One skeleton of many looks: feet from the 33 joints, hands and a face placed in metres where the body has them."""

from __future__ import annotations

import numpy as np

from ..sights import BodySight, FaceSight, HandSight
from ..types import Array
from .face_points import IBUG

__all__ = ["FACE", "LEFT", "LIFTED", "RIGHT", "face_metres", "feet", "hand_metres", "shift_of", "world_of"]

FACE, LEFT, RIGHT = 23, 91, 112  # where the parts of wholebody133 begin
ARMS = ((LEFT, 7, 9), (RIGHT, 8, 10))  # each hand's first joint, its elbow and its wrist in coco17
LIFTED = (0, 2, 5, 7, 8, 11, 12, 13, 14, 15, 16, 23, 24, 25, 26, 27, 28)
"""The joints of blazepose33 that are coco17's, in its order."""
FEET = ((17, 31, 15, 27), (19, 29, 15, 27), (20, 32, 16, 28), (22, 30, 16, 28))
"""Big toes and heels: in wholebody133, in blazepose33, then the ankle they hang on in both; small toes nobody tells."""
SHIN = ((13, 15), (14, 16))  # knee and ankle of both sides, coco17
SURE = 0.25  # least score of an ankle that a foot is moved to
LOOSE = 0.35  # share of a shin that an ankle may be away from the other net's, else it is another foot
HAND = 0.76  # length of a hand from wrist to middle fingertip, in forearms (Drillis and Contini 1966: 0.108 of 0.146)
HANDS = (0.13, 0.22)  # metres, of the hands that there are
FINGER = (0, 9, 10, 11, 12)  # from the wrist along the middle finger
EYES = 0.091  # metres between the outer corners of a grown person's eyes (Farkas 1994)
CORNERS = (33, 263)  # of the mesh: outer corners of the right and the left eye
TIED = ((1, 0), (263, 3), (33, 6), (291, 9), (61, 10))  # points of the mesh and the joints of blazepose33 that lie there


def feet(sight: BodySight, sure: Array, points: Array, scores: Array) -> list[tuple[int, Array, float]]:
    """Heels and big toes, moved along with the ankles of the 17 joints.

    Args:
        sight: a look at the whole body.
        sure: (33,) scores of its joints.
        points: (17, 2) pixels of the same person.
        scores: (17,).

    Returns:
        joint of wholebody133, (2,) pixels and score of each that is known; none where both nets see another foot.
    """
    found = []
    for joint, there, ankle, own in FEET:
        at, shift = sight.points[there, :2], np.zeros(2)
        if scores[ankle] > SURE:
            knee = SHIN[ankle - 15][0]
            shift = points[ankle] - sight.points[own, :2]
            shin = float(np.linalg.norm(sight.points[own, :2] - sight.points[own - 2, :2]))
            shin = max(shin, float(np.linalg.norm(points[ankle] - points[knee]))) if scores[knee] > SURE else shin
            if float(np.linalg.norm(shift)) > LOOSE * max(shin, 1e-6):
                continue
        found.append((joint, at + shift, float(sure[there])))
    return found


def world_of(body: BodySight | None, left: HandSight | None, right: HandSight | None, face: FaceSight | None) -> Array:
    """(133, 3) metres, x right, y down, z away from the camera, origin between the hips; NaN where nothing is known."""
    world = np.full((133, 3), np.nan)
    if body is None:
        return world
    world[:17] = body.world[list(LIFTED)]
    for joint, there, _, _ in FEET:
        world[joint] = body.world[there]
    for (start, elbow, wrist), hand in zip(ARMS, (left, right), strict=True):
        if hand is not None:
            world[start : start + 21] = hand_metres(hand.world, world[wrist], _forearm(world, elbow, wrist))
    if face is not None:
        world[FACE:LEFT] = face_metres(face.mesh, body.world)[list(IBUG)]
    return world


def hand_metres(hand: Array, wrist: Array, forearm: float) -> Array:
    """A hand (21, 3) in metres of its own, as large as the person's arm has it and with its wrist (3,) at the arm's."""
    length = float(np.linalg.norm(np.diff(hand[list(FINGER)], axis=0), axis=1).sum())
    wanted = float(np.clip(HAND * forearm, *HANDS))
    return np.asarray((hand - hand[0]) * (wanted / max(length, 1e-6)) + wrist)


def face_metres(mesh: Array, body: Array) -> Array:
    """A face mesh (468, 3) of pixels in metres, with nose, eyes and mouth where the 33 joints in metres have them."""
    scale = EYES / max(float(np.linalg.norm(mesh[CORNERS[0]] - mesh[CORNERS[1]])), 1e-6)
    own, there = (list(side) for side in zip(*TIED, strict=True))
    metres = mesh * scale
    return np.asarray(metres + (body[there] - metres[own]).mean(axis=0))


def shift_of(before: Array, now: Array, scores: tuple[Array, Array], joints: list[int]) -> Array:
    """How far joints (17, 2) have moved, pixels: the median over those of `joints` that both pictures know; else zeros."""
    known = [joint for joint in joints if min(scores[0][joint], scores[1][joint]) > SURE]
    return np.asarray(np.median(now[known] - before[known], axis=0)) if known else np.zeros(2)


def _forearm(world: Array, elbow: int, wrist: int) -> float:
    """Metres of both forearms, the mean: how long one looks changes with every picture."""
    both = (np.linalg.norm(world[7] - world[9]), np.linalg.norm(world[8] - world[10]))
    return float(np.mean(both)) if np.isfinite(both).all() else float(np.linalg.norm(world[elbow] - world[wrist]))

"""Which joint of a foreign skeleton is which of the 133 of the whole body, found by name.

Joints may be called `COMPONENT.point`, as `.pose` files have them; the component then says whether it is body, face or a hand.
Faces come as the 68 points of iBUG (Sagonas et al., 2013; 70 with OpenPose's pupils) or as MediaPipe's mesh (Kartynnik et al.,
2019), whole or only its contours; hands as 21 points from the wrist outwards, finger by finger, the thumb first.
"""

from __future__ import annotations

import functools
import itertools
import re

from ..types import Skeleton, skeleton
from ..types.joint_names import parts_of
from ..types.sides import words

__all__ = ["BODY", "FACE", "FEET", "LEFT_HAND", "RIGHT_HAND", "sources_of"]

BODY = range(17)
FEET = range(17, 23)
FACE = range(23, 91)
LEFT_HAND = range(91, 112)
RIGHT_HAND = range(112, 133)

MESH = (  # point of the face mesh for each of the 68
    *(127, 234, 93, 132, 58, 136, 150, 176, 152, 400, 379, 365, 288, 361, 323, 454, 356),  # jaw, from the person's right
    *(70, 63, 105, 66, 107, 336, 296, 334, 293, 300),  # brows
    *(168, 197, 5, 4, 75, 97, 2, 326, 305),  # nose
    *(33, 160, 158, 133, 153, 144, 362, 385, 387, 263, 373, 380),  # eyes
    *(61, 39, 37, 0, 267, 269, 291, 405, 314, 17, 84, 181),  # outer lips
    *(78, 82, 13, 312, 308, 317, 14, 87),  # inner lips
)
FINGERS = {"thumb": 1, "index": 5, "middle": 9, "ring": 13, "pinky": 17, "little": 17}
ALONG = {"cmc": 0, "mcp": 1, "ip": 2, "tip": 3}
FINGER_ALONG = {"mcp": 0, "pip": 1, "dip": 2, "tip": 3}
NEAR, FAR = 0.7, 0.5  # what a joint's score is worth when it stands for its neighbour


@functools.lru_cache(64)
def sources_of(body: Skeleton, hand: str = "right") -> tuple[tuple[tuple[int, float], ...], ...]:
    """For each of the 133 joints: the source's joints that may stand for it, the best first, each with a factor of its score.

    Args:
        body: the source's skeleton.
        hand: whose a hand is that does not say: left or right.
    """
    if body == skeleton("wholebody133"):
        return tuple(((i, 1.0),) for i in range(133))
    found: list[list[tuple[int, float]]] = [[] for _ in range(133)]
    kinds = [_kind(body, name) for name in body.joints]
    for side, first in (("left", LEFT_HAND.start), ("right", RIGHT_HAND.start)):
        wanted = {f"{side} hand", "hand"} if side == _side_of_nameless(body, hand) else {f"{side} hand"}
        for number, index in _hand([(i, body.joints[i]) for i, kind in enumerate(kinds) if kind in wanted]).items():
            found[first + number].append((index, 1.0))
    for number, index in _face([(i, body.joints[i]) for i, kind in enumerate(kinds) if kind == "face"]).items():
        found[FACE.start + number].append((index, 1.0))
    known = [hand for hand in (LEFT_HAND, RIGHT_HAND) if any(found[joint] for joint in hand)]
    rows = [i for i, kind in enumerate(kinds) if kind == "body"]
    parts = parts_of(Skeleton("body", tuple(body.joints[i] for i in rows)))
    for target, names in _named_parts().items():
        if any(target in hand for hand in known):
            continue  # a palm told by the body does not mix with a hand that was looked at
        found[target] += [(rows[parts[name]], factor) for name, factor in names if name in parts][:1]
    for ankle, toe in ((15, 17), (16, 20)):
        if found[ankle] and found[toe] and found[ankle][0][0] == found[toe][0][0]:
            found[toe] = []
    return tuple(tuple(options) for options in found)


def _kind(body: Skeleton, name: str) -> str:
    """Body, face, left hand, right hand, hand (nobody knows which), or world: points in metres beside those in pixels."""
    owner, own = words(name.rpartition(".")[0]), words(name.rpartition(".")[2])
    side = next((word for word in (*owner, *own) if word in ("left", "right")), "")  # R_PIP is of the ring finger
    if "world" in owner:
        return "world"
    if "hand" in owner or _finger(own) is not None or (own == ("wrist",) and not owner) or re.fullmatch(r".*hand.*\d+", name):
        return f"{side} hand".strip()
    return "face" if "face" in owner or _face_number(name) is not None else "body"


def _side_of_nameless(body: Skeleton, hand: str) -> str:
    sides = {side for side in ("left", "right") if {side, "hand"} <= set(words(body.name))}
    return sides.pop() if len(sides) == 1 else hand


def _hand(joints: list[tuple[int, str]]) -> dict[int, int]:
    """Number within the hand, 0 to 20 -> index."""
    known: dict[int, int] = {}
    for index, name in joints:
        own = words(name.rpartition(".")[2])
        number = _finger(own)
        if number is None and own[-1:] == ("wrist",):
            number = 0
        if number is None and own[-1:] and own[-1].isdigit() and int(own[-1]) < 21:
            number = int(own[-1])
        if number is not None:
            known.setdefault(number, index)
    if len(joints) == 21 and len(known) < 21:  # names of another kind: their order is the same everywhere
        return {number: index for number, (index, _) in enumerate(joints)}
    return known


def _finger(own: tuple[str, ...]) -> int | None:
    """Number within the hand by name: `INDEX_FINGER_PIP`, `left_hand_index_pip` and `LIndex2PIP` are 6."""
    name = next((word for word in own if word in FINGERS), None)
    if name is None:
        return None
    step = next((int(word) - 1 for word in own if word in ("1", "2", "3", "4")), None)
    if step is None:
        step = next((at for word, at in (ALONG if name == "thumb" else FINGER_ALONG).items() if word in own), None)
    return None if step is None else FINGERS[name] + step


def _face(joints: list[tuple[int, str]]) -> dict[int, int]:
    """Number within the 68 -> index."""
    at: dict[int, int] = {}
    for index, name in joints:
        number = _face_number(name)
        if number is not None:
            at.setdefault(number, index)
    if max(at, default=0) < 70:
        return {number: index for number, index in at.items() if number < 68}
    return {number: at[point] for number, point in enumerate(MESH) if point in at}


_RUNS = {  # OpenPose's BODY_135 counts anew in each part of the face; its left brow backwards
    "facecontour": (0, 1),
    "reyebrow": (17, 1),
    "leyebrow": (26, -1),
    "noseupper": (27, 1),
    "noselower": (31, 1),
    "reye": (36, 1),
    "leye": (42, 1),
    "omouth": (48, 1),
    "imouth": (60, 1),
}


def _face_number(name: str) -> int | None:
    """The number in `face_12`, `FACE_LANDMARKS.12`, `face_keypoints_2d.FN_27`, `12` or `REyeBrow2`."""
    owner, _, own = name.rpartition(".")
    hit = re.fullmatch(r"(.*?)[-_ ]?(\d+)", own)
    if hit is None:
        return None
    plain = hit[1].lower()
    if plain in _RUNS:
        first, step = _RUNS[plain]
        return first + step * int(hit[2])
    return int(hit[2]) if plain in ("", "face") or "face" in owner.lower() or plain in _OPENPOSE else None


_OPENPOSE = frozenset({"fb", "feb", "fn", "fe", "flo", "fli", "fp"})


def _named_parts() -> dict[int, tuple[tuple[str, float], ...]]:
    """Joint of body, feet or palm -> parts of a body that may stand for it."""
    table: dict[int, tuple[tuple[str, float], ...]] = {0: (("nose", 1.0), ("head", FAR))}
    for s, side in enumerate(("left", "right")):
        palm = (LEFT_HAND if s == 0 else RIGHT_HAND).start
        for first, part in ((1, "eye"), (3, "ear"), (5, "shoulder"), (7, "elbow"), (11, "hip"), (13, "knee")):
            table[first + s] = ((f"{side} {part}", 1.0),)
        table[9 + s] = ((f"{side} wrist", 1.0), (f"{side} hand", NEAR))
        table[15 + s] = ((f"{side} ankle", 1.0), (f"{side} foot", NEAR))
        for joint, name in zip(itertools.count(17 + 3 * s), ("foot", "small toe", "heel"), strict=False):
            table[joint] = ((f"{side} {name}", 1.0),)
        table[palm + 2], table[palm + 5], table[palm + 17] = (((f"{side} {f}", FAR),) for f in ("thumb", "index", "pinky"))
    return table

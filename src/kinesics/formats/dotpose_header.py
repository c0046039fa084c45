"""The header of a `.pose` file: which points there are, how they are joined, how big the picture is.

The format, of the sign language processing community (Moryossef, Müller and Fahrni 2021, "pose-format"), is little-endian:
version (float32), width, height, depth (uint16 each), then the components, each with name, format such as "XYZC" (C is the
confidence, always last), names of points, limbs and their colours.
"""

from __future__ import annotations

import functools
import itertools
import struct
from dataclasses import dataclass

from ..errors import FormatError
from ..types import Skeleton
from ..types.sides import mirror_pairs
from .bodies import body_of

__all__ = ["Component", "Header", "Reader", "components_of", "header_bytes", "read_header", "skeleton_of"]

LEFT, RIGHT, MIDDLE = (0, 160, 255), (255, 120, 0), (120, 120, 120)


@dataclass(frozen=True)
class Component:
    """A part of the body: points with names, limbs between them (indices within the component)."""

    name: str
    format: str
    points: tuple[str, ...]
    limbs: tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class Header:
    """All that stands before the body; `size` is width, height, depth."""

    version: float
    size: tuple[int, int, int]
    components: tuple[Component, ...]

    @property
    def points(self) -> int:
        """How many points all components have."""
        return sum(len(part.points) for part in self.components)

    @property
    def dims(self) -> int:
        """Coordinates a point, the confidence not counted."""
        return max((len(part.format) - 1 for part in self.components), default=2)


class Reader:
    """Numbers and words from bytes, one after the other; FormatError where the bytes end too soon."""

    def __init__(self, data: bytes) -> None:
        self.data, self.at = data, 0

    @property
    def left(self) -> int:
        """Bytes not yet read."""
        return len(self.data) - self.at

    def take(self, count: int) -> bytes:
        """The next `count` bytes."""
        if count > self.left:
            raise FormatError(f"cut short: {count} bytes should follow at byte {self.at}, there are {self.left}")
        self.at += count
        return self.data[self.at - count : self.at]

    def numbers(self, layout: str) -> tuple[float, ...]:
        """The next numbers, `layout` as in `struct`."""
        return struct.unpack(f"<{layout}", self.take(struct.calcsize(f"<{layout}")))

    def whole(self, layout: str) -> tuple[int, ...]:
        """The next whole numbers."""
        return tuple(int(number) for number in self.numbers(layout))

    def word(self) -> str:
        """The next string: its length in two bytes, then UTF-8."""
        return self.take(self.whole("H")[0]).decode("utf-8")


def read_header(reader: Reader) -> Header:
    """Read the header; the reader stands at the body then."""
    version = round(reader.numbers("f")[0], 3)
    if version not in (0.0, 0.1, 0.2):
        raise FormatError(f"expected a .pose file of version 0.0, 0.1 or 0.2, got version {version:g}")
    width, height, depth = reader.whole("HHH")
    parts = tuple(_component(reader) for _ in range(reader.whole("H")[0]))
    if any(len(part.format) not in (3, 4) or part.format[-1] not in "cC" for part in parts):
        raise FormatError(f"expected points of XYC or XYZC, got {', '.join(sorted({part.format for part in parts}))!r}")
    return Header(version, (width, height, depth), parts)


def _component(reader: Reader) -> Component:
    name, form = reader.word(), reader.word()
    points, limbs, colors = reader.whole("HHH")
    names = tuple(reader.word() for _ in range(points))
    flat = reader.whole(f"{2 * limbs}H")
    reader.take(6 * colors)
    pairs = tuple(zip(flat[::2], flat[1::2], strict=True))
    if any(index >= points for index in flat):
        raise FormatError(f"component {name!r}: a limb names a point beyond its {points}")
    return Component(name, form, names, pairs)


def header_bytes(header: Header) -> bytes:
    """The header as version 0.2 has it."""
    parts = [struct.pack("<fHHHH", 0.2, *header.size, len(header.components))]
    for part in header.components:
        parts += [_word(part.name), _word(part.format)]
        parts += [struct.pack("<HHH", len(part.points), len(part.limbs), len(part.limbs)), *map(_word, part.points)]
        parts += [struct.pack("<HH", *limb) for limb in part.limbs]
        sides = {i: color for pair in mirror_pairs(part.points) for i, color in zip(pair, (LEFT, RIGHT), strict=True)}
        parts += [struct.pack("<HHH", *sides.get(b, sides.get(a, MIDDLE))) for a, b in part.limbs]
    return b"".join(parts)


def _word(text: str) -> bytes:
    data = text.encode("utf-8")
    return struct.pack("<H", len(data)) + data


@functools.lru_cache(64)
def skeleton_of(header: Header) -> Skeleton:
    """The joints of all components as one body: ours where the names are those of a built-in skeleton.

    Joints are called `COMPONENT.point` where a point's name alone would not tell.
    """
    names = [name for part in header.components for name in part.points]
    plain = tuple(name.lower().replace(" ", "_").replace("-", "_").replace("_finger", "") for name in names)
    known = body_of(plain) if len(header.components) == 1 and names else None
    if known is not None:
        return known
    if len(set(names)) < len(names):
        names = [f"{part.name}.{name}" for part in header.components for name in part.points]
    bones, first = [], 0
    for part in header.components:
        bones += [(first + a, first + b) for a, b in part.limbs]
        first += len(part.points)
    title = "+".join(part.name for part in header.components) or "empty"
    return Skeleton(title, tuple(names), tuple(bones), mirror_pairs(tuple(names)))


def components_of(body: Skeleton, dims: int) -> tuple[Component, ...]:
    """The components that `skeleton_of` reads as this body: one, or one for each run of joints called `COMPONENT.point`.

    A bone from one component to another has no place in the format.
    """
    form = "XYZC" if dims == 3 else "XYC"
    owners = [name.partition(".")[0] for name in body.joints] if all("." in name for name in body.joints) else []
    if not owners:
        return (Component(body.name, form, body.joints, body.bones),)
    starts = [i for i, owner in enumerate(owners) if not i or owner != owners[i - 1]] + [len(owners)]
    parts = []
    for first, end in itertools.pairwise(starts):
        points = tuple(name.partition(".")[2] for name in body.joints[first:end])
        limbs = tuple((a - first, b - first) for a, b in body.bones if first <= min(a, b) and max(a, b) < end)
        parts.append(Component(owners[first], form, points, limbs))
    return tuple(parts)

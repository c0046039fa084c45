"""Seeded damage to the bytes of videos and pictures, and small ones to damage; the same seed hurts in the same way."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from random import Random

from ..errors import UsageError
from .video import counter_picture, make_video

__all__ = ["WOUNDS", "damaged", "make_containers", "make_pictures"]

_EXTREMES = (0, 1, 0x7F, 0xFF, 0x7FFF, 0xFFFF, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF)
_HEAD = 256  # bytes in which headers lie


def damaged(data: bytes, seed: int) -> bytes:
    """The bytes with one to three wounds, of kinds and at places that the seed decides; never the same as before.

    Args:
        data: at least one byte.
        seed: of the damage.

    Raises:
        UsageError: no bytes.
    """
    if not data:
        raise UsageError("damaged: expected at least one byte")
    chance = Random(seed)
    hurt = data
    for _ in range(chance.randint(1, 3)):
        hurt = chance.choice(list(WOUNDS.values()))(hurt, chance) or b"\0"
    return hurt if hurt != data else hurt[:-1] + bytes([hurt[-1] ^ 0xFF])


def _flip(data: bytes, chance: Random) -> bytes:
    hurt = bytearray(data)
    for _ in range(chance.choice((1, 4, 64))):
        hurt[chance.randrange(len(hurt))] ^= 1 << chance.randrange(8)
    return bytes(hurt)


def _cut_end(data: bytes, chance: Random) -> bytes:
    return data[: chance.randrange(len(data))]


def _cut_out(data: bytes, chance: Random) -> bytes:
    start, end = _run(data, chance)
    return data[:start] + data[end:]


def _insert(data: bytes, chance: Random) -> bytes:
    start, end = _run(data, chance)
    more = chance.choice((chance.randbytes(end - start), bytes(end - start), b"\xff" * (end - start), data[start:end]))
    return data[:start] + more + data[start:]


def _swap(data: bytes, chance: Random) -> bytes:
    a, b, c, d = sorted(chance.randrange(len(data) + 1) for _ in range(4))
    return data[:a] + data[c:d] + data[b:c] + data[a:b] + data[d:]


def _blank(data: bytes, chance: Random) -> bytes:
    start, end = _run(data, chance)
    return data[:start] + chance.choice((b"\0", b"\xff")) * (end - start) + data[end:]


def _lie(data: bytes, chance: Random) -> bytes:
    """A number among the first bytes, such as a size or a length, becomes an extreme one."""
    size = chance.choice((1, 2, 4))
    number = chance.choice(_EXTREMES) & (1 << 8 * size) - 1
    at = chance.randrange(min(len(data), _HEAD))
    return data[:at] + number.to_bytes(size, chance.choice(("big", "little"))) + data[at + size :]


def _lose_start(data: bytes, chance: Random) -> bytes:
    return data[chance.randint(1, max(1, min(len(data) - 1, 64))) :]


WOUNDS: dict[str, Callable[[bytes, Random], bytes]] = {
    "flip": _flip,
    "cut end": _cut_end,
    "cut out": _cut_out,
    "insert": _insert,
    "swap": _swap,
    "blank": _blank,
    "lie": _lie,
    "lose start": _lose_start,
}
"""What damage there is: bytes and chance in, bytes out."""


def _run(data: bytes, chance: Random) -> tuple[int, int]:
    """Where a run of 1 byte to a tenth of all begins and ends."""
    start = chance.randrange(len(data))
    return start, min(len(data), start + chance.randint(1, max(1, len(data) // 10)))


def make_containers(folder: str | Path) -> dict[str, bytes]:
    """Six small videos of 12 numbered pictures, 96x64, by container: mp4, mkv, webm, avi, ts, mjpeg.

    Args:
        folder: they are written there first.
    """
    folder = Path(folder)
    made = {}
    for ending, codec in (("mp4", None), ("mkv", None), ("webm", None), ("avi", "mpeg4"), ("ts", None)):
        path = make_video(folder / f"made.{ending}", size=(96, 64), frames=12, fps=12.0, codec=codec)
        made[ending] = path.read_bytes()
    made["mjpeg"] = b"".join(_picture("jpeg", index) for index in range(12))
    return made


def make_pictures() -> dict[str, bytes]:
    """A small picture by kind: jpeg, png, webp, bmp."""
    return {kind: _picture(kind, 7) for kind in ("jpeg", "png", "webp", "bmp")}


def _picture(kind: str, index: int) -> bytes:
    import cv2

    return bytes(cv2.imencode("." + kind, counter_picture(index, (96, 64))[..., ::-1])[1])

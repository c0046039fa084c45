"""OpenEXR pictures of one channel: half or float, scan lines, uncompressed, RLE or ZIP; others through the package OpenEXR.

After the file layout that openexr.com describes. The package is not used for the usual kinds because it writes on both outputs
of the process when a file is damaged.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from ..errors import ShapeError, SourceError, need
from ..types import Array
from .shots import LARGEST, readable

__all__ = ["exr_bytes", "read_exr"]

MAGIC = 20000630
LINES = {0: 1, 1: 1, 2: 1, 3: 16}  # compression -> lines in a block: none, RLE, ZIPS, ZIP
OTHERS = {4: 32, 5: 16, 6: 32, 7: 32, 8: 32, 9: 256}  # PIZ, PXR24, B44, B44A, DWAA, DWAB
KINDS: dict[int, np.dtype[Any]] = {0: np.dtype("<u4"), 1: np.dtype("<f2"), 2: np.dtype("<f4")}
PREFERRED = ("Z", "Y", "depth", "R", "V")  # channels that may hold depth, the first found wins


def read_exr(path: Path) -> Array:
    """(h, w) float16 or float32: the channel Z, Y, depth, R or V (the first that is there), else the only one.

    Raises:
        SourceError: damaged, too large, deep or in several parts, or without such a channel.
    """
    data = readable(path)
    try:
        head, at = _header(data)
        if head.pop("special"):
            raise SourceError(f"{path}: a deep EXR or one of several parts; expected a flat picture of one part")
        return _usual(data, head, at) if head["compression"] in LINES and not head["tiled"] else _others(path, data, head, at)
    except (struct.error, zlib.error, ValueError, KeyError, IndexError, UnicodeDecodeError) as error:
        if isinstance(error, SourceError):
            raise
        raise SourceError(f"{path}: this EXR is damaged or none ({error}); write or copy it again") from None


def _header(data: bytes) -> tuple[dict[str, Any], int]:
    magic, version = struct.unpack_from("<II", data)
    if magic != MAGIC:
        raise ValueError("it does not begin like one")
    head: dict[str, Any] = {"tiled": bool(version & 0x200), "special": bool(version & 0x1800)}
    at = 8
    while data[at]:
        name, at = _word(data, at)
        _kind, at = _word(data, at)
        (size,) = struct.unpack_from("<I", data, at)
        value, at = data[at + 4 : at + 4 + size], at + 4 + size
        if name == "channels":
            head["channels"] = _channels(value)
        elif name == "compression":
            head["compression"] = value[0]
        elif name == "dataWindow":
            left, top, right, bottom = struct.unpack("<4i", value)
            head["window"] = (top, right - left + 1, bottom - top + 1)
    _, width, height = head["window"]
    if not (0 < width and 0 < height and width * height <= LARGEST and head["channels"]):
        raise ValueError(f"it claims {width}x{height} pixels of {len(head['channels'])} channels")
    return head, at + 1


def _word(data: bytes, at: int) -> tuple[str, int]:
    end = data.index(b"\0", at, at + 256)
    return data[at:end].decode(), end + 1


def _channels(value: bytes) -> list[tuple[str, np.dtype[Any]]]:
    found, at = [], 0
    while value[at]:
        name, at = _word(value, at)
        kind, _, across, down = struct.unpack_from("<IIii", value, at)
        if (across, down) != (1, 1):
            raise ValueError(f"channel {name} has fewer pixels than the picture")
        found.append((name, KINDS[kind]))
        at += 16
    return found


def _picked(names: list[str]) -> str:
    for name in PREFERRED:
        if name in names:
            return name
    if len(names) == 1:
        return names[0]
    raise SourceError(f"an EXR with the channels {', '.join(names)}: expected depth in Z or Y")


def _usual(data: bytes, head: dict[str, Any], at: int) -> Array:
    _, width, height = head["window"]
    channels, tall = head["channels"], LINES[head["compression"]]
    wanted = _picked([name for name, _ in channels])
    before = sum(kind.itemsize for name, kind in channels[: [name for name, _ in channels].index(wanted)])
    kind, row = dict(channels)[wanted], width * sum(kind.itemsize for _, kind in channels)
    picture = np.empty((height, width), kind)
    for first, packed in _blocks(data, head, at, tall):
        lines = min(tall, height - first)
        held = np.frombuffer(_unpacked(packed, lines * row, head["compression"]), np.uint8)
        part = held.reshape(lines, row)[:, before * width : (before + kind.itemsize) * width]
        picture[first : first + lines] = np.ascontiguousarray(part).view(kind)
    return picture.astype(np.float32) if kind.kind == "u" else picture.astype(kind.newbyteorder("="), copy=False)


def _blocks(data: bytes, head: dict[str, Any], at: int, tall: int) -> Iterator[tuple[int, bytes]]:
    """First line and packed bytes of each block of `tall` lines."""
    top, _, height = head["window"]
    blocks = -(-height // tall)
    for (offset,) in struct.iter_unpack("<Q", data[at : at + 8 * blocks].ljust(8 * blocks, b"\0")):
        if not at < offset <= len(data) - 8:
            raise ValueError("the file ends early")
        first, size = struct.unpack_from("<iI", data, offset)
        first -= top
        if not 0 <= first < height or first % tall or offset + 8 + size > len(data):
            raise ValueError("a block of lines is not where it should be; the file ends early")
        yield first, data[offset + 8 : offset + 8 + size]


def _unpacked(packed: bytes, size: int, compression: int) -> bytes:
    if compression == 0 or len(packed) == size:  # what would grow is kept as it was
        return packed
    if compression == 1:
        held = _runs(packed)
    else:
        one = zlib.decompressobj()
        held = one.decompress(packed, size + 1)
    if len(held) != size:
        raise ValueError("a block of lines is too short")
    differences = np.frombuffer(held, np.uint8) ^ np.uint8(128)  # less 128; bytes wrap round
    differences[0] ^= 128
    plain = np.cumsum(differences, dtype=np.uint8)
    half = (size + 1) // 2
    whole = np.empty(size, np.uint8)
    whole[0::2], whole[1::2] = plain[:half], plain[half:]
    return whole.tobytes()


def _runs(packed: bytes) -> bytes:
    out, at = bytearray(), 0
    while at < len(packed):
        count = packed[at] - 256 if packed[at] > 127 else packed[at]
        if count < 0:
            out += packed[at + 1 : at + 1 - count]
            at += 1 - count
        else:
            out += packed[at + 1 : at + 2] * (count + 1)
            at += 2
    return bytes(out)


def _others(path: Path, data: bytes, head: dict[str, Any], at: int) -> Array:
    """Tiles, PIZ, PXR24, B44, DWA: by the package, when the blocks are there: it is loud about files that end early."""
    if head["compression"] in OTHERS and not head["tiled"]:
        for _ in _blocks(data, head, at, OTHERS[head["compression"]]):
            pass
    package = need("OpenEXR")
    wanted = _picked([name for name, _ in head["channels"]])
    try:
        with package.File(str(path), separate_channels=True) as file:
            pixels = np.array(file.channels()[wanted].pixels)
    except (RuntimeError, ValueError, KeyError, TypeError) as error:
        raise SourceError(f"{path}: this EXR is damaged ({error}); write or copy it again") from None
    return pixels.astype(np.float32) if pixels.dtype.kind != "f" else pixels


def exr_bytes(picture: Array, *, half: bool = False, channel: str = "Y") -> bytes:
    """(h, w) numbers as the bytes of an EXR file: one channel, ZIP, 16 lines a block.

    Args:
        picture: numbers; for depth, metres.
        half: 16-bit fractions (steps of 2 mm between 2 and 4 m) instead of 32-bit ones.
        channel: its name.
    """
    if picture.ndim != 2 or not picture.size:
        raise ShapeError(f"exr_bytes: expected (height, width) numbers, got {picture.shape}")
    with np.errstate(over="ignore"):
        rows = np.ascontiguousarray(picture, "<f2" if half else "<f4")
    height, width = rows.shape
    box = struct.pack("<4i", 0, 0, width - 1, height - 1)
    said = [
        ("channels", "chlist", channel.encode() + b"\0" + struct.pack("<IIii", 1 if half else 2, 0, 1, 1) + b"\0"),
        ("compression", "compression", b"\3"),
        ("dataWindow", "box2i", box),
        ("displayWindow", "box2i", box),
        ("lineOrder", "lineOrder", b"\0"),
        ("pixelAspectRatio", "float", struct.pack("<f", 1)),
        ("screenWindowCenter", "v2f", struct.pack("<2f", 0, 0)),
        ("screenWindowWidth", "float", struct.pack("<f", 1)),
    ]
    head = struct.pack("<II", MAGIC, 2)
    head += b"".join(f"{n}\0{k}\0".encode() + struct.pack("<I", len(v)) + v for n, k, v in said) + b"\0"
    blocks = [struct.pack("<i", first) + _packed(rows[first : first + 16].tobytes()) for first in range(0, height, 16)]
    offsets = len(head) + 8 * len(blocks) + np.cumsum([0, *(len(block) for block in blocks[:-1])])
    return head + struct.pack(f"<{len(blocks)}Q", *offsets.tolist()) + b"".join(blocks)


def _packed(plain: bytes) -> bytes:
    values = np.frombuffer(plain, np.uint8)
    split = np.concatenate([values[0::2], values[1::2]])
    split[1:] = (split[1:] - split[:-1]) ^ np.uint8(128)  # bytes wrap round
    packed = zlib.compress(split.tobytes(), 6)
    chosen = packed if len(packed) < len(plain) else plain
    return struct.pack("<I", len(chosen)) + chosen

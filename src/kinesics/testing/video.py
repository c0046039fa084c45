"""Made video: every picture carries its number, so that a test can tell which one it holds, which way up, after any coding."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np

from ..errors import UsageError
from ..types import Array

CELLS, BITS = 17, 12


def counter_picture(index: int, size: tuple[int, int] = (320, 240)) -> Array:
    """A picture of `size` (width, height), at least 17 x 8, that shows `index` (below 4096) as a bar code along its top.

    Below it lies a coloured gradient with a square that moves from picture to picture. (h, w, 3) uint8 RGB.
    """
    width, height = size
    x, y = np.linspace(40, 215, width), np.linspace(60, 200, height)
    image = np.empty((height, width, 3), np.uint8)
    image[..., 0], image[..., 1], image[..., 2] = x, y[:, None], (x[::-1] + y[:, None]) / 2
    if width < CELLS or height < 8:
        image[:] = 40 * (index % 6)
        return image
    side = max(2, height // 6)
    left, top = index * 5 % max(1, width - side), height // 4 + index * 3 % max(1, height * 3 // 4 - side)
    image[top : top + side, left : left + side] = (235, 60, 30)
    bits = [index % 2**BITS >> b & 1 for b in reversed(range(BITS))]
    edges = np.linspace(0, width, CELLS + 1).round().astype(int)
    for cell, on in enumerate([1, 0, *bits, sum(bits) % 2, 1, 1]):
        image[: height // 4, edges[cell] : edges[cell + 1]] = 235 if on else 20
    return image


def read_counter(image: Array) -> int:
    """The number in a picture of `counter_picture`, (h, w, 3) or (h, w); -1 when there is none, or it is not upright."""
    height, width = image.shape[:2]
    edges = np.linspace(0, width, CELLS + 1)
    middle = image[height // 16 : max(height // 16 + 1, height * 3 // 16)].reshape(-1, width, image.size // (height * width))
    cells = []
    for a, b in itertools.pairwise(edges):
        margin = (b - a) / 4
        cells.append(float(middle[:, int(a + margin) : max(int(a + margin) + 1, int(b - margin))].mean()))
    if any(80 < cell < 175 for cell in cells):
        return -1
    on = [int(cell > 128) for cell in cells]
    bits = on[2 : 2 + BITS]
    if on[:2] != [1, 0] or on[2 + BITS :] != [sum(bits) % 2, 1, 1]:
        return -1
    return int("".join(map(str, bits)), 2)


def make_video(
    path: str | Path,
    *,
    size: tuple[int, int] = (320, 240),
    frames: int = 30,
    fps: float = 25.0,
    times: Sequence[float] | None = None,
    codec: str | None = None,
    pix_fmt: str | None = None,
    rotation: int = 0,
    change_size_at: int | None = None,
    start: int = 0,
    options: dict[str, str] | None = None,
    container: dict[str, str] | None = None,
) -> Path:
    """Write a video of `counter_picture`s; displayed the right way up it counts up from `start`.

    Args:
        path: the ending decides the container: .mp4, .mkv, .webm, .avi, .ts …
        size: displayed (width, height).
        frames: how many.
        fps: their rate, if `times` is not given.
        times: seconds of each frame, for a variable rate, negative starts, jumps; one per frame, rising.
        codec: of the encoder; None takes H.264, VP8 for .webm.
        pix_fmt: of the encoder; None takes yuv420p.
        rotation: degrees, a right angle: pixels are stored turned, the container says how to turn them back.
        change_size_at: from this frame on the picture is half as large (only .ts).
        start: number of the first picture.
        options: of the encoder.
        container: options of the container.
    """
    path = Path(path)
    times = [i / fps for i in range(frames)] if times is None else times
    if len(times) != frames:
        raise UsageError(f"make_video: {frames} frames need as many times, got {len(times)}")
    codec = codec or ("libvpx" if path.suffix == ".webm" else "libx264")
    cut = frames if change_size_at is None else change_size_at
    small = (size[0] // 4 * 2, size[1] // 4 * 2)
    parts = [(0, cut, size)] + ([(cut, frames, small)] if cut < frames else [])
    data = b""
    for begin, end, shape in parts:
        pictures = (counter_picture(start + i, shape) for i in range(begin, end))
        look = {"codec": codec, "pix_fmt": pix_fmt or "yuv420p", "rotation": rotation, "fps": fps}
        _encode(path, pictures, times[begin:end], look, options, container)
        data += path.read_bytes()
    path.write_bytes(data)
    return path


def _encode(
    path: Path,
    pictures: Iterable[Array],
    times: Sequence[float],
    look: dict[str, Any],
    options: dict[str, str] | None,
    container: dict[str, str] | None,
) -> None:
    import av

    suffix = path.suffix
    formats = {".mkv": "matroska", ".ts": "mpegts", ".m4v": "mp4", ".mpg": "mpeg"}
    base = Fraction(1, 1000 if suffix in (".mkv", ".webm") else 12_000)
    if suffix == ".avi":
        base = 1 / Fraction(look["fps"]).limit_denominator(1001)
    with av.open("file:" + str(path.absolute()), "w", format=formats.get(suffix, suffix[1:]), options=container or {}) as file:
        stream: Any = None
        for picture, time in zip(pictures, times, strict=True):
            picture = np.ascontiguousarray(np.rot90(picture, -look["rotation"] // 90))
            if stream is None:
                stream = _stream(file, picture, base, look, options)
            frame = av.VideoFrame.from_ndarray(picture, format="rgb24").reformat(format=look["pix_fmt"])
            frame.pts, frame.time_base = round(time / base), base
            file.mux(stream.encode(frame))
        if stream is not None:
            file.mux(stream.encode(None))


def _stream(file: Any, picture: Array, base: Fraction, look: dict[str, Any], options: dict[str, str] | None) -> Any:
    fast = {"preset": "ultrafast", "g": "12"} if look["codec"] == "libx264" else {}
    stream = file.add_stream(
        look["codec"], rate=Fraction(look["fps"]).limit_denominator(1001), options={**fast, **(options or {})}
    )
    context = stream.codec_context
    context.height, context.width = picture.shape[:2]
    context.pix_fmt, context.time_base, context.thread_count = look["pix_fmt"], base, 1
    if look["rotation"]:
        stream.set_display_rotation(look["rotation"])
    return stream


def damage(path: str | Path, out: str | Path, *, flips: int = 0, keep: float = 1.0, skip: int = 0, seed: int = 0) -> Path:
    """Copy a file and hurt the copy.

    Args:
        path: the whole file.
        out: the copy.
        flips: so many bits are turned over.
        keep: share of the bytes that are kept, from the front.
        skip: bytes at the front that no flip touches.
        seed: of the flips.
    """
    data = np.frombuffer(Path(path).read_bytes(), np.uint8).copy()
    data = data[: int(len(data) * keep)]
    if flips:
        rng = np.random.default_rng(seed)
        where = rng.integers(skip, len(data), flips)
        np.bitwise_xor.at(data, where, (1 << rng.integers(0, 8, flips)).astype(np.uint8))
    Path(out).write_bytes(data.tobytes())
    return Path(out)

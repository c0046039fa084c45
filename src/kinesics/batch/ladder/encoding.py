"""One try: a sample of a shot through H.264 at a size and a quality, and what comes out of it again."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from ...errors import JobError
from ...types import Array
from .sizes import Size
from .spool import Sample

__all__ = ["CRFS", "PRESET", "Coded", "decoded_luma", "encode"]

CRFS = (18, 24, 30, 36, 42)
PRESET = "veryfast"


@dataclass(frozen=True)
class Coded:
    """A sample, encoded.

    Attributes:
        size: (width, height) of the coded pictures.
        crf: constant rate factor, 0 to 51; lower is better.
        header: what a decoder must know first; not counted as rate, a stream has it once.
        packets: one a picture, in decoding order.
        seconds: that they are shown.
    """

    size: Size
    crf: int
    header: bytes
    packets: tuple[bytes, ...]
    seconds: float

    @property
    def bits_per_second(self) -> float:
        """The mean rate."""
        return 8.0 * sum(map(len, self.packets)) / self.seconds


def encode(sample: Sample, crf: int) -> Coded:
    """Encode a sample at its size on one thread, a key frame at the beginning of each stretch; the same bytes every time.

    Raises:
        JobError: the installed av has no libx264.
    """
    from ...video import colour

    context = _encoder(sample.fps, sample.size, crf)
    packets: list[bytes] = []
    n = 0
    for stretch in sample.stretches:
        for i, picture in enumerate(stretch):
            frame = colour.from_planes(sample.store.read(picture.slot))
            frame.pts, frame.time_base = n, context.time_base
            if i == 0:
                frame.pict_type = 1  # I
            packets += map(bytes, context.encode(frame))
            n += 1
    header = bytes(context.extradata or b"")
    packets += map(bytes, context.encode(None))
    return Coded(sample.size, crf, header, tuple(packets), sample.seconds)


def _encoder(fps: float, size: Size, crf: int) -> Any:
    import av
    from av.codec.context import Flags

    try:
        context: Any = av.CodecContext.create("libx264", "w")
    except ValueError:
        raise JobError(
            "a ladder needs libx264; the installed av has none; run: pip install --force-reinstall --only-binary av av"
        ) from None
    rate = Fraction(max(1, round(fps * 1000)), 1000)
    context.width, context.height = size
    context.pix_fmt, context.framerate, context.time_base = "yuv420p", rate, 1 / rate
    context.thread_count, context.gop_size = 1, 1000
    context.options = {"preset": PRESET, "crf": str(crf), "forced-idr": "1"}
    context.flags |= Flags.global_header
    return context


def decoded_luma(coded: Coded) -> Iterator[Array]:
    """(h, w) uint8 brightness of each coded picture, in the order of display."""
    import av

    from ...video import colour

    context: Any = av.CodecContext.create("h264", "r")
    context.extradata, context.thread_count = coded.header, 1
    for data in (*coded.packets, None):
        for frame in context.decode(av.Packet(data) if data is not None else None):
            yield colour.view(frame.planes[0])

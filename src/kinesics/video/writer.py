"""Frames into a video file that plays everywhere, at their own times."""

from __future__ import annotations

import contextlib
import os
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
from av.error import FFmpegError

from ..errors import ShapeError, SinkError, UsageError
from ..types import Array
from . import colour
from .canvas import check_picture, opaque
from .marks import comment_text
from .paths import check_place, shown

Picture = Array | tuple[Array, Array, Array]

TICKS = 120_000  # a second in the finest times: exact for 24, 25, 30, 50, 60 and their NTSC brothers
# Constant quantiser without look-ahead: at equal size as good as the preset's own constant quality for a fifth less time.
ENCODERS: dict[str, tuple[tuple[str, dict[str, str], int], ...]] = {
    ".mp4": (
        ("libx264", {"preset": "ultrafast", "qp": "23"}, TICKS),
        ("libopenh264", {"allow_skip_frames": "0"}, TICKS),
        ("mpeg4", {}, TICKS // 2),
    ),
    ".webm": (
        ("libvpx", {"deadline": "realtime", "cpu-used": "16"}, 1000),
        ("libvpx-vp9", {"deadline": "realtime", "cpu-used": "8"}, 1000),
    ),
}
ALPHA_ENCODERS = {".webm": (("libvpx-vp9", {"deadline": "realtime", "cpu-used": "8", "auto-alt-ref": "0"}, 1000),)}
# Fragments while it is written, so that a killed writer leaves what it wrote; an ordinary index when it is closed.
_CONTAINER = {
    ".mp4": {"movflags": "hybrid_fragmented+empty_moov+frag_keyframe", "frag_duration": "1000000", "flush_packets": "1"},
    ".webm": {"cluster_time_limit": "1000", "flush_packets": "1"},
}


class VideoWriter:
    """Write pictures with their times to .mp4 (H.264) or .webm (VP8, with alpha VP9).

    The first picture fixes the size; an odd width or height is made even by repeating the last column or row. Later pictures of
    another size are fitted into it between black bars. The file appears with the first picture; it can be played at any moment
    after, also when the process is killed, up to about its last second. The file's time begins with its first picture.

    Args:
        path: where to; the ending decides the format.
        source: refuse to write over this file (the one that is being read).
        threads: of the encoder; one costs the least CPU in all.
        alpha: keep transparency, .webm only; pictures may be RGBA then.
        generated: the file says that its pictures were made and not filmed (see `read_marks`).
        comment: what else the file says of itself.

    Raises:
        SinkError: it cannot be written there.
        UsageError: the name ends in something else, or in .mp4 with `alpha`.
    """

    def __init__(
        self,
        path: str | Path,
        *,
        source: str | Path | int | None = None,
        threads: int = 1,
        alpha: bool = False,
        generated: bool = False,
        comment: str = "",
    ) -> None:
        self.path = Path(path)
        self.suffix = self.path.suffix.lower()
        if self.suffix not in ENCODERS:
            raise UsageError(f"{shown(path)}: a video's name must end in {' or '.join(ENCODERS)}")
        if alpha and self.suffix not in ALPHA_ENCODERS:
            raise UsageError(f"{shown(path)}: {self.suffix} holds no transparency; choose .webm, .gif, .apng or a folder")
        self.threads, self.alpha, self.generated = threads, alpha, generated
        self.comment = comment_text(generated, comment)
        self.written = 0
        self.size: tuple[int, int] | None = None
        self._file: Any = None
        self._stream: Any = None
        self._last = -1
        self._start: float | None = None
        self._closed = False
        check_place(self.path, source)

    def write(self, picture: Picture, time: float) -> None:
        """Add one picture.

        Args:
            picture: (h, w, 3) uint8 RGB, with alpha also (h, w, 4) straight RGBA; or its planes (y (h, w), u (h/2, w/2),
                v (h/2, w/2)) as `Frame.planes` gives them, which are encoded without any conversion.
            time: seconds, later than that of the picture before (else it is put one tick after it).
        """
        if self._closed:
            raise SinkError(f"{shown(self.path)}: the writer is closed")
        frame = self._frame(picture)
        if not abs(time) < 1e9:
            raise UsageError(f"{shown(self.path)}: expected a time in seconds, got {time}")
        try:
            if self._file is None:
                self._open(frame.width, frame.height)
            base = self._stream.codec_context.time_base
            self._start = time if self._start is None else self._start
            self._last = max(round((time - self._start) / base), self._last + 1)
            frame.pts, frame.time_base = self._last, base
            self._file.mux(self._stream.encode(frame))
        except (FFmpegError, OSError) as error:
            self._give_up(error)
        self.written += 1

    def close(self) -> None:
        """Finish the file; twice is fine. Without a picture there is no file."""
        if self._closed:
            return
        self._closed = True
        if self._file is None:
            return
        try:
            self._file.mux(self._stream.encode(None))
            self._file.close()
        except (FFmpegError, OSError) as error:
            self._give_up(error)

    def discard(self) -> None:
        """Close and remove what was written."""
        file, self._file, self._closed = self._file, None, True
        if file is not None:
            with contextlib.suppress(FFmpegError, OSError):
                file.close()
            with contextlib.suppress(OSError):
                self.path.unlink()

    def __enter__(self) -> VideoWriter:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is not None and issubclass(kind, SinkError):
            return
        self.close()

    def _open(self, width: int, height: int) -> None:
        choices = (ALPHA_ENCODERS if self.alpha else ENCODERS)[self.suffix]
        known = next((choice for choice in choices if _known(choice[0])), None)
        if known is None:
            raise SinkError(f"{shown(self.path)}: the installed av has no encoder for it; expected {choices[0][0]}")
        name, options, ticks = known
        self._file = av.open("file:" + os.path.abspath(self.path), "w", format=self.suffix[1:], options=_CONTAINER[self.suffix])
        if self.comment:
            self._file.metadata.update(comment=self.comment, **({"title": "Generated video"} if self.generated else {}))
        self._stream = self._file.add_stream(name, rate=Fraction(30), options=options)
        context = self._stream.codec_context
        context.width, context.height, context.pix_fmt = width, height, "yuva420p" if self.alpha else "yuv420p"
        context.time_base = self._stream.time_base = Fraction(1, ticks)
        context.thread_count = self.threads
        context.color_range = 1
        matrix = colour.matrix_of(width, height)
        context.colorspace = context.color_primaries = context.color_trc = matrix
        if name != "libx264":
            context.bit_rate = max(500_000, int(width * height * 3.4))
        context.gop_size = 250
        self._file.start_encoding()
        self.size = (width, height)

    def _frame(self, picture: Picture) -> av.VideoFrame:
        if isinstance(picture, tuple):
            height, width = _check_planes(picture).shape
        else:
            height, width = check_picture(picture, self.alpha).shape[:2]
        other = self.size is not None and (width + width % 2, height + height % 2) != self.size
        if isinstance(picture, tuple):
            if not (other or self.alpha):
                return colour.from_planes(picture)
            picture = colour.planes_to_rgb(picture)
        if other and self.size is not None:
            picture = colour.fit(opaque(picture) if self.alpha else picture, self.size)
        return colour.from_rgba(opaque(picture)) if self.alpha else colour.from_rgb(picture)

    def _give_up(self, error: Exception) -> None:
        """Close what is there and raise one line; a file that holds no picture at all is removed."""
        self._closed = True
        file, self._file = self._file, None
        if file is not None:
            with contextlib.suppress(FFmpegError, OSError):
                file.close()
        kept = _plays(self.path)
        if not kept and file is not None:
            with contextlib.suppress(OSError):
                self.path.unlink()
        reason = (getattr(error, "strerror", None) or str(error)).lower()
        rest = "; the beginning is kept" if kept else ""
        raise SinkError(f"{shown(self.path)}: cannot be written ({reason}) after {self.written} frames{rest}") from None


def _known(encoder: str) -> bool:
    """Whether the installed library has this encoder."""
    try:
        return bool(av.codec.Codec(encoder, "w").is_encoder)
    except ValueError:
        return False


def _plays(path: Path) -> bool:
    """Whether at least one whole picture can be read from the file."""
    try:
        with av.open("file:" + os.path.abspath(path)) as file:
            return not next(file.decode(video=0)).is_corrupt
    except (FFmpegError, OSError, ValueError, IndexError, StopIteration):
        return False


def _check_planes(planes: tuple[Array, Array, Array]) -> Array:
    y = planes[0]
    half = ((y.shape[0] + 1) // 2, (y.shape[1] + 1) // 2)
    if len(planes) != 3 or any(p.dtype != np.uint8 for p in planes) or not y.size or any(p.shape != half for p in planes[1:]):
        raise ShapeError(f"write: expected uint8 planes of 4:2:0, got {[p.shape for p in planes]}")
    return y

"""One opened container: which of its streams is the video, and its packets decoded one by one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import av
from av.error import EOFError as EndOfFile
from av.error import ExitError, FFmpegError, InvalidDataError

from ..errors import SourceError

VIDEO_PIXELS = 36_000_000
STUBBORN = 200  # so many errors in a row, without a packet between them, and the container is given up
UNTIMED = frozenset({"mpjpeg", "mjpeg"})  # have no times
# Readers that follow names to other files or addresses, or take any text for a picture.
REFUSED = frozenset(
    "hls applehttp concat dash webm_dash_manifest imf sdp rtp rtsp lavfi image2 ffmetadata "
    "tty bin xbin adf idf rawvideo".split()
)


class Reel:
    """An open container and the pictures of its video stream.

    Args:
        where: a path with its protocol, an address, or an object with `read`.
        name: what to call it in errors.
        pixel_limit: refuse larger pictures before they are decoded.
        threads: of the decoder.
        protocols: what the container may open besides.
        trusted: allow playlists, whose parts are fetched through `protocols`.
        more: further options of `av.open`.
    """

    def __init__(
        self,
        where: Any,
        *,
        name: str,
        pixel_limit: int | None,
        threads: int,
        protocols: str,
        trusted: bool = False,
        options: dict[str, str] | None = None,
        **more: Any,
    ) -> None:
        self.name, self.limit = name, pixel_limit or VIDEO_PIXELS
        options = {"protocol_whitelist": protocols, "max_pixels": str(self.limit), **(options or {})}
        self.container = av.open(where, options=options, **more)
        self.packets = self.faults = self.corrupt = 0
        self.end: float | None = None
        self.cut: str | None = None
        try:
            if not trusted and set(self.container.format.name.split(",")) & REFUSED:
                raise SourceError(
                    f"{name}: not a video or picture that can be read (it passes for {self.container.format.name})"
                )
            self.stream, self.others = _video(self.container, name)
            self._check_size()
        except BaseException:
            self.container.close()
            raise
        context = self.stream.codec_context
        context.thread_count, context.thread_type = threads, "AUTO"
        context.options = {"max_pixels": str(self.limit)}

    @property
    def untimed(self) -> bool:
        """The container has no times of its own: FFmpeg makes them up, 25 frames a second."""
        return bool(self.container.format.name in UNTIMED)

    def _check_size(self) -> None:
        width, height = self.stream.codec_context.width, self.stream.codec_context.height
        if width * height > self.limit:
            raise SourceError(
                f"{self.name}: {width}x{height} is more than {self.limit / 1e6:g} million pixels a frame; "
                f"raise pixel_limit above {width * height} if you trust it"
            )

    @property
    def fps(self) -> float | None:
        """Nominal frames per second."""
        rate = self.stream.average_rate or self.stream.guessed_rate
        return float(rate) if rate and 0 < rate <= 1000 else None

    @property
    def duration(self) -> float | None:
        """Seconds, as the container claims."""
        if self.stream.duration and self.stream.time_base:
            return float(self.stream.duration * self.stream.time_base)
        return self.container.duration / av.time_base if self.container.duration else None

    def pictures(self) -> Iterator[av.VideoFrame]:
        """Decoded pictures in the order they are shown; damage is counted, and what can be decoded after it still comes."""
        for packet in self._demux():
            try:
                found = self.stream.codec_context.decode(packet)
            except EndOfFile:
                continue
            except FFmpegError as error:
                if isinstance(error, MemoryError | TimeoutError):
                    raise
                self.faults += 1
                continue
            for picture in found:
                if isinstance(picture, av.VideoFrame):
                    self.corrupt += picture.is_corrupt
                    yield picture

    def _demux(self) -> Iterator[av.Packet[Any] | None]:
        bad = 0
        while bad <= STUBBORN:
            try:
                for packet in self.container.demux(self.stream):
                    if packet.size:
                        bad = 0
                        self._count(packet)
                    yield packet
                return
            except InvalidDataError as error:
                bad, self.cut = bad + 1, str(error.strerror or error)
            except IndexError:  # a packet of a stream that was not there at the start: not ours
                bad += 1
        yield None  # what the decoder still holds

    def _count(self, packet: av.Packet[Any]) -> None:
        self.packets += 1
        if packet.pts is not None and packet.time_base:
            end = float((packet.pts + (packet.duration or 0)) * packet.time_base)
            self.end = end if self.end is None else max(self.end, end)

    def close(self) -> None:
        """Let go of the file or connection."""
        self.container.close()


def _video(container: Any, name: str) -> tuple[Any, int]:
    """The video stream to read and how many others there are: no cover art, the default one first, then the largest."""
    found = list(container.streams.video)
    moving = [s for s in found if not s.disposition & type(s.disposition).attached_pic]
    if not moving:
        sound = "only sound" if container.streams.audio else "nothing to see"
        cover = " and a cover picture" if found else ""
        raise SourceError(f"{name}: no video stream, {sound}{cover} in it")
    known = [s for s in moving if s.codec_context is not None]
    if not known:
        raise SourceError(f"{name}: no decoder for its video")
    best = max(
        known,
        key=lambda s: (
            bool(s.disposition & type(s.disposition).default),
            s.codec_context.width * s.codec_context.height,
            -s.index,
        ),
    )
    return best, len(moving) - 1


def reason(error: Exception) -> str:
    """Why the library failed, in a few words and without names or addresses."""
    if isinstance(error, ExitError):
        return "no data in time"
    return str(getattr(error, "strerror", None) or error or type(error).__name__).lower()

"""Cameras of this machine, by their number."""

from __future__ import annotations

import errno
import sys
from pathlib import Path
from typing import Any

from av.error import FFmpegError

from ..errors import SourceError
from .live import open_live
from .reel import Reel, reason
from .source import Source


def open_camera(
    number: int,
    *,
    timeout: float,
    max_wait: float | None,
    patient: bool,
    seed: int,
    **options: Any,
) -> Source:
    """The live source of camera `number`: V4L2 on Linux, AVFoundation on macOS; see `open_source`."""
    name = f"camera {number}"
    if sys.platform == "darwin":
        device, reader = str(number), "avfoundation"
    elif sys.platform.startswith("linux"):
        device, reader = f"/dev/video{number}", "v4l2"
    else:
        raise SourceError(f"{name}: numbers name cameras on Linux and macOS only; give an address or a file")

    def connect() -> Reel:
        if reader == "v4l2" and not Path(device).exists():
            there = ", ".join(sorted(p.name.removeprefix("video") for p in Path("/dev").glob("video[0-9]*")))
            raise SourceError(
                f"{name}: there is no {device}; " + (f"cameras here: {there}" if there else "no camera is connected")
            )
        try:
            return Reel(
                device, name=name, protocols="file", format=reader, timeout=(5 * timeout, timeout), trusted=True, **options
            )
        except (FFmpegError, OSError) as error:
            if isinstance(error, SourceError):
                raise
            raise SourceError(f"{name}: {why(error, device)}") from None

    return open_live(connect, name, max_wait=max_wait, patient=patient, seed=seed)


def why(error: OSError | FFmpegError, device: str) -> str:
    """What an error of a camera means and what to do."""
    code = getattr(error, "errno", None)
    if code == errno.EBUSY:
        return f"{device} is busy: another program uses it; close that first"
    if code in (errno.EACCES, errno.EPERM):
        return f"no permission for {device}; add yourself to the group video and log in again"
    return f"{device} gives no video ({reason(error)})"

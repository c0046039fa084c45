"""VMAF (Li et al., Netflix 2016), where the program is there that computes it: the ffmpeg that `imageio-ffmpeg` brings."""

from __future__ import annotations

import functools
import importlib
import re
import subprocess
import tempfile
from pathlib import Path
from typing import IO

import numpy as np

from ...errors import JobError
from .encoding import Coded
from .spool import Sample

__all__ = ["Vmaf", "find_vmaf"]

LEAST = 64  # lines under which VMAF says nothing sensible
EVERY = 5  # of so many pictures one is compared, as many as SSIM looks at
PATIENCE = 600.0  # seconds for one try


@functools.cache
def find_vmaf() -> str | None:
    """The program's path; None where there is none that can do VMAF. Nothing is downloaded."""
    try:
        exe = str(importlib.import_module("imageio_ffmpeg").get_ffmpeg_exe())
        found = subprocess.run([exe, "-hide_banner", "-filters"], capture_output=True, text=True, timeout=30, check=False)
    except (ImportError, OSError, RuntimeError, subprocess.SubprocessError):
        return None
    return exe if " libvmaf " in found.stdout and Path("/dev/fd").exists() else None


class Vmaf:
    """Holds a shot's pictures in a file without a name and lets the program compare tries to it, one process a try."""

    measure = "vmaf"

    def __init__(self, sample: Sample, exe: str) -> None:
        self.sample, self.exe = sample, exe
        self._source: IO[bytes] = tempfile.TemporaryFile(prefix="kinesics-")
        for slot in sample.slots:
            for plane in sample.store.read(slot):
                self._source.write(np.ascontiguousarray(plane).data)

    def __call__(self, coded: Coded) -> float:
        """0 to 100, to three digits.

        Raises:
            JobError: the program fails.
        """
        with tempfile.TemporaryFile(prefix="kinesics-") as tried:
            tried.write(coded.header + b"".join(coded.packets))
            for file in (tried, self._source):
                file.flush()
                file.seek(0)
            return self._compare(tried.fileno(), self._source.fileno())

    def _compare(self, tried: int, source: int) -> float:
        width, height = self.sample.size
        every = EVERY if len(self.sample.slots) > 40 else 1
        graph = (
            f"[0:v]setpts=N/25/TB,scale={width}:{height}:flags=bicubic[a];[1:v]setpts=N/25/TB[b];"
            f"[a][b]libvmaf=n_threads=1:n_subsample={every}"
        )
        raw = ["-f", "rawvideo", "-pix_fmt", "yuv420p", "-video_size", f"{width}x{height}"]
        inputs = ["-f", "h264", "-i", f"file:/dev/fd/{tried}", *raw, "-i", f"file:/dev/fd/{source}"]
        command = [self.exe, "-hide_banner", "-nostdin", "-threads", "1", *inputs, "-lavfi", graph, "-f", "null", "-"]
        try:
            given = {"capture_output": True, "pass_fds": (tried, source), "timeout": PATIENCE, "check": False}
            done = subprocess.run(command, **given)  # type: ignore[call-overload]
        except (OSError, subprocess.SubprocessError) as error:
            raise JobError(f"VMAF could not be measured: {error}") from None
        words = done.stderr.decode("utf-8", "replace")
        said = re.search(r"VMAF score: *([0-9.]+)", words)
        if done.returncode or said is None:
            raise JobError(f"VMAF could not be measured: {(words.strip().splitlines() or ['no answer'])[-1]}")
        return round(float(said[1]), 3)

    def close(self) -> None:
        """Give the file back."""
        self._source.close()

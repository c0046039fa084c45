"""How much memory a process occupies and ever did, as its system tells; and how a long-lived one keeps it small."""

from __future__ import annotations

import gc
import sys
from pathlib import Path

__all__ = ["peak_mb", "resident_mb", "settle"]


def resident_mb(pid: int | None = None) -> float:
    """Megabytes that a process occupies now, None for this one; 0 when it is gone or the system does not say."""
    return _told("self" if pid is None else pid, "VmRSS") or 0.0


def peak_mb() -> float | None:
    """The most megabytes that this process ever occupied; None where nobody counts.

    Linux counts for `getrusage` also what the process that started this one occupied then, so that it is not asked there.
    """
    most = _told("self", "VmHWM")
    if most is not None:
        return most
    try:
        import resource
    except ImportError:  # not on Windows
        return None
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1e6 if sys.platform == "darwin" else 1e3), 1)


def settle() -> None:
    """Leave what is there by now out of Python's search for circles: those of pictures to come are then found soon."""
    gc.collect()
    gc.freeze()
    gc.collect()


def _told(pid: int | str, name: str) -> float | None:
    """A line of the kernel's about a process; None where there is none."""
    try:
        lines = Path(f"/proc/{pid}/status").read_bytes().splitlines()
    except OSError:
        return None
    found = [line.split()[1] for line in lines if line.startswith(name.encode() + b":")]  # a process that has ended has none
    return round(int(found[0]) * 1024 / 1e6, 1) if found else None

"""Where a number comes from: machine, versions, weights, command."""

from __future__ import annotations

import os
import platform
import shlex
import sys
from collections.abc import Iterable
from importlib import metadata
from pathlib import Path
from typing import Any

__all__ = ["machine", "provenance", "versions"]

PACKAGES = ("ai-edge-litert", "onnxruntime", "numpy", "scipy", "opencv-python-headless", "av", "torch")


def provenance(weights: Iterable[str] = (), command: str | None = None) -> dict[str, Any]:
    """What every measurement carries.

    Args:
        weights: names of the pretrained files that were used.
        command: how to measure again; the command line of this process if not given.

    Returns:
        {"machine": {...}, "versions": {...}, "weights": {name: sha256}, "command": str}.
    """
    return {"machine": machine(), "versions": versions(), "weights": _hashes(weights), "command": command or _command()}


def _command() -> str:
    name = Path(sys.argv[0]).name
    return shlex.join(["kinesics" if name == "__main__.py" else name, *sys.argv[1:]])


def _hashes(names: Iterable[str]) -> dict[str, str]:
    from ..weights import verify

    wanted = set(names)
    return {name: row["sha256"] for name, row in verify().items() if name in wanted} if wanted else {}


def machine() -> dict[str, Any]:
    """The processor, the cores this process may use, the memory in GB, the system."""
    return {
        "cpu": _cpu(),
        "cores": len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count(),
        "memory_gb": _memory(),
        "os": f"{platform.system()} {platform.release()}",
    }


def _cpu() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text("utf-8").splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    return next((line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")), platform.machine())


def _memory() -> float | None:
    try:
        return round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9, 1)
    except (AttributeError, OSError, ValueError):
        return None


def versions() -> dict[str, str]:
    """Of this package, Python and the packages that decide speed and accuracy."""
    found = {"python": platform.python_version()}
    for name in ("kinesics", *PACKAGES):
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            found[name] = "absent"
    return found

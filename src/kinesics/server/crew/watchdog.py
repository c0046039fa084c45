"""Notices workers that live but do nothing: silent ones, those that keep a turn, those that grow without end."""

from __future__ import annotations

from .hired import Hired

__all__ = ["HELD", "HELD_FIRST", "MEMORY", "SILENT", "overdue"]

SILENT = 5.0  # seconds without a beat
HELD, HELD_FIRST = 10.0, 30.0  # seconds with a turn; the first look at a stream may take longer
MEMORY = 3000.0  # megabytes


def overdue(worker: Hired, since: float | None, *, young: bool, now: float) -> str:
    """Why a worker must be replaced; empty if it need not be.

    Args:
        worker: one that is not warm yet is left alone, as is one that nobody listens to at present.
        since: when it got the turn that it holds; None if it holds none.
        young: it has not looked at anything yet, which takes longer.
        now: monotonic seconds, as all times here.
    """
    if worker.ready is None or worker.patient or not worker.alive:
        return ""
    if now - worker.heard_at > SILENT:
        return f"it was silent for {now - worker.heard_at:.1f} s"
    if since is not None and now - since > (HELD_FIRST if young else HELD):
        return f"it looked at one frame for {now - since:.1f} s"
    if worker.memory_mb() > MEMORY:
        return f"it took more than {MEMORY:.0f} MB of memory"
    return ""

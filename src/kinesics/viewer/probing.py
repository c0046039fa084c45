"""Finds out what the tiers cost while the first pictures are drawn at T0."""

from __future__ import annotations

import threading
from typing import Any

from .costs import cost_key, probe_costs, read_costs, write_costs
from .crew import Crew

__all__ = ["Prober"]


class Prober:
    """Warms every tier up and tells the crew's pacer their costs: those of an earlier start, or what it measures.

    Args:
        crew: whose artist and pacer it is about.
        inline: probe in the caller's thread instead of one of its own.

    Attributes:
        error: what went wrong; None if nothing did.
    """

    def __init__(self, crew: Crew, *, inline: bool = False) -> None:
        self.crew, self.inline = crew, inline
        self._stopped = threading.Event()
        self._thread: threading.Thread | None = None
        self._begun = False
        self.error: BaseException | None = None

    def begin(self, brief: Any) -> None:
        """Start with this brief; later calls do nothing."""
        if self._begun:
            return
        self._begun = True
        if self.inline:
            self._probe(brief)
        else:
            self._thread = threading.Thread(target=self._probe, args=(brief,), name="kinesics-probe", daemon=True)
            self._thread.start()

    def close(self) -> None:
        """Stop after the picture that is being drawn."""
        self._stopped.set()
        if self._thread is not None:
            self._thread.join()

    def _probe(self, brief: Any) -> None:
        try:
            self._tell(brief)
        except BaseException as error:  # it belongs to whoever wants pictures
            self.error = error

    def _tell(self, brief: Any) -> None:
        artist, pacer = self.crew.artist, self.crew.pacer
        tiers = len(artist.tiers)
        key = cost_key(getattr(getattr(artist, "person", None), "nets", {}), [tiers, pacer.workers])
        table = read_costs(key, tiers)
        drawings = {} if table is None else {"drawings": 1}  # warm up at least: a net's first picture is no measure
        found = probe_costs(
            lambda tier: artist.draw(brief, tier), tiers, clock=self.crew.clock, stopped=self._stopped.is_set, **drawings
        )
        if found is None:
            return
        if table is None:
            write_costs(key, found)
        with self.crew.lock:
            pacer.know(found if table is None else table)

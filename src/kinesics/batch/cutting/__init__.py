"""Where one shot ends and the next begins: hard cuts, fades through one colour, dissolves. Stills have one shot."""

from __future__ import annotations

from .cutter import LAG, Cutter

__all__ = ["LAG", "Cutter"]

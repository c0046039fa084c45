"""Bitrate ladders: per shot, which sizes at which rates are worth having.

One ladder for all films wastes bits on easy pictures and starves hard ones, so each shot is tried out: encoded at several sizes
and qualities, decoded, scaled back and held against the source; what no other try beats in both rate and likeness is the
frontier, and the ladder's steps are taken from it ("Per-Title Encode Optimization", Netflix 2015; "Dynamic Optimizer", Netflix
2018, which does so per shot).
"""

from __future__ import annotations

from .curve import Curve, fit_curve, knee_rate
from .drawing import ladder_svg
from .frontier import choose_steps, find_frontier
from .spool import Sample, Spool
from .trying import try_out

__all__ = ["Curve", "Sample", "Spool", "choose_steps", "find_frontier", "fit_curve", "knee_rate", "ladder_svg", "try_out"]

"""Postures out of the box: standing, sitting, walking, waving … from joint geometry, with stated thresholds, no training."""

from __future__ import annotations

from .live import Postures
from .rules import Rule, load_rules

__all__ = ["Postures", "Rule", "load_rules"]

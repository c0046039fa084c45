"""People to the same people with ids."""

from __future__ import annotations

from .tracker import Tracker

__all__ = ["Tracker"]

"""Where the faces of a picture are."""

from __future__ import annotations

__all__ = ["FaceFinder"]


class FaceFinder:
    """Faces."""

"""Who people are called, by what was read off their faces over a whole video."""

from __future__ import annotations

from ..types import Scene

__all__ = ["FaceNames"]


class FaceNames:
    """Takes scenes and keeps the name that was surest for longest."""

    def __init__(self) -> None:
        self._sums: dict[int, dict[str, float]] = {}

    def add(self, scene: Scene) -> None:
        """Take one more scene's faces."""
        for face in scene.faces:
            name, person = face.get("name"), int(face.get("person", -1))
            if name and name != "unknown" and person >= 0:
                sums = self._sums.setdefault(person, {})
                sums[name] = sums.get(name, 0.0) + float(face.get("name_score") or 0.0)

    def of(self, person: int) -> str:
        """The name of a person's id; "" if none is known."""
        sums = self._sums.get(person)
        return max(sums, key=lambda name: sums[name]) if sums else ""

    def __bool__(self) -> bool:
        return bool(self._sums)

"""Who is there: Scenes, as rows."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ...types import Frame, Scene
    from ..config import Config
    from . import Clip, Shot

__all__ = ["People"]


class People:
    """Keeps each Scene as rows of `formats.table`; each frame names its skeleton itself."""

    scenes, faces, shots = True, False, False

    def __init__(self, clip: Clip, config: Config) -> None:
        from ...formats.table import schema

        self._shape = schema(None)
        self._rows: list[Any] = []

    def frame(self, frame: Frame) -> None:
        """Nothing: it waits for the Scene."""

    def scene(self, scene: Scene) -> None:
        """Keep it."""
        from ...formats.table import to_rows

        self._rows.extend(to_rows(dataclasses.replace(scene, timing={}), None))  # times would differ from run to run

    def shot(self, shot: Shot) -> None:
        """Nothing."""

    def end(self) -> None:
        """Nothing."""

    def rows(self) -> Any:
        """All rows since the last time, as a StructArray."""
        from ...formats.table import to_batch

        rows, self._rows = self._rows, []
        return to_batch(rows, self._shape).to_struct_array()

"""Movements, to be found by an example: a row for each window of each person's."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ...types import Frame, Scene
    from ..config import Config
    from . import Clip, Shot

__all__ = ["Search"]


class Search:
    """Embeds what each person does, window by window, see `movements.py`; `batch.search` compares them."""

    scenes, faces, shots = True, False, False

    def __init__(self, clip: Clip, config: Config) -> None:
        from ...actions.motion_embedding import shipped_embedding
        from ..movements import Movements

        self._movements = Movements(shipped_embedding(2))
        self._rows: list[dict[str, Any]] = []

    def frame(self, frame: Frame) -> None:
        """Nothing: it waits for the Scene."""

    def scene(self, scene: Scene) -> None:
        """Take who is there."""
        self._rows += self._movements.push(scene.people, scene.time, scene.epoch)

    def shot(self, shot: Shot) -> None:
        """Nothing: a cut is a new epoch."""

    def end(self) -> None:
        """Give the windows of those who are still there."""
        self._rows += self._movements.end()

    def rows(self) -> list[dict[str, Any]]:
        """Rows since the last time."""
        rows, self._rows = self._rows, []
        return rows

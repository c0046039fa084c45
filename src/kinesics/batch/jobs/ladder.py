"""Per shot, which bitrates at which sizes are worth having: a row a try."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ...types import Frame, Scene
    from ..config import Config
    from . import Clip, Shot

__all__ = ["Ladder"]


class Ladder:
    """Keeps up to four seconds of each shot aside, and tries them out when it has ended. A single picture has no ladder."""

    scenes, faces, shots = False, False, True

    def __init__(self, clip: Clip, config: Config) -> None:
        from ..ladder import Spool

        self._still = clip.still
        self._spool = Spool()
        self._rows: list[dict[str, Any]] = []

    def frame(self, frame: Frame) -> None:
        """Keep it, if it is among those that will be tried."""
        if not self._still:
            self._spool.add(frame)

    def scene(self, scene: Scene) -> None:
        """Nothing."""

    def shot(self, shot: Shot) -> None:
        """Try it out."""
        if self._still:
            return
        from ..ladder import try_out

        facts = {"shot": shot.index, "start": shot.start, "end": shot.end}
        self._rows += [{**facts, **row} for row in try_out(self._spool.sample(shot.start, shot.end))]
        self._spool.forget(shot.end)

    def end(self) -> None:
        """Give the files back."""
        self._spool.close()

    def rows(self) -> list[dict[str, Any]]:
        """Rows since the last time."""
        rows, self._rows = self._rows, []
        return rows

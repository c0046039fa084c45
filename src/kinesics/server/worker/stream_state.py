"""How a stream is doing, told on each change and once a second; changes are events."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import msgspec

from ..events import Event
from ..guard.secrets_out import without_secrets
from ..settings import DEMO, StreamSettings

if TYPE_CHECKING:
    from .feeding import Feed
    from .sourcing import Sourcing

__all__ = ["StreamState"]

SILENT = 2.0  # seconds without a frame after which a live source counts as stalled …
FEW = 3.0  # … or so many pauses between two frames, if that is longer
EVERY = 1.0  # seconds between two tellings


class StreamState:
    """Watches a stream.

    Args:
        id: of the stream.
        settings: of the stream.
        feed, sourcing: what is watched.
        notes: remarks about the stream.
        say: tells the service.

    Attributes:
        epoch: of the newest scene.
        looked: frames of which a scene was told.
        size: (width, height) of the newest scene, None before there is one.
    """

    def __init__(
        self, id: str, settings: StreamSettings, feed: Feed, sourcing: Sourcing, notes: list[str], say: Callable[..., None]
    ) -> None:
        self.id, self.settings, self.epoch, self.looked = id, settings, feed.epoch, 0
        self.size: tuple[int, int] | None = None
        self._feed, self._sourcing, self._notes, self._say = feed, sourcing, notes, say
        self._turn = threading.Lock()
        self._state, self._error, self._told, self._connected = "", "", 0.0, False

    def check(self) -> None:
        """Tell it if it changed, or if it was not told for a second."""
        with self._turn:
            if self._state in ("ended", "failed"):
                state, error = self._state, self._error
            else:
                state, error = self._now()
            self._tell(state, error)

    def end(self, state: str, error: str = "") -> None:
        """It has "ended" or "failed"."""
        with self._turn:
            self._tell(state, error)

    def _now(self) -> tuple[str, str]:
        """The state by what came lately, and what is wrong."""
        feed, trouble = self._feed, self._sourcing.trouble
        if trouble:
            return "waiting", trouble
        if feed.newest is None:
            return "starting", ""
        fps = getattr(self._sourcing.source, "fps", None)
        patience = max(SILENT, FEW / fps if fps else 0.0)
        if feed.live and time.monotonic() - feed.newest > patience:
            return "waiting", f"no frame for {time.monotonic() - feed.newest:.0f} s"
        return "running", ""

    def _tell(self, state: str, error: str) -> None:
        changed = state != self._state
        now = time.monotonic()
        if not changed and now - self._told < EVERY:
            return
        self._state, self._error, self._told = state, error, now
        if changed:
            self._happened(state, error)
        source = self._sourcing.source
        self._say(
            "state",
            state=state,
            error=error,
            source=without_secrets(self.settings.source) if source is None or self.settings.source == DEMO else source.name,
            size=self.size or (None if source is None else source.size),
            fps=None if source is None else source.fps,
            epoch=self.epoch,
            notes=[*self._notes, *([] if source is None else source.notes[-10:])],
            frames=self._feed.came,
            looked=self.looked,
        )

    def _happened(self, state: str, error: str) -> None:
        """The change as an event, if it is one: silence alone is none, see `Stream.look_after`."""
        if state == "waiting" and self._connected and self._sourcing.trouble:
            label, self._connected = "lost", False
        elif state == "running" and not self._connected:
            label, self._connected = "connected", True
        elif state in ("ended", "failed"):
            label = state
        else:
            return
        data: dict[str, Any] = {"error": error} if error else {}
        event = Event(time.time(), self.id, "stream", label=label, epoch=self.epoch, data=data)
        self._say("events", events=[msgspec.to_builtins(event)])

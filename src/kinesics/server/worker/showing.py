"""What may be seen of a stream beside its metadata: its pictures, small and redacted, and a figure that moves like somebody."""

from __future__ import annotations

from collections.abc import Callable, Generator
from typing import TYPE_CHECKING

from ...errors import KinesicsError, SinkError
from ..settings import StreamSettings

if TYPE_CHECKING:
    from ...types import Array, Scene
    from .figure import Figure

__all__ = ["Showing"]

LONGEST = 960  # pixels of the longer side of a picture that is shown
QUALITY = 75
HOLD = 1.0  # seconds that a face which is no longer found stays covered


class Showing:
    """Makes what is shown of each scene; without somebody who looks, and without leave, nothing.

    Args:
        note: takes a line when a picture had to be covered wholly.

    Attributes:
        pictures, figure: somebody looks at these.
    """

    def __init__(self, note: Callable[[str], None]) -> None:
        self.pictures = self.figure = False
        self._note = note
        self._redact: str | None = None
        self._redacting: Generator[Scene] | None = None
        self._scene: Scene | None = None
        self._figure: Figure | None = None
        self._person: str | None = None
        self._stale = False

    def parts(self, scene: Scene, settings: StreamSettings, person: str | None) -> dict[str, bytes]:
        """What is shown of a scene, by name: "picture" and "figure".

        Args:
            scene: with its frame.
            settings: `pixels` must be true for a picture, which is redacted as `redact` says.
            person: path or name of who is driven; None for nobody.
        """
        shown: dict[str, bytes] = {}
        if self.pictures and settings.pixels and scene.frame is not None:
            picture = self._picture(scene, settings.redact)
            if picture is not None:
                shown["picture"] = picture
        else:
            self._stop_redacting()
        if self.figure and person:
            drawn = self._drawn(scene, person)
            if drawn is not None:
                shown["figure"] = drawn
        else:
            self._no_figure()
        return shown

    def _picture(self, scene: Scene, redact: str | None) -> bytes | None:
        if redact is None:
            self._stop_redacting()
            return None if scene.frame is None else jpeg(scene.frame.image)
        try:
            if self._redacting is None or redact != self._redact:
                self._start_redacting(redact)
            self._scene = scene
            covered = next(self._redacting, None) if self._redacting is not None else None
        except KinesicsError as error:  # then nothing is shown
            self._note(f"pictures: {error}")
            self._stop_redacting()
            return None
        return None if covered is None or covered.frame is None else jpeg(covered.frame.image)

    def _start_redacting(self, redact: str) -> None:
        from ...pipeline.redacting import redacted

        self._stop_redacting()
        self._redact = redact
        self._redacting = redacted(self._scenes(), redact, hold=HOLD, ahead=0.0, note=self._note)

    def _stop_redacting(self) -> None:
        if self._redacting is not None:
            self._redacting.close()
        self._redacting, self._scene = None, None

    def _scenes(self) -> Generator[Scene]:
        """The scene of now, each time one is asked for."""
        while self._scene is not None:
            scene, self._scene = self._scene, None
            yield scene

    def renew(self) -> None:
        """The person's file has changed: it is read again."""
        self._stale = True

    def _drawn(self, scene: Scene, person: str) -> bytes | None:
        if self._stale or person != self._person:
            self._no_figure()
            self._stale, self._person = False, person
            self._figure = self._made(person)
        if self._figure is None:
            return None
        drawn = self._figure.draw(scene)
        if self._figure.problem:
            self._note(self._figure.problem)
        return drawn

    def _made(self, person: str) -> Figure | None:
        from .figure import Figure

        try:
            return Figure(person)
        except KinesicsError as error:  # the stream goes on without it
            self._note(f"figure: {error}")
            return None

    def _no_figure(self) -> None:
        if self._figure is not None:
            self._figure.close()
        self._figure, self._person = None, None


def jpeg(image: Array) -> bytes:
    """(h, w, 3) uint8 RGB as JPEG, its longer side at most `LONGEST`.

    Raises:
        SinkError: it cannot be encoded.
    """
    import cv2

    from ...video.scaled import scaled_down

    small = cv2.cvtColor(scaled_down(image, LONGEST), cv2.COLOR_RGB2BGR)
    done, data = cv2.imencode(".jpg", small, [cv2.IMWRITE_JPEG_QUALITY, QUALITY])
    if not done:
        raise SinkError(f"a picture of {image.shape[1]}x{image.shape[0]} cannot be encoded as JPEG")
    return data.tobytes()

"""Questions to a worker that has no stream: one picture, a clip, the library."""

from __future__ import annotations

import functools
import sys
import time
import traceback
from typing import TYPE_CHECKING, Any

from ...errors import KinesicsError, UsageError
from .picture_reading import PictureReading, clip_scenes, options_of

if TYPE_CHECKING:
    from ..library.library import Library
    from ..messages import Message
    from .looking import Say
    from .nets import Nets

__all__ = ["QUESTIONS", "Asking"]

QUESTIONS = ("picture", "clip", "library", "desk")


class Asking:
    """Answers questions, one after the other.

    Args:
        nets: pose models that stay.
        say: tells the service.
        folder: of the library; None: a question brings it as `folder`.
    """

    def __init__(self, nets: Nets, say: Say, folder: str | None = None) -> None:
        self._say, self._folder, self._nets = say, folder, nets
        self._pictures = PictureReading(nets)
        self._library: Library | None = None

    def take(self, message: Message) -> None:
        """Answer a question; whatever goes wrong is an answer too."""
        answer = functools.partial(self._say, "answer", ticket=message.ticket)
        try:
            {"picture": self._picture, "clip": self._clip, "library": self._books, "desk": self._warm}[message.do](message)
        except KinesicsError as error:
            answer(error=" ".join(str(error).split()), kind=type(error).__name__)
        except Exception as error:  # one question that nobody foresaw does not end the desk
            traceback.print_exc(file=sys.stderr)
            answer(error=f"{message.do} failed ({type(error).__name__}); see what the service wrote", kind="JobError")

    def _warm(self, message: Message) -> None:
        """This worker is the desk from now on: have what pictures and learning need at hand."""
        self._pictures.warm()
        if self._folder is not None:
            self._shelf(None).warm()

    def _picture(self, message: Message) -> None:
        from ...formats.encode import encode_scene

        if not message.bodies:
            raise UsageError("a picture: expected the bytes of a file, got nothing")
        began = time.perf_counter()
        scene = self._pictures.read(message.bodies[0], options_of(message.args.get("options") or {}))
        body = encode_scene(scene)
        self._say("answer", body, ticket=message.ticket, size=scene.size, seconds=time.perf_counter() - began)

    def _clip(self, message: Message) -> None:
        from ...formats.encode import encode_scene

        end: dict[str, Any] = {"notes": [], "status": "ok"}
        frames = 0

        def keep(notes: list[str], status: str) -> None:
            end.update(notes=notes, status=status)

        options = options_of(message.args.get("options") or {})
        for scene in clip_scenes(str(message.args.get("path", "")), options, self._nets, keep):
            self._say("answer", encode_scene(scene), ticket=message.ticket, more=True)
            frames += 1
        self._say("answer", ticket=message.ticket, done=True, frames=frames, **end)

    def _books(self, message: Message) -> None:
        args = {name: value for name, value in message.args.items() if name not in ("do", "folder")}
        values, bodies = self._shelf(message.args.get("folder")).answer(str(message.args.get("do", "")), args, message.bodies)
        self._say("answer", *bodies, ticket=message.ticket, **values)

    def _shelf(self, folder: str | None) -> Library:
        from ..library.library import Library

        folder = folder or self._folder
        if folder is None:
            raise UsageError("the library: expected the folder it is kept in")
        if self._library is None or folder != self._folder:
            self._library, self._folder = Library(folder), folder
        return self._library

"""What the service tells a worker about its stream while that runs: taken in the thread that listens, in order."""

from __future__ import annotations

import math
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from ...errors import KinesicsError
from .looking import Looking, Say, settings_of

if TYPE_CHECKING:
    from ..messages import Message

__all__ = ["Directing"]

CHAIN = ("pose", "whole_body", "masks", "faces", "person")  # settings of which a change begins looking anew
MODELS = {"postures": "postures", "model": "taught", "coach": "coach"}


class Directing:
    """Takes the messages about one stream.

    Args:
        looking: the stream.
        say: tells the service.
    """

    def __init__(self, looking: Looking, say: Say) -> None:
        self.looking, self._say, self._practised = looking, say, False
        self._does: dict[str, Callable[[Message], Any]] = {
            "frame": self._frame,
            "go": lambda message: looking.feed.go(),
            "watchers": self._watchers,
            "budget": lambda message: looking.limit(message.args.get("seconds")),
            "change": self._change,
            "teach": self._teach,
            "coach": self._coach,
            "reload": self._reload,
        }

    def take(self, message: Message) -> None:
        """Do what a message says; those nobody knows are ignored. What takes long goes on in a thread of its own."""
        does = self._does.get(message.do)
        if does is None:
            return
        self._answered(does, message, later=message.do in ("change", "reload"))

    def _answered(self, does: Callable[[Message], Any], message: Message, *, later: bool = False) -> None:
        """Do it and answer, if an answer is waited for; `later`: what it has begun answers."""
        try:
            answer, bodies = _parted(does(message))
        except KinesicsError as error:
            words = " ".join(str(error).split())
            if message.ticket:
                self._say("answer", ticket=message.ticket, error=words, kind=type(error).__name__)
            else:
                self.looking.note(f"{message.do}: {words}")
        else:
            if message.ticket and not later:
                self._say("answer", *bodies, ticket=message.ticket, **answer)

    def _practise(self) -> None:
        """Load what recognising needs while the first example is shown."""
        from ..library.practice import practise

        if not self._practised:
            self._practised = True
            threading.Thread(target=practise, name="kinesics-practice", daemon=True).start()

    def _frame(self, message: Message) -> None:
        number, seconds = int(message.args.get("number", 0)), float(message.args.get("time") or 0.0)
        data = message.bodies[0] if message.bodies else b""
        self.looking.feed.put(
            (seconds if math.isfinite(seconds) else 0.0, data), number=number, arrived=message.args.get("arrived")
        )

    def _watchers(self, message: Message) -> None:
        showing = self.looking.showing
        showing.pictures, showing.figure = bool(message.args.get("pictures")), bool(message.args.get("figure"))

    def _change(self, message: Message) -> None:
        looking = self.looking
        before, after = looking.settings, settings_of(message.args.get("settings", {}))
        paths = dict(message.args.get("paths") or {})
        moved = {name for name in (*paths, *looking.paths) if paths.get(name) != looking.paths.get(name)}
        looking.paths, looking.settings, looking.state.settings = paths, after, after
        if looking.feed.fps is not None:
            looking.feed.fps = after.fps
        if after.budget != before.budget:
            looking.limit(after.budget)
        if any(getattr(before, name) != getattr(after, name) for name in CHAIN):
            looking.feed.pause()
        looking.sourcing.settings = after
        if before == after and not moved:  # what lies in the files is new
            looking.showing.renew()
            moved = set(paths)
        self._act(message, [MODELS[name] for name in MODELS if name in moved or getattr(before, name) != getattr(after, name)])

    def _reload(self, message: Message) -> None:
        path = message.args.get("model")
        if path:
            self.looking.paths = {**self.looking.paths, "model": str(path)}
        self._act(message, ["taught"])

    def _act(self, message: Message, names: list[str]) -> None:
        """Exchange action models, in a thread of its own: frames go on with the old ones until the new ones are there."""
        work = threading.Thread(
            target=self._answered, args=(lambda message: self.looking.act(*names), message), name="kinesics-models", daemon=True
        )
        work.start()

    def _coach(self, message: Message) -> dict[str, Any]:
        if message.args.get("do") == "reset":
            self.looking.acting.start_anew()
        return {"session": self.looking.acting.session()}

    def _teach(self, message: Message) -> dict[str, Any]:
        from ...actions.examples import quality
        from ..library.clip_bytes import pack_clip

        acting, do = self.looking.acting, message.args.get("do")
        if do == "begin":
            person = message.args.get("person")
            acting.begin(str(message.args.get("label", "")), None if person is None else int(person))
            self._practise()
            return {"begun": True}
        if do == "cancel":
            acting.cancel()
            return {"cancelled": True}
        label, clip = acting.end()
        lasts = float(clip.times[-1] - clip.times[0])
        answer = {"label": label, "person": int(clip.ids[0]), "seconds": round(lasts, 3), "notes": list(quality(clip))}
        return {**answer, "": pack_clip(clip)}


def _parted(answer: dict[str, Any] | None) -> tuple[dict[str, Any], list[bytes]]:
    """Values and the body, which has no name."""
    values = dict(answer or {})
    body = values.pop("", None)
    return values, [] if body is None else [body]

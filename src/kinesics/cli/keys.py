"""Single keys from a terminal, without waiting for Enter; the terminal is as before when it is over."""

from __future__ import annotations

import os
import select
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import IO, Any

from ..pipeline.marks import Event

__all__ = ["KEYS", "key_events", "pressed", "raw_keys"]

# What keys mean beside the digits, which begin and end examples; a game pad's buttons can be mapped in the same way.
KEYS: Mapping[str, str] = {"u": "undo", "n": "next", "p": "previous", "s": "save", "q": "quit", "\x03": "quit", "\x04": "quit"}


@contextmanager
def raw_keys(stream: IO[Any] | None = None) -> Iterator[bool]:
    """While it lasts keys arrive one by one and unseen; whatever happens, the terminal is restored.

    Yields:
        Whether there is a terminal; where there is none (a pipe, Windows), nothing is changed.
    """
    stream = sys.stdin if stream is None else stream
    try:
        import termios
        import tty

        number = stream.fileno()
        before = termios.tcgetattr(number)
    except (ImportError, OSError, ValueError, AttributeError, termios.error):
        yield False
        return
    try:
        tty.setcbreak(number)
        yield True
    finally:
        termios.tcsetattr(number, termios.TCSADRAIN, before)


def pressed(stream: IO[Any] | None = None) -> str:
    """The keys that were pressed since the last call, "" for none."""
    number = (sys.stdin if stream is None else stream).fileno()
    keys = ""
    while select.select([number], [], [], 0)[0]:
        data = os.read(number, 64)
        if not data:  # the other end is closed
            return keys + "q"
        keys += data.decode("utf-8", "replace")
    return keys


def key_events(keys: str, labels: list[str]) -> list[Event]:
    """What keys mean: 1 to 9 begin or end an example of that label, `KEYS` the rest; others mean nothing."""
    events = []
    for key in keys:
        if key.isdecimal() and key.isascii() and 0 < int(key) <= len(labels):
            events.append(Event(None, "toggle", labels[int(key) - 1]))
        elif key in KEYS:
            events.append(Event(None, KEYS[key]))
    return events

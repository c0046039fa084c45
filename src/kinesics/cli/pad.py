"""A game pad's buttons, as Linux gives them: eight bytes an event (its joystick interface, linux/joystick.h)."""

from __future__ import annotations

import os
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ..errors import SourceError
from ..pipeline.marks import Event

__all__ = ["AFTER", "open_pad", "pad_events", "read_pad"]

EVENT = struct.Struct("<IhBB")  # milliseconds, value, kind, number
BUTTON, AT_START = 0x01, 0x80
AFTER = ("undo", "next", "save", "quit")  # what the buttons after those of the labels do


@contextmanager
def open_pad(path: str | Path | None) -> Iterator[int | None]:
    """A pad to read from without waiting; None for none.

    Raises:
        SourceError: there is no such device, or it may not be read.
    """
    if path is None:
        yield None
        return
    try:
        number = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0))
    except OSError as error:
        raise SourceError(f"{path}: no game pad can be read there: {error.strerror}; look for /dev/input/js0") from error
    try:
        yield number
    finally:
        os.close(number)


def read_pad(number: int) -> bytes:
    """What came since the last call, whole events only."""
    try:
        return os.read(number, 64 * EVENT.size)
    except BlockingIOError:
        return b""


def pad_events(data: bytes, labels: list[str]) -> list[Event]:
    """While button n is held, the action of label n is shown; the buttons after the last label do what `AFTER` says."""
    events = []
    for at in range(0, len(data) - EVENT.size + 1, EVENT.size):
        _, value, kind, button = EVENT.unpack_from(data, at)
        if kind != BUTTON:  # sticks, and what was held when the device was opened
            continue
        if button < len(labels):
            events.append(Event(None, "begin", labels[button]) if value else Event(None, "end"))
        elif value and button - len(labels) < len(AFTER):
            events.append(Event(None, AFTER[button - len(labels)]))
    return events

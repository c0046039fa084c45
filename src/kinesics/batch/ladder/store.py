"""Pictures of one size in a file that has no name, so that nothing is left of it however the process ends."""

from __future__ import annotations

import tempfile
import weakref

import numpy as np

from .sizes import Planes, Size

__all__ = ["Store"]


class Store:
    """Raw (y, u, v) planes in numbered slots; slots that are given back are used again."""

    def __init__(self, size: Size) -> None:
        self.size = size
        self._file = tempfile.TemporaryFile(prefix="kinesics-")
        self.close = weakref.finalize(self, self._file.close)
        self._bytes = size[0] * size[1] * 3 // 2
        self._free: list[int] = []
        self._slots = 0

    def write(self, planes: Planes) -> int:
        """Keep a picture; returns its slot."""
        if self._free:
            slot = self._free.pop()
        else:
            slot, self._slots = self._slots, self._slots + 1
        self._file.seek(slot * self._bytes)
        for plane in planes:
            self._file.write(np.ascontiguousarray(plane).data)
        return slot

    def read(self, slot: int) -> Planes:
        """A slot's picture, read-only."""
        width, height = self.size
        self._file.seek(slot * self._bytes)
        flat = np.frombuffer(self._file.read(self._bytes), np.uint8)
        pixels, quarter = width * height, width * height // 4
        y, u, v = np.split(flat, [pixels, pixels + quarter])
        return y.reshape(height, width), u.reshape(height // 2, width // 2), v.reshape(height // 2, width // 2)

    def free(self, slot: int) -> None:
        """Give a slot back."""
        self._free.append(slot)

"""Outlines of people, each kept as the small part of the picture in which it is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from ..errors import FormatError, ShapeError
from .arrays import Array, locked
from .rle import LARGEST, counts_window, pack, unpack, window_counts


class Masks:
    """Which pixels of a picture belong to whom: n outlines of (h, w) bool, of which only the parts with pixels are held.

    It is read like an array (n, h, w): `len`, `shape`, `masks[0]` and iteration give whole (h, w) outlines, `np.asarray` all of
    them; a slice, a mask or indices give `Masks`. What is large works on `window(i)`.

    Args:
        size: (width, height) of the picture, pixels.
        corners: (n, 2) x, y of each window's upper left pixel.
        windows: n arrays (hi, wi) bool that lie in the picture; an empty one for an outline without pixels.

    Raises:
        ShapeError: the numbers differ, or a window reaches beyond the picture.
    """

    __slots__ = ("corners", "size", "windows")

    def __init__(self, size: tuple[int, int], corners: Any, windows: Sequence[Array]) -> None:
        self.size = (int(size[0]), int(size[1]))
        self.corners = locked(np.asarray(corners, np.int64).reshape(-1, 2))
        self.windows = tuple(locked(np.asarray(window, bool)) for window in windows)
        if len(self.corners) != len(self.windows):
            raise ShapeError(f"Masks: expected a corner for each of {len(self.windows)} windows, got {len(self.corners)}")
        for (x, y), window in zip(self.corners.tolist(), self.windows, strict=True):
            if window.ndim != 2 or min(x, y) < 0 or x + window.shape[1] > self.size[0] or y + window.shape[0] > self.size[1]:
                raise ShapeError(f"Masks: a window {window.shape} at ({x}, {y}) is not in a picture of {self.size}")

    @classmethod
    def dense(cls, masks: Any) -> Masks:
        """From whole outlines (n, h, w) bool.

        Raises:
            ShapeError: it has another shape.
        """
        masks = np.asarray(masks, bool)
        if masks.ndim != 3:
            raise ShapeError(f"Masks: expected (n, height, width), got {masks.shape}")
        boxes = [_extent(mask) for mask in masks]
        windows = [mask[y1:y2, x1:x2].copy() for mask, (x1, y1, x2, y2) in zip(masks, boxes, strict=True)]
        return cls((masks.shape[2], masks.shape[1]), [box[:2] for box in boxes], windows)

    @classmethod
    def from_rle(cls, rles: Sequence[Mapping[str, Any]], size: tuple[int, int] | None = None) -> Masks:
        """From the COCO tools' run lengths: `{"size": [h, w], "counts": string, or a list of numbers}` each.

        Args:
            rles: of one picture.
            size: (width, height) that all must have; None: that of the first.

        Raises:
            FormatError: one is of another size, does not fill its picture, holds strange characters, or all together cover more
                than 2^28 pixels; said before they are unfolded.
        """
        corners, windows, room = [], [], LARGEST
        for number, rle in enumerate(rles):
            try:
                high, wide = (int(side) for side in rle["size"])
                counts = rle["counts"]
            except (KeyError, TypeError, ValueError):
                raise FormatError(f"outline {number}: expected a size [height, width] and counts") from None
            size = (wide, high) if size is None else size
            if (wide, high) != tuple(size):
                raise FormatError(f"outline {number}: of a picture of {wide}x{high}, expected {size[0]}x{size[1]}")
            x, y, window = counts_window(unpack(counts) if isinstance(counts, str | bytes) else counts, (high, wide), room)
            room -= window.size
            corners.append((x, y))
            windows.append(window)
        return cls((0, 0) if size is None else size, corners, windows)

    @property
    def shape(self) -> tuple[int, int, int]:
        """(n, height, width)."""
        return len(self.windows), self.size[1], self.size[0]

    @property
    def areas(self) -> Array:
        """(n,) int64 pixels of each."""
        return np.array([int(np.count_nonzero(window)) for window in self.windows], np.int64)

    def window(self, row: int) -> tuple[int, int, Array]:
        """x, y and (hi, wi) bool of the part that holds an outline."""
        x, y = self.corners[row].tolist()
        return x, y, self.windows[row]

    def rle(self, row: int) -> dict[str, Any]:
        """One outline as the COCO tools' run lengths, `{"size": [height, width], "counts": compressed string}`."""
        x, y, window = self.window(row)
        size = (self.size[1], self.size[0])
        return {"size": list(size), "counts": pack(window_counts(x, y, window, size))}

    def polygons(self, row: int, tolerance: float | None = None) -> list[list[float]]:
        """One outline as COCO polygons `[x1, y1, x2, y2, …]`, one a piece, counted from the picture's border; [] for none.

        Args:
            row: which.
            tolerance: pixels that an edge may move when corners are left out; 0 keeps every pixel, None suits the size.
        """
        from .polygons import polygons

        return polygons(*self.window(row), tolerance)

    def whole(self, row: int) -> Array:
        """One outline, (h, w) bool."""
        full = np.zeros((self.size[1], self.size[0]), bool)
        x, y, window = self.window(row)
        full[y : y + window.shape[0], x : x + window.shape[1]] = window
        return full

    def __len__(self) -> int:
        return len(self.windows)

    def __iter__(self) -> Iterator[Array]:
        return (self.whole(row) for row in range(len(self)))

    def __getitem__(self, rows: Any) -> Any:
        if isinstance(rows, int | np.integer):
            return self.whole(int(rows))
        chosen = np.arange(len(self))[rows].tolist()
        return Masks(self.size, self.corners[chosen], [self.windows[row] for row in chosen])

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> Array:
        if copy is False:
            raise ValueError("outlines are held as windows; a whole array is always a copy")
        full = np.zeros(self.shape, bool if dtype is None else dtype)
        for row in range(len(self)):
            x, y, window = self.window(row)
            full[row, y : y + window.shape[0], x : x + window.shape[1]] = window
        return full

    def __eq__(self, other: object) -> bool:
        """The same pixels, however the windows are cut."""
        if not isinstance(other, Masks) or self.shape != other.shape:
            return NotImplemented if not isinstance(other, Masks) else False
        return all(_same(self.window(row), other.window(row)) for row in range(len(self)))

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"Masks({len(self)} in {self.size[0]}x{self.size[1]}, {', '.join(map(str, self.areas.tolist()))} pixels)"


def _extent(mask: Array) -> tuple[int, int, int, int]:
    """x1 y1 x2 y2 round what is set; zeros where nothing is."""
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    return (int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1) if len(rows) else (0, 0, 0, 0)


def _same(a: tuple[int, int, Array], b: tuple[int, int, Array]) -> bool:
    parts = []
    for x, y, window in (a, b):
        x1, y1, x2, y2 = _extent(window)
        parts.append((x + x1, y + y1, window[y1:y2, x1:x2]) if x2 else (0, 0, window[:0, :0]))
    return parts[0][:2] == parts[1][:2] and np.array_equal(parts[0][2], parts[1][2])

"""Scenes as an Arrow table: one row for each person in each frame, and one row with `person` null for a frame without people.

So a question about one person needs no unnesting: `select time, x[10], y[10] from 'match.parquet' where id = 3`. What
belongs to a whole frame (size, epoch) stands on each of its rows, where Parquet's run lengths make it free; what has no column
(all actions with their evidence, faces, timing, what the budget did) is JSON in `scene` on the frame's first row. Missing
joints are null and not NaN, so that averages pass over them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from types import SimpleNamespace
from typing import Any

import numpy as np

from ..errors import FormatError, SinkError
from ..types import Array, Masks, People, Scene, Skeleton
from .decode import assemble, decode_extras, empty_people, row_masks, skeleton_named
from .encode import encode_header, extras, mask_row
from .wire import Extras, Mask

__all__ = ["frame_starts", "schema", "to_batch", "to_rows", "to_scenes"]

_FRAME = ("frame", "time", "width", "height", "epoch", "corrupt")
_PERSON = ("person", "id", "score", "x1", "y1", "x2", "y2")
_AXES = ("x", "y", "z")


def schema(body: Skeleton | None, source: str | None = None) -> Any:
    """The Arrow schema; under `kinesics` its metadata holds the header of `docs/scene.md`: version, skeleton, source."""
    import pyarrow as pa

    small, numbers = pa.float32(), pa.list_(pa.float32())
    mask = pa.struct([("height", pa.int32()), ("width", pa.int32()), ("counts", pa.string())])
    columns: list[tuple[str, Any]] = list(
        zip(_FRAME, (pa.int64(), pa.float64(), pa.int32(), pa.int32(), pa.int32(), pa.bool_()), strict=True)
    )
    columns += zip(_PERSON, (pa.int32(), pa.int64(), small, small, small, small, small), strict=True)
    columns += [(name, numbers) for name in (*_AXES, "joint_scores", "world_x", "world_y", "world_z")]
    columns += [("mask", mask), ("action", pa.string()), ("action_score", small), ("scene", pa.string())]
    return pa.schema(columns, metadata={b"kinesics": encode_header(body, source)})


def to_batch(rows: Sequence[tuple[Any, ...]], shape: Any) -> Any:
    """A RecordBatch of rows from `to_rows`; `shape` is from `schema`.

    Raises:
        SinkError: a frame number or size is beyond what the columns hold.
    """
    import pyarrow as pa

    columns = zip(*rows, strict=True) if rows else [()] * len(shape)
    try:
        arrays = [pa.array(column, field.type, from_pandas=True) for column, field in zip(columns, shape, strict=True)]
    except (pa.ArrowInvalid, pa.ArrowTypeError, OverflowError, UnicodeError) as error:
        raise SinkError(f"frames {rows[0][0]} to {rows[-1][0]} cannot be written as a table: {error}") from error
    return pa.RecordBatch.from_arrays(arrays, schema=shape)


def to_rows(scene: Scene, body: Skeleton | None) -> Iterator[tuple[Any, ...]]:
    """Rows of one scene, in the order of the columns; `body` is the skeleton that the schema names.

    Raises:
        SinkError: `why`, `faces` or `chosen` hold something that JSON cannot say.
    """
    frame = (scene.index, scene.time, scene.size[0], scene.size[1], scene.epoch, scene.corrupt)
    people, extra, n = scene.people, extras(scene, body), len(scene.people)
    if not n:
        yield (*frame, *[None] * 17, extra)
        return
    best = {a.person: a for a in sorted(scene.actions, key=lambda a: a.score)}
    chosen = [best.get(identity) for identity in people.ids.tolist()]
    columns = (
        range(n),
        people.ids.tolist(),
        people.score.tolist(),
        *people.boxes.T.tolist(),
        *_axes(people.points, n),
        people.point_scores.tolist(),
        *_axes(people.world, n),
        [None] * n if people.masks is None else [_mask(people.masks, row) for row in range(n)],
        [action and action.label for action in chosen],
        [action and float(action.score) for action in chosen],
        [extra, *[None] * (n - 1)],
    )
    for row in zip(*columns, strict=True):
        yield (*frame, *row)


def _axes(points: Array | None, n: int) -> list[Any]:
    """Three columns x, y, z of (n, k) nested lists, None for an axis that is not there."""
    there = [] if points is None else [points[:, :, axis].tolist() for axis in range(points.shape[2])]
    return there + [[None] * n] * (3 - len(there))


def _mask(masks: Masks, row: int) -> dict[str, Any]:
    packed = mask_row(masks, row)
    return {"height": packed.size[0], "width": packed.size[1], "counts": packed.counts}


# ----------------------------------------------------------------------------------------------------------------- reading
def to_scenes(table: Any, body: Skeleton | None) -> Iterator[Scene]:
    """Scenes of an Arrow table or batch with whole frames.

    Args:
        table: rows as `to_batch` makes them; rows that a query took out may be missing, `action` and masks too.
        body: the skeleton of the metadata.

    Raises:
        FormatError: columns are missing or do not fit each other.
    """
    columns = _Columns(table)
    for start, end in zip(columns.starts, [*columns.starts, len(table)][1:], strict=True):
        row = SimpleNamespace(**{name: columns.plain[name][start] for name in ("frame", "time", "epoch", "corrupt")})
        row.size = columns.plain["width"][start], columns.plain["height"][start]
        extra = decode_extras(columns.plain["scene"][start])
        try:
            people = columns.people(start, end, extra, body)
            yield assemble(row, people, extra)
        except ValueError as error:  # ours from deeper down too
            raise FormatError(f"frame {row.frame}: {error}") from error


def frame_starts(table: Any) -> Array:
    """(m,) indices of the rows where a new frame begins."""
    frame, person = (table.column(name).to_numpy(**_loose(table)) for name in ("frame", "person"))
    new = np.ones(len(frame), bool)
    new[1:] = (frame[1:] != frame[:-1]) | ~(person[1:] > person[:-1])  # a null person is NaN: never above
    return np.flatnonzero(new)


def _loose(table: Any) -> dict[str, bool]:
    return {"zero_copy_only": False} if hasattr(table, "serialize") else {}  # chunked columns always copy


class _Columns:
    """The columns of a table as Python and numpy hold them, taken out once."""

    def __init__(self, table: Any) -> None:
        self.table = table
        absent = [name for name in (*_FRAME, *_PERSON, "x", "y", "joint_scores") if name not in table.schema.names]
        if absent:
            raise FormatError(f"expected a table of scenes, the columns {', '.join(absent)} are missing; see docs/formats.md")
        self.starts = frame_starts(table).tolist()
        self.plain = {name: self._list(name) for name in (*_FRAME, "scene", "mask")}
        self.box = np.stack([self._numbers(name) for name in ("x1", "y1", "x2", "y2")], axis=1)
        self.score, self.ids = self._numbers("score"), self._list("id")
        self.person = self._list("person")
        names = (*_AXES, "joint_scores", *(f"world_{axis}" for axis in _AXES))
        self.joints = {name: self._nested(name) for name in names if name in table.schema.names}

    def _list(self, name: str) -> list[Any]:
        there = name in self.table.schema.names
        return self.table.column(name).to_pylist() if there else [None] * len(self.table)

    def _numbers(self, name: str) -> Array:
        return np.asarray(self.table.column(name).to_numpy(**_loose(self.table)), np.float32)

    def _nested(self, name: str) -> tuple[Array, Array]:
        """All numbers of a column of lists, null as NaN, and where each row's begin (one more at the end)."""
        import pyarrow as pa
        import pyarrow.compute as pc

        column = self.table.column(name)
        column = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
        lengths = pc.fill_null(pc.list_value_length(column), 0).to_numpy(zero_copy_only=False)
        values = column.flatten().to_numpy(zero_copy_only=False).astype(np.float32)
        return values, np.concatenate([[0], np.cumsum(lengths)])

    def _grid(self, name: str, start: int, end: int) -> Array | None:
        """(n, k) numbers of some rows; None if they have none."""
        if name not in self.joints or self.table.column(name)[start].as_py() is None:
            return None
        values, at = self.joints[name]
        return values[at[start] : at[end]].reshape(end - start, -1 if at[end] > at[start] else 0)

    def _points(self, names: Sequence[str], start: int, end: int) -> Array | None:
        grids = [grid for name in names if (grid := self._grid(name, start, end)) is not None]
        return np.stack(grids, axis=2) if grids else None

    def people(self, start: int, end: int, extra: Extras, body: Skeleton | None) -> People:
        body = body if extra.skeleton is None else skeleton_named(extra.skeleton)
        if body is None:
            raise FormatError("neither the file nor the frame names a skeleton")
        if self.person[start] is None:
            return empty_people(extra, body)
        points = self._points(_AXES, start, end)
        scores = self._grid("joint_scores", start, end)
        masks = [Mask((m["height"], m["width"]), m["counts"]) for m in self.plain["mask"][start:end] if m]
        return People(
            self.box[start:end],
            self.score[start:end],
            np.zeros((end - start, 0, extra.dims)) if points is None else points,
            np.zeros((end - start, 0)) if scores is None else scores,
            body,
            np.array(self.ids[start:end]),
            self._points([f"world_{axis}" for axis in _AXES], start, end),
            row_masks(masks),
        )

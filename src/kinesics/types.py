"""The records that flow between stages: frozen, checked once when made, arrays read-only.

Pixels: x to the right, y down, in the displayed picture (rotation applied). Depth and 3D: metres, x right, y down, z away from
the camera. Scores: 0 to 1. Times: seconds from the first frame. A missing joint has score 0 and coordinates NaN. A person's id
is an int, -1 for "not yet".
"""

from __future__ import annotations

import functools
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from importlib import resources
from types import MappingProxyType
from typing import Any

import numpy as np
import numpy.typing as npt

from .errors import ShapeError, UsageError

Array = npt.NDArray[Any]

__all__ = ["Action", "Array", "Frame", "People", "PoseSequence", "Scene", "Skeleton", "skeleton"]


# ---------------------------------------------------------------------------------------------------------------- skeleton
@dataclass(frozen=True)
class Skeleton:
    """Names and structure of a body's joints.

    Attributes:
        name: how files and options call it.
        joints: k names, in the order of the arrays.
        bones: pairs of joint indices that are drawn as lines.
        mirror: pairs (left, right) of joint indices that change places when the picture is mirrored.
        sigmas: k spreads of the object keypoint similarity (COCO), share of the square root of the person's area.
    """

    name: str
    joints: tuple[str, ...]
    bones: tuple[tuple[int, int], ...] = ()
    mirror: tuple[tuple[int, int], ...] = ()
    sigmas: tuple[float, ...] = ()

    def __post_init__(self) -> None:
        if self.sigmas and len(self.sigmas) != len(self.joints):
            raise ShapeError(f"skeleton {self.name}: {len(self.joints)} joints but {len(self.sigmas)} sigmas")
        if any(not 0 <= i < len(self.joints) for pair in (*self.bones, *self.mirror) for i in pair):
            raise ShapeError(f"skeleton {self.name}: a bone or mirror pair names a joint beyond {len(self.joints)}")

    def __len__(self) -> int:
        return len(self.joints)

    @property
    def mirror_order(self) -> Array:
        """(k,) index that swaps left and right: `points[..., skeleton.mirror_order, :]`."""
        order = np.arange(len(self.joints))
        for a, b in self.mirror:
            order[a], order[b] = b, a
        return order


@functools.cache
def _skeletons() -> dict[str, Skeleton]:
    table = json.loads(resources.files("kinesics").joinpath("skeletons.json").read_text("utf-8"))
    return {
        name: Skeleton(
            name,
            tuple(row["joints"]),
            tuple((a, b) for a, b in row["bones"]),
            tuple((a, b) for a, b in row["mirror"]),
            tuple(row["sigmas"]),
        )
        for name, row in table.items()
    }


def skeleton(name: str) -> Skeleton:
    """Return a built-in skeleton: boxes (no joints), coco17, blazepose33, hand21, kinect20, glimpse14, itop15."""
    try:
        return _skeletons()[name]
    except KeyError:
        raise UsageError(f"no skeleton is called {name!r}; there are {', '.join(_skeletons())}") from None


# ------------------------------------------------------------------------------------------------------------------ arrays
def _array(owner: str, name: str, value: Any, dtype: npt.DTypeLike, shape: tuple[int | None, ...]) -> Array:
    """Copy to a read-only array of `dtype`; None in `shape` fits any length."""
    try:
        array = np.array(value, dtype=dtype)
    except (TypeError, ValueError) as error:
        raise ShapeError(f"{owner}.{name}: expected numbers of shape {_show(shape)}, got {type(value).__name__}") from error
    if array.ndim != len(shape) or any(want is not None and want != got for want, got in zip(shape, array.shape, strict=True)):
        raise ShapeError(f"{owner}.{name}: expected shape {_show(shape)}, got {array.shape}")
    array.flags.writeable = False
    return array


def _show(shape: tuple[int | None, ...]) -> str:
    return "(" + ", ".join("any" if n is None else str(n) for n in shape) + ")"


def _joints(owner: str, points: Array, scores: Array) -> Array:
    """Set the coordinates of missing joints to NaN; refuse scores beyond 0..1 and seen joints without coordinates."""
    if scores.size == 0:
        return points
    if not (scores.min() >= 0 and scores.max() <= 1):  # NaN fails too
        raise ShapeError(f"{owner}: scores must be 0 to 1, got {scores.min():g} to {scores.max():g}")
    missing = scores == 0
    if missing.any():
        points = points.copy()
        points[missing] = np.nan
        points.flags.writeable = False
    if not np.isfinite(points[~missing]).all():
        raise ShapeError(f"{owner}: a joint with a score above 0 has no finite coordinates; give missing joints score 0")
    return points


def _equal(a: Any, b: Any) -> bool:
    if isinstance(a, np.ndarray) and isinstance(b, np.ndarray):
        return a.shape == b.shape and np.array_equal(a, b, equal_nan=a.dtype.kind == "f")
    return bool(a == b)


def _same(a: Any, b: Any) -> bool:
    return type(a) is type(b) and all(_equal(getattr(a, f.name), getattr(b, f.name)) for f in fields(a) if f.compare)


# ------------------------------------------------------------------------------------------------------------------- frame
def is_bt709(width: int, height: int) -> bool:
    """Whether players take video of this size, when it does not say, for BT.709 (HD) and not for BT.601."""
    return max(width, height) >= 1280 or min(width, height) > 576


class Frame:
    """One picture of a source, in the displayed orientation.

    Args:
        image: (h, w, 3) uint8 RGB, or a function without arguments that makes it when it is first asked for.
        size: (width, height); needed only with a function.
        index: 0, 1, 2 … in the order the source gave them, gaps where frames were dropped.
        time: seconds from the first frame, from the container's timestamps.
        epoch: rises when a live source reconnects or the picture's size changes; trackers start anew.
        corrupt: the decoder reported damage.
        depth: (h, w) float32 metres, 0 or NaN where nothing was measured.
        planes: a function that gives the picture's own (y, u, v) planes (4:2:0, video range) or None; saves conversions.
    """

    __slots__ = ("_image", "_planes", "corrupt", "depth", "epoch", "index", "size", "time")

    def __init__(
        self,
        image: Array | Callable[[], Array] | None = None,
        *,
        index: int = 0,
        time: float = 0.0,
        size: tuple[int, int] | None = None,
        epoch: int = 0,
        corrupt: bool = False,
        depth: Array | None = None,
        planes: Callable[[], tuple[Array, Array, Array] | None] | None = None,
    ) -> None:
        if image is None and depth is None:
            raise ShapeError("Frame: expected an image or a depth picture, got neither")
        if isinstance(image, np.ndarray):
            if image.dtype != np.uint8 or image.ndim != 3 or image.shape[2] != 3 or not image.size:
                raise ShapeError(f"Frame.image: expected (height, width, 3) uint8 RGB, got {image.shape} {image.dtype}")
            size = image.shape[1], image.shape[0]
            image = _locked(image)
        if depth is not None:
            if depth.ndim != 2 or not depth.size:
                raise ShapeError(f"Frame.depth: expected (height, width) metres, got {depth.shape}")
            depth = _locked(np.asarray(depth, np.float32))
            size = size or (depth.shape[1], depth.shape[0])
        if size is None:
            raise ShapeError("Frame: give size=(width, height) with a function that makes the image")
        self.size, self.index, self.time, self.epoch, self.corrupt = size, int(index), float(time), int(epoch), bool(corrupt)
        self.depth, self._image, self._planes = depth, image, planes

    @property
    def image(self) -> Array:
        """(h, w, 3) uint8 RGB, read-only; converted on first use."""
        if self._image is None:
            raise ShapeError("Frame.image: this frame holds depth only")
        if not isinstance(self._image, np.ndarray):
            self._image = _locked(self._image())
        return self._image

    @property
    def planes(self) -> tuple[Array, Array, Array] | None:
        """The decoder's (y, u, v) planes if the picture is 4:2:0 video of even size, else None; read-only."""
        return self._planes() if self._planes else None

    @property
    def matrix(self) -> Array:
        """(3, 4) that makes RGB of the planes' (y, u, v, 1): BT.709 where `is_bt709`, else BT.601; video range."""
        red, green_u, green_v, blue = (
            (1.7927, -0.2132, -0.5329, 2.1124) if is_bt709(*self.size) else (1.5960, -0.3918, -0.8130, 2.0172)
        )
        linear = np.array([[1.1644, 0, red], [1.1644, green_u, green_v], [1.1644, blue, 0]])
        return np.column_stack([linear, linear @ [-16, -128, -128]])

    def __repr__(self) -> str:
        return f"Frame({self.index}, {self.time:.3f} s, {self.size[0]}x{self.size[1]}{', corrupt' * self.corrupt})"


def _locked(array: Array) -> Array:
    array = array.view()
    array.flags.writeable = False
    return array


# ------------------------------------------------------------------------------------------------------------------ people
@dataclass(frozen=True, eq=False, slots=True)
class People:
    """The people of one picture: n rows of parallel arrays.

    Attributes:
        boxes: (n, 4) float32, x1 y1 x2 y2 pixels.
        score: (n,) float32, how sure the model is that this is a person.
        points: (n, k, 2 or 3) float32 pixels (third: metres of depth relative to the hips, or metres from a depth camera).
        point_scores: (n, k) float32; 0 means missing, its coordinates are NaN.
        ids: (n,) int64, -1 for "not yet".
        skeleton: names of the k joints.
        world: (n, k, 3) float32 metres, or None.
        masks: (n, h, w) bool outlines in the picture's size, or None.

    Slicing by a mask, a slice or indices keeps all arrays together: `people[people.score > 0.5]`.
    """

    boxes: Array
    score: Array
    points: Array
    point_scores: Array
    skeleton: Skeleton
    ids: Array = None  # type: ignore[assignment]  # filled with -1 below
    world: Array | None = None
    masks: Array | None = None

    def __post_init__(self) -> None:
        put = functools.partial(object.__setattr__, self)
        boxes = _array("People", "boxes", self.boxes, np.float32, (None, 4))
        n, k = len(boxes), len(self.skeleton)
        if boxes.size and not np.isfinite(boxes).all():
            raise ShapeError("People.boxes: expected finite numbers, got NaN or infinity")
        score = _array("People", "score", self.score, np.float32, (n,))
        if n and not (score.min() >= 0 and score.max() <= 1):
            raise ShapeError("People.score: expected 0 to 1")
        points = _array("People", "points", self.points, np.float32, (n, k, None))
        if points.shape[2] not in (2, 3):
            raise ShapeError(f"People.points: expected 2 or 3 coordinates a joint, got {points.shape[2]}")
        point_scores = _array("People", "point_scores", self.point_scores, np.float32, (n, k))
        put("boxes", boxes), put("score", score), put("point_scores", point_scores)
        put("points", _joints("People", points, point_scores))
        put("ids", _array("People", "ids", np.full(n, -1) if self.ids is None else self.ids, np.int64, (n,)))
        if self.world is not None:
            world = _array("People", "world", self.world, np.float32, (n, k, 3))
            put("world", world)
        if self.masks is not None:
            masks = np.asarray(self.masks, bool)
            if masks.ndim != 3 or len(masks) != n:
                raise ShapeError(f"People.masks: expected ({n}, height, width), got {masks.shape}")
            put("masks", _locked(masks))

    @classmethod
    def empty(cls, skeleton: Skeleton, dims: int = 2) -> People:
        """Nobody."""
        k = len(skeleton)
        return cls(np.zeros((0, 4)), np.zeros(0), np.zeros((0, k, dims)), np.zeros((0, k)), skeleton)

    @classmethod
    def from_boxes(cls, boxes: Any, score: Any, ids: Any = None) -> People:
        """People of whom only boxes are known (the skeleton `boxes` has no joints)."""
        n = len(boxes)
        boxes = np.asarray(boxes, np.float32).reshape(n, 4)
        return cls(boxes, score, np.zeros((n, 0, 2)), np.zeros((n, 0)), skeleton("boxes"), ids)

    def __len__(self) -> int:
        return len(self.boxes)

    def __getitem__(self, rows: Any) -> People:
        if isinstance(rows, int | np.integer):
            rows = [rows]
        return self._replace(**{f.name: _rows(getattr(self, f.name), rows) for f in fields(self) if f.name != "skeleton"})

    def with_ids(self, ids: Any) -> People:
        """The same people with these ids, (n,) int."""
        return self._replace(ids=_array("People", "ids", ids, np.int64, (len(self),)))

    def _replace(self, **arrays: Any) -> People:
        """A copy with arrays that are known to fit: nothing is checked again (this is on the hot path)."""
        new = object.__new__(People)
        for f in fields(self):
            object.__setattr__(new, f.name, arrays.get(f.name, getattr(self, f.name)))
        return new

    def __eq__(self, other: object) -> bool:
        return _same(self, other)

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"People({len(self)} of {self.skeleton.name}, ids {self.ids.tolist()})"

    def _repr_html_(self) -> str:
        rows = "".join(
            f"<tr><td>{i}</td><td>{s:.2f}</td><td>{', '.join(f'{v:.0f}' for v in b)}</td><td>{int((p > 0).sum())}</td></tr>"
            for i, s, b, p in zip(self.ids, self.score, self.boxes, self.point_scores, strict=True)
        )
        return f"<table><tr><th>id</th><th>score</th><th>box</th><th>{self.skeleton.name} joints</th></tr>{rows}</table>"


def _rows(array: Array | None, rows: Any) -> Array | None:
    return None if array is None else _locked(array[rows])


# ---------------------------------------------------------------------------------------------------------------- sequence
@dataclass(frozen=True, eq=False, slots=True)
class PoseSequence:
    """A clip: n people over t moments.

    Attributes:
        points: (t, n, k, 2 or 3) float32.
        scores: (t, n, k) float32; 0 means missing, its coordinates are NaN.
        times: (t,) float64 seconds, rising.
        ids: (n,) int64.
        skeleton: names of the k joints.
        size: (width, height) of the picture the pixels refer to, or None.

    Indexing goes over time: `clip[10:20]`; `clip.person(7)` picks one person by id.
    """

    points: Array
    scores: Array
    times: Array
    skeleton: Skeleton
    ids: Array = None  # type: ignore[assignment]  # filled with 0, 1, 2 … below
    size: tuple[int, int] | None = None

    def __post_init__(self) -> None:
        put = functools.partial(object.__setattr__, self)
        times = _array("PoseSequence", "times", self.times, np.float64, (None,))
        points = _array("PoseSequence", "points", self.points, np.float32, (len(times), None, len(self.skeleton), None))
        if points.shape[3] not in (2, 3):
            raise ShapeError(f"PoseSequence.points: expected 2 or 3 coordinates a joint, got {points.shape[3]}")
        scores = _array("PoseSequence", "scores", self.scores, np.float32, points.shape[:3])
        if len(times) and not (np.isfinite(times).all() and (np.diff(times) > 0).all()):
            raise ShapeError("PoseSequence.times: expected finite seconds that rise from moment to moment")
        put("times", times), put("scores", scores), put("points", _joints("PoseSequence", points, scores))
        n = points.shape[1]
        ids = _array("PoseSequence", "ids", np.arange(n) if self.ids is None else self.ids, np.int64, (n,))
        if len(set(ids.tolist())) != n:
            raise ShapeError(f"PoseSequence.ids: expected each id once, got {ids.tolist()}")
        put("ids", ids)

    def __len__(self) -> int:
        return len(self.times)

    def __getitem__(self, moments: Any) -> PoseSequence:
        if isinstance(moments, int | np.integer):
            moments = [moments]
        return PoseSequence(self.points[moments], self.scores[moments], self.times[moments], self.skeleton, self.ids, self.size)

    def person(self, identity: int) -> PoseSequence:
        """The clip with one person only."""
        at = np.flatnonzero(self.ids == identity)
        if not len(at):
            raise UsageError(f"nobody in this clip has id {identity}; there are {self.ids.tolist()}")
        return PoseSequence(self.points[:, at], self.scores[:, at], self.times, self.skeleton, self.ids[at], self.size)

    @classmethod
    def from_people(cls, people: Sequence[People], times: Any, size: tuple[int, int] | None = None) -> PoseSequence:
        """Gather tracked people of consecutive frames into one clip; rows without an id are left out."""
        if not people:
            raise ShapeError("PoseSequence.from_people: expected at least one frame, got none")
        ids = sorted({int(i) for p in people for i in p.ids if i >= 0})
        column = {identity: j for j, identity in enumerate(ids)}
        k, d = people[0].points.shape[1:]
        points = np.full((len(people), len(ids), k, d), np.nan, np.float32)
        scores = np.zeros((len(people), len(ids), k), np.float32)
        for t, frame in enumerate(people):
            for row, identity in enumerate(frame.ids.tolist()):
                if identity >= 0:
                    points[t, column[identity]] = frame.points[row]
                    scores[t, column[identity]] = frame.point_scores[row]
        return cls(points, scores, times, people[0].skeleton, np.array(ids, np.int64), size)

    def __eq__(self, other: object) -> bool:
        return _same(self, other)

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        span = f"{self.times[0]:.2f}–{self.times[-1]:.2f} s" if len(self) else "empty"
        return f"PoseSequence({len(self)} moments, {self.points.shape[1]} people of {self.skeleton.name}, {span})"


# ------------------------------------------------------------------------------------------------------- action and scene
@dataclass(frozen=True)
class Action:
    """What one person does, over a span of time.

    Attributes:
        person: the id.
        label: name of the action, "unknown" when the model does not know.
        score: 0 to 1, calibrated.
        start, end: seconds; end is the newest moment seen while the action goes on.
        progress: share of the action that is over, 0 to 1, or None where it cannot be told.
        why: named evidence, for people to read.
    """

    person: int
    label: str
    score: float
    start: float
    end: float
    progress: float | None = None
    why: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not 0 <= self.score <= 1:
            raise ShapeError(f"Action.score: expected 0 to 1, got {self.score}")
        if not self.start <= self.end:
            raise ShapeError(f"Action: it ends at {self.end} s, before it starts at {self.start} s")
        object.__setattr__(self, "why", MappingProxyType(dict(self.why)))

    __hash__ = None  # type: ignore[assignment]


@dataclass(frozen=True, eq=False)
class Scene:
    """All that is known of one frame.

    Attributes:
        index, time, epoch, corrupt: of the frame, see `Frame`.
        size: (width, height) pixels.
        people: who is there.
        actions: what they do.
        faces: their faces, as mappings (empty until the face stage is on).
        timing: seconds spent on this frame, by stage name.
        chosen: what the budget chose for this frame, by name.
        skipped: what the budget left out of this frame: "pose" means the joints were interpolated.
        frame: the picture itself, if still at hand; never written, never compared.
    """

    index: int
    time: float
    size: tuple[int, int]
    people: People
    actions: tuple[Action, ...] = ()
    faces: tuple[Mapping[str, Any], ...] = ()
    timing: Mapping[str, float] = field(default_factory=dict)
    chosen: Mapping[str, Any] = field(default_factory=dict)
    skipped: tuple[str, ...] = ()
    epoch: int = 0
    corrupt: bool = False
    frame: Frame | None = field(default=None, compare=False, repr=False)

    def __post_init__(self) -> None:
        if not np.isfinite(self.time) or self.time < 0:
            raise ShapeError(f"Scene.time: expected seconds from the first frame, 0 or more, got {self.time}")
        for name in ("timing", "chosen"):
            object.__setattr__(self, name, MappingProxyType(dict(getattr(self, name))))

    def __eq__(self, other: object) -> bool:
        return _same(self, other)

    __hash__ = None  # type: ignore[assignment]

    def __iter__(self) -> Iterator[People]:
        """Person by person, each as `People` of one row."""
        return (self.people[i] for i in range(len(self.people)))

    def _repr_html_(self) -> str:
        labels = ", ".join(f"{a.person}: {a.label} {a.score:.0%}" for a in self.actions) or "no actions"
        return f"<p>frame {self.index}, {self.time:.3f} s, {labels}</p>" + self.people._repr_html_()

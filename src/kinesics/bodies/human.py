"""The baked human: a symmetrical mesh, how people differ from it, and what its skin hangs on.

Baked by `scripts/bake_body.py` from MakeHuman's base mesh and targets (CC0, see NOTICE). Metres in the frame of `kinematics`.
"""

from __future__ import annotations

import dataclasses
import functools
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np

from ..errors import WeightsError
from ..types import Array
from .segments import MIDDLE_POINTS, SIDE_POINTS, segment_mirror
from .shaping import Traits, target_names, target_weights

_FILE = Path(__file__).with_name("human.npz")
_POINTS = MIDDLE_POINTS + SIDE_POINTS
#: The meshes of the file: the skin, and hulls of a skirt and of long hair that follow every shape.
MESHES = ("body", "skirt", "hair")


@dataclass(frozen=True)
class Mesh:
    """One symmetrical mesh: which rows of the template it has, how the other half comes of them, and what each vertex follows.

    `rows` (n,) int; `mirrored` places in `rows` of those off the middle; `faces` (f, 3) int32; `parts` (f,) uint8 labels,
    empty for clothes; `segments` (v, 4) uint8 and `weights` (v, 4) float32, strongest first.
    """

    rows: Array
    mirrored: Array
    faces: Array
    parts: Array
    segments: Array
    weights: Array

    def whole(self, rows: Array) -> Array:
        """Both halves (v, 3) from the rows of `Human.shape`."""
        half = rows[self.rows]
        return np.concatenate([half, half[self.mirrored] * np.array([-1, 1, 1], half.dtype)])


@dataclass(frozen=True)
class Human:
    """All shapes of people at once; see `load_human`.

    `template` (n, 3) float32 and `basis` (k, n, 3) float32 are about the left half with the middle; `shares` (targets, k)
    float32; the last rows are points of the body.
    """

    template: Array
    basis: Array
    shares: Array
    meshes: dict[str, Mesh]

    def shape(self, traits: Traits) -> Array:
        """The rows (n, 3) float32 of somebody."""
        return self._rows(traits, slice(None))

    def points(self, traits: Traits) -> dict[str, Array]:
        """Places in somebody's body by name; those of a side are the left's."""
        return self.named(self._rows(traits, slice(-len(_POINTS), None)))

    def named(self, rows: Array) -> dict[str, Array]:
        """The points among the rows that `shape` gave."""
        return dict(zip(_POINTS, rows[-len(_POINTS) :].astype(float), strict=True))

    def _rows(self, traits: Traits, which: slice) -> Array:
        mix = np.einsum("t,tk->k", target_weights(traits), self.shares).astype(np.float32)
        return np.asarray(self.template[which] + np.einsum("k,knd->nd", mix, self.basis[:, which]))


@functools.cache
def load_human(detail: Literal["full", "light"] = "full", path: Path = _FILE) -> Human:
    """The baked body, read once in a process: `full` has 25,556 triangles, `light` a fifth of them on some of the same
    vertices.

    Raises:
        WeightsError: the file is missing, damaged, or of another version of the shapes.
    """
    if detail == "light":
        return _lighter(load_human("full", path), *_read(path)[1])
    return _read(path)[0]


@functools.cache
def _read(path: Path) -> tuple[Human, tuple[Array, Array]]:
    try:
        with path.open("rb") as raw, np.load(raw, allow_pickle=False) as file:
            arrays = {name: file[name] for name in file.files}
        known = arrays["targets"].tolist()
        human = Human(
            template=arrays["template"],
            basis=arrays["basis"].astype(np.float32),
            shares=arrays["shares"],
            meshes={name: _mesh(arrays, name) for name in MESHES},
        )
        light = arrays["light_faces"].astype(np.int32), arrays["light_parts"]
    except FileNotFoundError:
        raise WeightsError(f"{path}: the body's file is missing; install kinesics again or run scripts/bake_body.py") from None
    except (OSError, ValueError, KeyError, IndexError, EOFError, zipfile.BadZipFile) as fault:
        raise WeightsError(f"{path}: the body's file is damaged ({fault}); install kinesics again") from None
    if known != target_names():
        raise WeightsError(f"{path}: made for other shapes than this version has; run scripts/bake_body.py again")
    return human, light


def _mesh(arrays: dict[str, Array], name: str) -> Mesh:
    swap = np.array(segment_mirror(), np.uint8)
    first, last = (int(v) for v in arrays[f"{name}_rows"])
    mirrored = arrays[f"{name}_mirrored"]
    segments, strengths = arrays["segments"][first:last], arrays["strengths"][first:last]
    return Mesh(
        rows=np.arange(first, last),
        mirrored=mirrored,
        faces=arrays[f"{name}_faces"].astype(np.int32),
        parts=arrays.get(f"{name}_parts", np.zeros(0, np.uint8)),
        segments=np.concatenate([segments, swap[segments[mirrored]]]),
        weights=np.concatenate([strengths, strengths[mirrored]]).astype(np.float32) / np.float32(255),
    )


def _lighter(human: Human, faces: Array, parts: Array) -> Human:
    """The same human with only the vertices that the light faces use."""
    body = human.meshes["body"]
    half = len(body.rows)
    used = np.zeros(len(body.segments), bool)
    used[faces] = True
    used[:half][body.mirrored] |= used[half:]
    used[half:] = used[:half][body.mirrored]
    kept = np.flatnonzero(used[:half])
    to = np.cumsum(used) - 1
    keep = np.concatenate([body.rows[kept], np.arange(half, len(human.template))])
    shift = half - len(kept)
    own = Mesh(np.arange(len(kept)), to[body.mirrored[used[half:]]], to[faces].astype(np.int32), parts, body.segments[used],
               body.weights[used])  # fmt: skip
    rest = {name: dataclasses.replace(mesh, rows=mesh.rows - shift) for name, mesh in human.meshes.items() if name != "body"}
    basis = np.ascontiguousarray(human.basis[:, keep])
    return Human(human.template[keep], basis, human.shares, {"body": own, **rest})

"""From one kind of depth file to another: pictures to pictures, trees to trees."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from ..errors import UsageError
from ..types import Array
from ..types.camera import Camera
from .anatomy import VOTED
from .forest import Forest
from .glimpse_recording import RECORDING
from .glimpse_trees import read_glimpse_trees, write_glimpse_tree
from .sources import open_depth
from .writing import DEPTH_KINDS, save_depth

__all__ = ["ConvertedDepth", "convert_depth"]

TREES = (".kin", ".json", ".rdt")


@dataclass(frozen=True)
class ConvertedDepth:
    """What `convert_depth` did.

    Attributes:
        files: what was written: one file or folder, or a file a tree.
        kind: "png", "npz", "exr", "glimpse", "kin", "json" or "rdt".
        pictures: how many; 0 for trees.
        trees: how many; 0 for pictures.
        notes: what was odd or lost, one line each.
    """

    files: tuple[Path, ...]
    kind: str
    pictures: int = 0
    trees: int = 0
    notes: tuple[str, ...] = ()


def convert_depth(
    sources: str | Path | Sequence[str | Path],
    target: str | Path,
    *,
    kind: str | None = None,
    units: str | float | None = None,
    fps: float | None = None,
    camera: Camera | None = None,
    height: int | None = None,
    people: int = 300,
    step: Callable[[int], None] = lambda done: None,
) -> ConvertedDepth:
    """Pictures into another container, or trees into another format.

    Args:
        sources: whatever `open_depth` opens; or trees: `.json` and `.rdt` files of glimpse, one a tree, or a model (`.kin`).
        target: `.npz`, or a folder that is not there yet; for trees `.kin`, `.json` or `.rdt`. Several trees into `.json` or
            `.rdt` become `name-0.json`, `name-1.json` and so on.
        kind: of pictures, where the name does not say it: "png", "npz", "exr" or "glimpse".
        units: see `open_depth`.
        fps: see `open_depth`.
        camera: of the pictures; of trees written as `.json` or `.rdt`, the camera they are for.
        height: of the pictures that trees of glimpse were trained on; see `read_glimpse_trees`.
        people: trees of glimpse do not say where joints lie behind their parts; for a model that is learned on so many made
            people. 0: not at all, the model labels pixels and finds no joints.
        step: called with the number of pictures, or of made people, done.

    Raises:
        UsageError: options that do not go together.
        SourceError, FormatError: an input cannot be read.
        SinkError: the output cannot be written.
    """
    asked = [sources] if isinstance(sources, str | Path) else list(sources)
    paths = [Path(source) for source in asked]
    target = Path(target)
    if not paths:
        raise UsageError("convert: expected something to convert")
    trees = [path for path in paths if path.suffix.lower() in TREES and path.name != RECORDING and not path.is_dir()]
    if trees and len(trees) == len(paths):
        if kind is not None or units is not None or fps is not None:
            raise UsageError("convert: the kind of pictures, units and fps are for pictures; these are trees")
        return _trees(paths, target, camera, height, _Learning(people, step))
    if len(paths) > 1:
        raise UsageError(f"convert: several inputs must be trees of one forest (.json, .rdt); got {paths[0]} and {paths[1]}")
    if target.suffix.lower() in TREES:
        raise UsageError(f"{target}: pictures do not become a tree; train one from them")
    with open_depth(asked[0], camera=camera, fps=fps, units=units) as source:
        count = save_depth(target, source, kind=kind, step=step)
    chosen = kind or ("npz" if target.suffix.lower() == ".npz" else next(iter(DEPTH_KINDS)))
    return ConvertedDepth((target,), chosen, pictures=count, notes=tuple(source.notes))


@dataclass(frozen=True)
class _Learning:
    people: int
    step: Callable[[int], None]

    def __call__(self, forest: Forest, notes: list[str]) -> dict[str, dict[str, Array]]:
        """What finds joints from the parts of a forest without votes."""
        from ..bodies import PARTS

        if forest.labels != PARTS:
            notes.append("these trees have other labels than ours: the model labels pixels and finds no joints")
            return {}
        if not self.people:
            return {}
        from ..bodies.views import ViewMaker
        from .tuning import fit_parts

        learned = fit_parts(forest, ViewMaker(), count=self.people, step=self.step)
        found = (
            "joints are found from parts alone (--decoder parts)" if learned else "they find no part of anybody, so no joints"
        )
        notes.append(f"these trees have no votes for joints: {found}")
        return learned


def _trees(paths: list[Path], target: Path, camera: Camera | None, height: int | None, learn: _Learning) -> ConvertedDepth:
    from .model_file import load_model, save_model

    ending = target.suffix.lower()
    models = [path for path in paths if path.suffix.lower() == ".kin"]
    if ending not in TREES:
        raise UsageError(f"{target}: trees become .kin, .json or .rdt")
    if models and (len(paths) > 1 or ending == ".kin"):
        raise UsageError(f"{models[0]}: a model becomes .json or .rdt, alone; trees of glimpse become .kin")
    notes: list[str] = []
    if models:
        forest = load_model(models[0], labels=None, joints=None).forest
    else:
        forest = read_glimpse_trees(paths, height=height, note=notes.append)
    if ending == ".kin":
        extras = learn(forest, notes)
        save_model(target, replace(forest, joints=VOTED), extras=extras, recipe={"from": [path.name for path in paths]})
        return ConvertedDepth((target,), "kin", trees=forest.trees, notes=tuple(notes))
    if forest.has_votes:
        notes.append(f"{ending} has no place for votes for joints: left out")
    names = [target]
    if forest.trees > 1:
        names = [target.with_name(f"{target.stem}-{tree}{target.suffix}") for tree in range(forest.trees)]
    for tree, name in enumerate(names):
        write_glimpse_tree(name, forest, tree, camera=camera)
    return ConvertedDepth(tuple(names), ending[1:], trees=forest.trees, notes=tuple(notes))

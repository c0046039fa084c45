"""From one kind of depth file to another: pictures to pictures, trees to trees."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from ..errors import UsageError
from ..types.camera import Camera
from .anatomy import VOTED
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
        step: called with the number of pictures done.

    Raises:
        UsageError: options that do not go together.
        SourceError, FormatError: an input cannot be read.
        SinkError: the output cannot be written.
    """
    paths = [Path(sources)] if isinstance(sources, str | Path) else [Path(source) for source in sources]
    target = Path(target)
    if not paths:
        raise UsageError("convert: expected something to convert")
    trees = [path for path in paths if path.suffix.lower() in TREES and path.name != RECORDING and not path.is_dir()]
    if trees and len(trees) == len(paths):
        if kind is not None or units is not None or fps is not None:
            raise UsageError("convert: the kind of pictures, units and fps are for pictures; these are trees")
        return _trees(paths, target, camera, height)
    if len(paths) > 1:
        raise UsageError(f"convert: several inputs must be trees of one forest (.json, .rdt); got {paths[0]} and {paths[1]}")
    if target.suffix.lower() in TREES:
        raise UsageError(f"{target}: pictures do not become a tree; train one from them")
    with open_depth(str(sources) if isinstance(sources, str) else paths[0], camera=camera, fps=fps, units=units) as source:
        count = save_depth(target, source, kind=kind, step=step)
    chosen = kind or ("npz" if target.suffix.lower() == ".npz" else next(iter(DEPTH_KINDS)))
    return ConvertedDepth((target,), chosen, pictures=count, notes=tuple(source.notes))


def _trees(paths: list[Path], target: Path, camera: Camera | None, height: int | None) -> ConvertedDepth:
    from .model_file import load_model, save_model

    ending = target.suffix.lower()
    if ending not in TREES:
        raise UsageError(f"{target}: trees become .kin, .json or .rdt")
    models = [path for path in paths if path.suffix.lower() == ".kin"]
    if models and len(paths) > 1:
        raise UsageError(f"{models[0]}: give one model, or trees of glimpse, not both")
    notes: list[str] = []
    if models:
        forest = load_model(models[0], labels=None, joints=None).forest
    else:
        forest = read_glimpse_trees(paths, height=height, note=notes.append)
    if ending == ".kin":
        if not forest.has_votes:
            notes.append("these trees have no votes for joints: joints are found from parts alone")
        save_model(target, forest if forest.joints else replace(forest, joints=VOTED), recipe={"from": [p.name for p in paths]})
        return ConvertedDepth((target,), "kin", trees=forest.trees, notes=tuple(notes))
    if forest.has_votes:
        notes.append(f"{ending} has no place for votes for joints: left out")
    if forest.trees == 1:
        names = [target]
    else:
        names = [target.with_name(f"{target.stem}-{tree}{target.suffix}") for tree in range(forest.trees)]
    for tree, name in enumerate(names):
        write_glimpse_tree(name, forest, tree, camera=camera)
    return ConvertedDepth(tuple(names), ending[1:], trees=forest.trees, notes=tuple(notes))

"""What a teacher compares stretches of motion by: the embedding that ships, a trained model, or plain coordinates."""

from __future__ import annotations

from collections.abc import Iterable
from importlib import resources
from pathlib import Path
from typing import Any

from ..errors import UsageError
from ..types import Array, PoseSequence
from .examples import stilled
from .fewshot import FewShotHead
from .motion_embedding import FILES, MotionEmbedding, shipped_embedding
from .nearest import NearestHead
from .plain import PlainEmbedding
from .shelf import Shown

__all__ = ["beside", "head_of", "new_head", "opened", "resolve"]


def resolve(embedding: Any, clip: PoseSequence) -> Any:
    """The embedding that is meant, for clips like this one.

    Args:
        embedding: None for the one that ships, "plain", a path, or an object with `skeleton_`, `stepper()` and `embed(clips)`.
        clip: the first example.

    Raises:
        UsageError: nobody knows the name, or the object embeds nothing.
        FormatError: the file is no model.
    """
    dims = clip.points.shape[-1]
    if embedding is None and resources.files(__package__).joinpath("data", FILES[dims]).is_file():
        return shipped_embedding(dims)
    if embedding is None or embedding == "plain":
        return PlainEmbedding(clip.skeleton, dims)
    return opened(embedding)


def opened(embedding: Any) -> Any:
    """A model to compare by, of its file or as it is.

    Raises:
        UsageError: nobody knows the name, or the object embeds nothing.
        FormatError: the file is no model.
    """
    if isinstance(embedding, str | Path):
        if not (str(embedding).endswith(".kin") or Path(embedding).is_file()):
            raise UsageError(
                f"no embedding is called {str(embedding)!r}; there are plain, or the file (.kin) of a trained model"
            )
        embedding = _loaded(embedding)
    if not (hasattr(embedding, "embed") and hasattr(embedding, "stepper") and hasattr(embedding, "skeleton_")):
        raise UsageError(f"expected an embedding with embed(clips) and stepper(), got {type(embedding).__name__}")
    return embedding


def _loaded(path: str | Path) -> Any:
    from ..weights.bundle import read_bundle
    from .selection import load_model

    return MotionEmbedding.load(path) if read_bundle(path)[0].get("kind") == "embedding" else load_model(path)


def beside(used: Any, clip: PoseSequence) -> Array | None:
    """(e,) somebody who stands still as an example begins, for heads to which nothing else tells what is far; else None."""
    return used.embed([stilled(clip)])[0] if isinstance(used, PlainEmbedding) else None


def new_head(used: Any) -> Any:
    """An empty head that fits an embedding."""
    if isinstance(used, PlainEmbedding):
        return NearestHead()
    return used.head() if hasattr(used, "head") and callable(used.head) else FewShotHead()


def head_of(used: Any, shown: Iterable[Shown]) -> Any:
    """A head that fits an embedding and knows the examples; it numbers them 1, 2, … in their order."""
    head = new_head(used)
    for one in shown:
        beside_it = () if one.still is None else (one.still,)
        head.add(one.row, one.example.label, *beside_it)
    return head.fit()

"""A teacher's examples to a bundle and back: their clips, so that they can be embedded anew, and their embeddings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from ..errors import FormatError, KinesicsError
from ..types import Array, PoseSequence, Skeleton
from ..weights.bundle import pack, read_bundle, unpack, write_bundle
from .examples import Example, checked_label
from .shelf import Shown

__all__ = ["Saved", "load_teacher", "save_teacher"]

ROWS = {"rows": "row", "ways": "ways"}
TERMS = "Holds joints of the people who showed the examples; who shares this file shares those."


class Saved(NamedTuple):
    """What a teacher's file holds.

    Attributes:
        embedding: its name or path, None for the one that ships.
        examples: in order.
        rows: (n, e) their embeddings.
        ways: (n, 6) how they are done, see `habits.py`; None in files of older versions.
        about: plain values that whoever saved it wanted to keep.
    """

    embedding: str | None
    examples: list[Example]
    rows: Array
    ways: Array | None
    about: dict[str, Any]


def save_teacher(
    path: str | Path, embedding: Any, shown: Sequence[Shown], *, about: Mapping[str, Any] | None = None, durable: bool = False
) -> None:
    """Write all examples.

    Args:
        path: of the bundle, .kin.
        embedding: as the teacher was given it; kept if it is a name or a path.
        shown: in order; may be none.
        about: plain values to keep with them.
        durable: return only when the disk has it.
    """
    examples = [one.example for one in shown]
    bodies: dict[str, Skeleton] = {}
    for example in examples:
        bodies.setdefault(example.clip.skeleton.name, example.clip.skeleton)
    head = {
        "kind": "teacher",
        "embedding": str(embedding) if isinstance(embedding, str | Path) else None,
        "classes": sorted({example.label for example in examples}),
        "skeletons": {name: asdict(body) for name, body in bodies.items()},
        "examples": [
            {
                "id": example.id,
                "label": example.label,
                "person": example.person,
                "start": example.start,
                "end": example.end,
                "notes": list(example.notes),
                "skeleton": example.clip.skeleton.name,
            }
            for example in examples
        ],
        "terms": TERMS,
        "about": dict(about or {}),
    }
    arrays: dict[str, Array] = {name: np.array([getattr(one, part) for one in shown]) for name, part in ROWS.items()}
    for k, example in enumerate(examples):
        arrays |= {f"points{k}": example.clip.points, f"scores{k}": example.clip.scores, f"times{k}": example.clip.times}
    write_bundle(path, head, {"examples.npz": pack(arrays)}, durable=durable)


def load_teacher(path: str | Path) -> Saved:
    """What `save_teacher` wrote.

    Raises:
        FormatError: no teacher's bundle, or a damaged one.
    """
    head, parts = read_bundle(path, "teacher")
    try:
        arrays = unpack(parts["examples.npz"])
        bodies = {name: _skeleton(words) for name, words in head["skeletons"].items()}
        examples = [_example(words, k, arrays, bodies) for k, words in enumerate(head["examples"])]
        rows, ways = arrays["rows"], np.asarray(arrays["ways"], float) if "ways" in arrays else None
        if len({example.id for example in examples}) < len(examples):
            raise ValueError("two examples have one number")
        if any(len(each) != len(examples) for each in (rows, ways) if each is not None):
            raise ValueError(f"{len(examples)} examples, but {len(rows)} embeddings")
        if examples and not (rows.ndim == 2 and rows.dtype.kind == "f" and np.isfinite(rows).all()):
            raise ValueError("embeddings that are no rows of numbers")
        return Saved(head["embedding"], examples, rows, ways, dict(head.get("about", {})))
    except (AttributeError, KeyError, TypeError, ValueError, IndexError, KinesicsError) as error:
        raise FormatError(f"{path}: what was taught is incomplete ({error}); save it again") from error


def _skeleton(words: dict[str, Any]) -> Skeleton:
    pairs = {name: tuple((int(a), int(b)) for a, b in words[name]) for name in ("bones", "mirror")}
    return Skeleton(str(words["name"]), tuple(words["joints"]), **pairs, sigmas=tuple(words["sigmas"]))


def _example(words: dict[str, Any], k: int, arrays: dict[str, Array], bodies: dict[str, Skeleton]) -> Example:
    person = int(words["person"])
    clip = PoseSequence(
        arrays[f"points{k}"], arrays[f"scores{k}"], arrays[f"times{k}"], bodies[words["skeleton"]], np.array([person])
    )
    start, end = float(words["start"]), float(words["end"])
    return Example(int(words["id"]), checked_label(words["label"]), person, start, end, tuple(map(str, words["notes"])), clip)

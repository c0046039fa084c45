"""A teacher's examples to a bundle and back: their clips, so that they can be embedded anew, and their embeddings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from ..errors import FormatError, KinesicsError
from ..types import Array, PoseSequence, Skeleton
from ..weights.bundle import pack, read_bundle, unpack, write_bundle
from .examples import Example

__all__ = ["load_teacher", "save_teacher"]

TERMS = "Holds joints of the people who showed the examples; who shares this file shares those."


def save_teacher(path: str | Path, embedding: Any, examples: Sequence[Example], rows: Mapping[int, Array]) -> None:
    """Write all examples.

    Args:
        path: of the bundle, .kin.
        embedding: as the teacher was given it; kept if it is a name or a path.
        examples: in order.
        rows: example number -> its embedding.
    """
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
    }
    arrays: dict[str, Array] = {"rows": np.stack([rows[example.id] for example in examples])}
    for k, example in enumerate(examples):
        arrays |= {f"points{k}": example.clip.points, f"scores{k}": example.clip.scores, f"times{k}": example.clip.times}
    write_bundle(path, head, {"examples.npz": pack(arrays)})


def load_teacher(path: str | Path) -> tuple[str | None, list[Example], dict[int, Array]]:
    """The embedding's name if it has one, the examples, and their embeddings.

    Raises:
        FormatError: no teacher's bundle, or a damaged one.
    """
    head, parts = read_bundle(path, "teacher")
    try:
        arrays = unpack(parts["examples.npz"])
        bodies = {name: _skeleton(words) for name, words in head["skeletons"].items()}
        examples = [_example(words, k, arrays, bodies) for k, words in enumerate(head["examples"])]
        rows = {example.id: arrays["rows"][k] for k, example in enumerate(examples)}
        return head["embedding"], examples, rows
    except (KeyError, TypeError, ValueError, IndexError, KinesicsError) as error:
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
    return Example(int(words["id"]), str(words["label"]), person, start, end, tuple(map(str, words["notes"])), clip)

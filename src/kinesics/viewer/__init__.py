"""Poses to pictures of a person: retrieve and warp keyframes, refine by small nets, within a time budget.

Each tier gives a whole picture: T0 warps the keyframes that are nearest in pose, T1 corrects and completes that by a net on a
coarse grid, T2 adds detail at full size, T3 redraws face and hands. Nothing heavy is imported before it is asked for.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

_HOMES: dict[str, str] = {
    "Artist": "drawing",
    "CostTable": "costs",
    "Drawn": "playing",
    "Footage": "footage",
    "Pacer": "pacing",
    "Person": "person",
    "Placement": "placing",
    "SIZE": "footage",
    "train_person": "training",
    "WHOLE_BODY": "footage",
    "fit_footage": "fitting",
    "load_person": "person_file",
    "pick_keyframes": "keyframes",
    "place": "placing",
    "play": "playing",
    "save_person": "person_file",
}

__all__ = sorted(_HOMES)

if TYPE_CHECKING:
    from .costs import CostTable as CostTable
    from .drawing import Artist as Artist
    from .fitting import fit_footage as fit_footage
    from .footage import SIZE as SIZE
    from .footage import WHOLE_BODY as WHOLE_BODY
    from .footage import Footage as Footage
    from .keyframes import pick_keyframes as pick_keyframes
    from .pacing import Pacer as Pacer
    from .person import Person as Person
    from .person_file import load_person as load_person
    from .person_file import save_person as save_person
    from .placing import Placement as Placement
    from .placing import place as place
    from .playing import Drawn as Drawn
    from .playing import play as play
    from .training import train_person as train_person


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(importlib.import_module(f".{_HOMES[name]}", __name__), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return __all__

"""Pretrained files: what there is, where it lies, how it comes here, and one loader for both runtimes.

`find(name)` gives a path, `load(name_or_path)` a net that runs, `pull()` fetches what is missing through the user's own pip,
`verify()` says what is installed. Nothing is imported before it is asked for.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

_HOMES = {
    "Entry": "manifest",
    "Net": "nets",
    "Port": "nets",
    "entries": "manifest",
    "find": "store",
    "load": "nets",
    "pull": "pulling",
    "verify": "store",
}

__all__ = sorted(_HOMES)

if TYPE_CHECKING:
    from .manifest import Entry as Entry
    from .manifest import entries as entries
    from .nets import Net as Net
    from .nets import Port as Port
    from .nets import load as load
    from .pulling import pull as pull
    from .store import find as find
    from .store import verify as verify


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(importlib.import_module(f".{_HOMES[name]}", __name__), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return __all__

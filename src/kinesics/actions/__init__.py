"""A person over time to actions: features, classifier, few-shot, streaming, postures, coaching.

Nothing heavy is imported before it is asked for; PyTorch only while a network is trained.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

_HOMES: dict[str, str] = {
    "read_bundle": "bundle",
    "write_bundle": "bundle",
}

__all__ = sorted(_HOMES)

if TYPE_CHECKING:
    from .bundle import read_bundle as read_bundle
    from .bundle import write_bundle as write_bundle


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(importlib.import_module(f".{_HOMES[name]}", __name__), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return __all__

"""The resident service: nets kept warm, several streams, metadata out, and the page.

One process answers the network and holds no net; each stream is looked at by a worker process of its own, so that one which
dies takes nobody with it. What they say to each other stands in `messages`, what a stream is in `settings`.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

_HOMES = {"serve": "serving"}

__all__ = sorted(_HOMES)

if TYPE_CHECKING:
    from .serving import serve as serve


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'kinesics.server' has no attribute {name!r}")
    return getattr(importlib.import_module(f".{_HOMES[name]}", __name__), name)

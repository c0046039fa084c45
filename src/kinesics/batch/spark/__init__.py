"""The corpus on Spark: the same function and the same workers as the pool's, on as many machines as a cluster has."""

from __future__ import annotations

from .cluster import run_shards
from .frames import rows
from .session import local_session

__all__ = ["local_session", "rows", "run_shards"]

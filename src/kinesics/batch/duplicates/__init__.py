"""Near-duplicate shots, clips and pictures: hashes in each shard, then buckets, comparisons inside them, and groups."""

from __future__ import annotations

from .finish import find_duplicates

__all__ = ["find_duplicates"]

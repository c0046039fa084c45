"""Paths as Spark names them."""

from __future__ import annotations

import os
from urllib.parse import unquote, urlsplit

__all__ = ["local"]


def local(path: str) -> str:
    """The path of a file as this machine opens it: "file:/a/b.mp4" and "dbfs:/a/b.mp4", as Spark lists files, and plain ones.

    Databricks mounts dbfs:/Volumes/… at /Volumes/… and any other dbfs:/… at /dbfs/….
    """
    scheme = path.partition(":")[0]
    if scheme not in ("file", "dbfs"):
        return os.path.abspath(path)
    place = unquote(urlsplit(path).path)
    return place if scheme == "file" or place.startswith("/Volumes/") else f"/dbfs{place}"

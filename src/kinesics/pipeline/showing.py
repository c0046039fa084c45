"""The main job on the bundled clip, offline."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ..weights import find
from .running import run


def demo(out: str | Path = "kinesics-demo", **options: Any) -> dict[str, Any]:
    """Play the bundled clip (a person walking; Sports2D, BSD-3) through the whole chain.

    Args:
        out: folder for the annotated film, the Scenes as jsonl, the timeline and the sheet of who was seen.
        options: as of `run`.

    Returns:
        what `run` returns.

    Raises:
        WeightsError: the clip or a net is not installed.
    """
    return run(find("demo_clip"), out, save=("mp4", "jsonl", "timeline", "sheet"), **options)

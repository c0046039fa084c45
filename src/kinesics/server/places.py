"""Where the service keeps what it has learned, by name."""

from __future__ import annotations

from pathlib import Path

from ..errors import UsageError
from .guard.allowed import checked_name
from .settings import StreamSettings

__all__ = ["check_names", "model_path", "paths_of"]

TIERS = ("default", "reference", "fast", "balanced", "accurate")

WHERE = {"model": ("models", "kin"), "coach": ("exercises", "toml"), "person": ("persons", "kin")}


def _path(folder: Path, what: str, name: str) -> Path:
    room, suffix = WHERE[what]
    return folder / room / f"{checked_name(name, what)}.{suffix}"


def model_path(folder: Path, name: str) -> Path:
    """The file of a model of taught actions.

    Raises:
        UsageError: no name that may be a file's.
    """
    return _path(folder, "model", name)


def check_names(settings: StreamSettings) -> None:
    """Whether what a stream names may be named by somebody who asks over the network: no paths, and a pose model that there is.

    Raises:
        UsageError: it may not.
    """
    for what in WHERE:
        name = getattr(settings, what)
        if name:
            checked_name(name, what)
    if settings.pose not in TIERS:
        from importlib.metadata import entry_points

        offered = {point.name for point in entry_points(group="kinesics.pose_models")}
        if settings.pose not in offered:
            known = ", ".join([*TIERS, *sorted(offered)])
            raise UsageError(f"no pose model is called {settings.pose[:40]!r}; there are {known}")


def paths_of(folder: Path, settings: StreamSettings) -> dict[str, str]:
    """The files of what a stream uses, as far as they are there: "model", "coach", "person".

    Raises:
        UsageError: a name that may be no file's.
    """
    named = {what: getattr(settings, what) for what in WHERE}
    paths = {what: _path(folder, what, name) for what, name in named.items() if name}
    return {what: str(path) for what, path in paths.items() if path.is_file()}

"""Exercises that the service can count: those that ship, and those that were shown to it. Written by the desk alone.

What was shown is kept as TOML that people can read and mend (`exercises/NAME.toml`), beside a small film of its joints for the
page (`exercises/NAME.json`); a text that somebody broke by hand is told with its mistakes, not hidden.
"""

from __future__ import annotations

import contextlib
import json
import os
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ...errors import FormatError, SinkError, UsageError
from ..guard.allowed import checked_name
from ..refusals import Absent
from .clip_bytes import unpack_clip

if TYPE_CHECKING:
    from ...actions.coach import Exercise, Measure
    from ...types import PoseSequence

__all__ = ["exercises", "film_of", "record_exercise", "remove_exercise"]

MOST = 200  # exercises of one's own
LARGEST = 64 << 10  # bytes of a text
MOMENTS = 16  # of a film


def exercises(folder: Path) -> list[dict[str, Any]]:
    """Every exercise that a stream may be told to coach, by name.

    Args:
        folder: of the service.

    Returns:
        for each: `name` (what `settings.coach` takes), `title`, `kind` ("repetitions" or "hold"), `about`, `view`,
        `camera` (what to tell who stands wrong), `main` (the measure that shows it best), `unit`, `levels` ([word, value] on
        the main measure), `angles` (of three joints: {measure, joints, sided}), `phases`, `limits`, `least`, `most`, `film`
        (points (t, 17, 2) in hundredths of its height, times; None if there is none), `own`, and `error`, "" unless its text
        is broken; then there is no more than name, title and own.
    """
    from ...actions.coach import exercise
    from ...actions.coach import exercises as shipped

    films = json.loads((resources.files(__package__) / "exercise_films.json").read_text("utf-8"))
    rows = [_row(name, exercise(name), films.get(name), own=False) for name in sorted(shipped())]
    own = sorted((folder / "exercises").glob("*.toml"))[:MOST]
    return [*(_own(path) for path in own), *rows]


def record_exercise(folder: Path, name: str, clip: bytes) -> dict[str, Any]:
    """Make an exercise of what somebody showed, and keep it.

    Args:
        folder: of the service.
        name: it gets; an earlier one of its own of this name is replaced.
        clip: as `clip_bytes.pack_clip` makes it: a start pose, then one repetition or more; or a posture, held.

    Returns:
        its row of `exercises`, once it is on the disk.

    Raises:
        UsageError: a name that cannot be, or that ships; nobody was seen well enough, or for too short.
        FormatError: the bytes are no clip.
        SinkError: it cannot be written.
    """
    from ...actions.coach import exercise_from_example, parse_exercise

    path = _path(folder, name)
    if not path.exists() and len(list(path.parent.glob("*.toml"))) >= MOST:
        raise UsageError(f"there are {MOST} exercises already; remove one first")
    shown = unpack_clip(clip)
    if not len(shown) or not (shown.scores > 0).any():
        raise UsageError("nobody was seen; stand so that the whole body is in the picture, and show it again")
    text = exercise_from_example(shown, path.stem)
    made = parse_exercise(text, path.name)
    film = film_of(shown)
    _keep(path.with_suffix(".json"), json.dumps(film).encode())
    _keep(path, text.encode())
    return _row(path.stem, made, film, own=True)


def remove_exercise(folder: Path, name: str) -> None:
    """Forget an exercise that was shown.

    Raises:
        Absent: there is none of this name.
        UsageError: it ships with the package.
    """
    path = _path(folder, name)
    if not path.exists():
        raise Absent(f"no exercise of your own is called {name!r}")
    path.with_suffix(".json").unlink(missing_ok=True)
    path.unlink(missing_ok=True)


def _path(folder: Path, name: str) -> Path:
    from ...actions.coach import exercises as shipped

    name = checked_name(name, "exercise")
    if name.strip().lower() in shipped():
        raise UsageError(f"{name!r} is an exercise that ships with the package; choose another name")
    return folder / "exercises" / f"{name}.toml"


def _keep(path: Path, data: bytes) -> None:
    """Under its name only when the disk has all of it."""
    from ...weights.bundle import flush

    partial = path.with_name(f".{path.name}.partial")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        partial.write_bytes(data)
        flush(partial)
        os.replace(partial, path)
        flush(path.parent)
    except OSError as error:
        with contextlib.suppress(OSError):
            partial.unlink(missing_ok=True)
        raise SinkError(f"{path.name}: the exercise could not be saved: {error.strerror or error}") from error


def _own(path: Path) -> dict[str, Any]:
    from ...actions.coach import parse_exercise

    try:
        if path.stat().st_size > LARGEST:
            raise FormatError(f"{path.name}: larger than {LARGEST >> 10} kB, which no exercise is")
        made = parse_exercise(path.read_text("utf-8"), path.name)
    except (FormatError, OSError, UnicodeDecodeError) as error:
        return {"name": path.stem, "title": path.stem, "own": True, "error": str(error).splitlines()[0]}
    film = None
    with contextlib.suppress(OSError, ValueError):
        film = json.loads(path.with_suffix(".json").read_text("utf-8"))
    return _row(path.stem, made, film, own=True)


def _row(name: str, made: Exercise, film: Any, *, own: bool) -> dict[str, Any]:
    main = made.measures[made.main.partition(".")[0]]
    bounds = [limit.condition for limit in made.limits if limit.spoils and limit.condition.measure == made.main]
    levels = [[phase.name, phase.enter] for phase in made.phases if phase.measure == made.main]
    levels += [[word, v] for c in bounds for word, v in (("at least", c.low), ("at most", c.high)) if np.isfinite(v)]
    return {
        "name": name,
        "title": made.name,
        "kind": made.kind,
        "about": made.about,
        "view": made.view,
        "camera": made.camera,
        "main": made.main.removesuffix(".mean"),
        "unit": main.unit,
        "levels": levels,
        "angles": _angles(made),
        "phases": [{"name": phase.name, "short": phase.short} for phase in made.phases],
        "limits": [{"name": limit.name, "advice": limit.advice, "severity": limit.severity} for limit in made.limits],
        "least": made.least,
        "most": made.most,
        "film": film,
        "own": own,
        "error": "",
    }


def _angles(made: Exercise) -> list[dict[str, Any]]:
    """Measures with three joints that matter: of phases first, then of limits that spoil, then of the others."""
    used = [phase.measure for phase in made.phases]
    used += [limit.condition.measure for limit in sorted(made.limits, key=lambda limit: not limit.spoils)]
    names = dict.fromkeys(name.removesuffix(".mean") for name in used)
    return [row for name in names if (row := _angle(name, made.measures[name.partition(".")[0]]))]


def _angle(name: str, measure: Measure) -> dict[str, Any] | None:
    if len(measure.joints) != 3 or measure.unit != "°":
        return None
    return {"measure": name, "joints": list(measure.joints), "sided": measure.sided}


def film_of(clip: PoseSequence) -> dict[str, Any] | None:
    """Some moments of who is seen most: points in hundredths of the height, from the top left corner, null where missing."""
    from ...pose.adapting import whole_body

    who = int((clip.scores > 0).sum((0, 2)).argmax())
    one = whole_body(clip.person(int(clip.ids[who])))
    chosen = np.unique(np.linspace(0, len(one) - 1, min(MOMENTS, len(one))).round().astype(int))
    points = np.where(one.scores[chosen, 0, :17, None] > 0.1, one.points[chosen, 0, :17, :2], np.nan)
    if not np.isfinite(points).any():
        return None
    low, high = np.nanmin(points, axis=(0, 1)), np.nanmax(points, axis=(0, 1))
    points = (points - low) * 100 / max(float(high[1] - low[1]), 1e-6)
    rows = [
        [None if np.isnan(p).any() else [round(float(p[0]), 1), round(float(p[1]), 1)] for p in moment] for moment in points
    ]
    times = one.times[chosen] - one.times[chosen[0]]
    return {"points": rows, "times": [round(float(time), 2) for time in times]}

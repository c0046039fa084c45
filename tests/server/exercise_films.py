"""Makes `exercise_films.json`: `python tests/server/exercise_films.py > src/kinesics/server/library/exercise_films.json`."""

from __future__ import annotations

import json
from typing import Any

from kinesics.actions.coach import exercise, exercises
from kinesics.server.library.exercises import film_of
from kinesics.testing.exercising import exercise_clip

VIEWS = {"side": 30.0, "front": 90.0, "any": 70.0}


def films() -> dict[str, Any]:
    """A small film of each exercise that ships, by its name."""
    made = {}
    for name in exercises():
        clip, _ = exercise_clip(name, 1, seconds=2.4, rest=0.3, fps=10, azimuth=VIEWS[exercise(name).view])
        made[name] = film_of(clip)
    return made


if __name__ == "__main__":
    print(json.dumps(films(), separators=(",", ":")))

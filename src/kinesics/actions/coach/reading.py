"""Exercises from TOML: those that come with the package, and files of one's own; what is wrong is said one line a mistake."""

from __future__ import annotations

import difflib
import math
import re
import tomllib
from collections.abc import Iterable
from importlib import resources
from pathlib import Path
from typing import Any

from ...errors import FormatError, UsageError
from .body import PAIRED
from .measures import JOINS, NAMED, Measure
from .schema import Condition, Exercise, Limit, Phase

__all__ = ["check_exercise", "exercise", "exercises", "parse_exercise"]

VIEWS = ("side", "oblique", "front", "3d")
KINDS = ("repetitions", "hold")
_SINGLE = ("nose", "neck", "head")


def exercises() -> dict[str, str]:
    """Names of the exercises that come with the package, and a line about each."""
    folder = resources.files(__package__) / "exercises"
    found = {}
    for file in sorted(folder.iterdir(), key=lambda file: file.name):
        if file.name.endswith(".toml"):
            found[file.name.removesuffix(".toml")] = str(tomllib.loads(file.read_text("utf-8")).get("about", ""))
    return found


def exercise(what: str | Path | Exercise) -> Exercise:
    """An exercise by its name, from a TOML file of yours, or as it is.

    Args:
        what: a name out of `exercises()` (case, spaces, "-" and "_" do not matter), the path of a .toml file, or an `Exercise`.

    Raises:
        UsageError: no exercise has this name.
        FormatError: the file is not an exercise; each mistake is named.
    """
    if isinstance(what, Exercise):
        return what
    path = Path(what)
    if path.suffix == ".toml" or isinstance(what, Path):
        try:
            return parse_exercise(path.read_text("utf-8"), str(what))
        except (OSError, UnicodeDecodeError) as error:
            raise UsageError(f"{what}: no exercise can be read there; there are {', '.join(exercises())}") from error
    name = re.sub(r"[\s_-]+", "-", what.strip().lower())
    name = {"pushup": "push-up", "push-ups": "push-up", "curl": "biceps-curl", "warrior2": "warrior-ii"}.get(name, name)
    known = {known.replace("_", "-"): known for known in exercises()}
    for candidate in (name, name.removesuffix("s")):
        if candidate in known:
            file = resources.files(__package__) / "exercises" / f"{known[candidate]}.toml"
            return parse_exercise(file.read_text("utf-8"), f"{known[candidate]}.toml")
    like = difflib.get_close_matches(name, known, 1)
    meant = f", {like[0]} perhaps" if like else ""
    raise UsageError(f"no exercise is called {what!r}{meant}; there are {', '.join(known)}, or give the path of a .toml file")


def parse_exercise(text: str, file: str = "exercise") -> Exercise:
    """An exercise from TOML text.

    Raises:
        FormatError: names every mistake: file, key, what is expected.
    """
    reader = _Reader(file)
    found = reader.read(text)
    if reader.mistakes or found is None:
        raise FormatError("; ".join(reader.mistakes))
    return found


def check_exercise(text: str, file: str = "exercise") -> list[str]:
    """What is wrong with TOML text, one line a mistake; empty when it is an exercise."""
    reader = _Reader(file)
    reader.read(text)
    return reader.mistakes


def parse_measure(text: str) -> Measure:
    """A measure from its text; see `measures`.

    Raises:
        ValueError: says what is expected.
    """
    if text in NAMED:
        return Measure(text, NAMED[text].sided, "", NAMED[text].joints)
    joints = tuple(text.split("-"))
    if not 2 <= len(joints) <= 3:
        raise ValueError(f"expected two or three joints with - between, or one of {', '.join(NAMED)}; got {text!r}")
    for joint in joints:
        part = joint.removeprefix("left_").removeprefix("right_")
        if part not in PAIRED and not (part == joint and (part in _SINGLE or part.removesuffix("s") in PAIRED)):
            raise ValueError(
                f"{joint!r} in {text!r} is no joint; there are {', '.join((*PAIRED, *_SINGLE))}, left_… and right_…"
            )
    return Measure(text, any(joint in PAIRED for joint in joints), "°", joints)


class _Reader:
    """Reads one file and gathers what is wrong with it."""

    def __init__(self, file: str) -> None:
        self.file = Path(file).name
        self.mistakes: list[str] = []
        self.measures: dict[str, Measure] = {}

    def wrong(self, key: str, words: str) -> None:
        """Note a mistake."""
        self.mistakes.append(f"{self.file}: {key}: {words}")

    def read(self, text: str) -> Exercise | None:
        """The exercise, or None with `mistakes`."""
        try:
            table = tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:
            self.wrong("TOML", f"this is no TOML ({error})")
            return None
        self.known(table, "", ("name", "kind", "about", "ready", "least", "most", "camera", *_TABLES))
        kind = self.word(table, "", "kind", "repetitions", KINDS)
        self.read_measures(table)
        camera = self.table(table, "camera")
        self.known(camera, "camera.", ("view", "joints", "advice"))
        phases = tuple(self.phase(row, key) for key, row in self.rows(table, "phases"))
        limits = tuple(self.limit(row, key, phases) for key, row in self.rows(table, "limits"))
        position = tuple(self.condition(row, key, ("why",)) for key, row in self.rows(table, "position"))
        self.check_kind(kind, phases, limits)
        found = Exercise(
            name=self.text(table, "", "name", None),
            kind=kind,
            about=self.text(table, "", "about", ""),
            view=self.word(camera, "camera.", "view", "any", ("side", "front", "any")),
            joints=self.joints(camera),
            camera=self.text(camera, "camera.", "advice", ""),
            measures=self.measures,
            position=position,
            phases=phases,
            limits=limits,
            ready=self.number(table, "", "ready", 0.4, 0, 60),
            least=self.number(table, "", "least", 0.5 if kind == "repetitions" else 2.0, 0, 3600),
            most=self.number(table, "", "most", 20.0, 0.1, 3600),
        )
        return None if self.mistakes else found

    def read_measures(self, table: dict[str, Any]) -> None:
        rows = self.table(table, "measures")
        if not rows:
            self.wrong("measures", 'expected a table such as knee = "hip-knee-ankle"')
        for name, text in rows.items():
            try:
                self.measures[name] = parse_measure(text if isinstance(text, str) else str(text))
            except ValueError as error:
                self.wrong(f"measures.{name}", str(error))
                self.measures[name] = parse_measure("travel")  # so that its users are not wrong too

    def check_kind(self, kind: str, phases: tuple[Phase, ...], limits: tuple[Limit, ...]) -> None:
        if kind == "repetitions" and len(phases) < 2:
            self.wrong("phases", f"expected at least two [[phases]], the start and the turn; got {len(phases)}")
        if kind == "hold" and phases:
            self.wrong("phases", "expected none in a hold; say what is held with [[limits]] and spoils = true")
        if kind == "hold" and not any(limit.spoils for limit in limits):
            self.wrong(
                "limits", "expected at least one with spoils = true in a hold: what has to be kept for a second to count"
            )

    def phase(self, row: dict[str, Any], key: str) -> Phase:
        self.known(row, key, ("name", "measure", "enter_above", "leave_below", "enter_below", "leave_above", "hold", "short"))
        above = "enter_above" in row
        if above == ("enter_below" in row) or above == ("leave_above" in row):
            self.wrong(key + "enter_above", "expected either enter_above with leave_below or enter_below with leave_above")
        enter = self.number(row, key, "enter_above" if above else "enter_below", 0.0)
        leave = self.number(row, key, "leave_below" if above else "leave_above", enter)
        if (leave > enter) if above else (leave < enter):
            side = "below" if above else "above"
            self.wrong(key + f"leave_{side}", f"expected a value {side} {enter:g}, where it is entered; got {leave:g}")
        name = self.text(row, key, "name", None)
        hold = self.number(row, key, "hold", 0.05, 0, 60)
        return Phase(
            name, self.measure(row, key), above, enter, leave, hold, self.text(row, key, "short", f"{name} not reached")
        )

    def condition(self, row: dict[str, Any], key: str, more: Iterable[str]) -> Condition:
        self.known(row, key, ("measure", "at_least", "at_most", *more))
        if "at_least" not in row and "at_most" not in row:
            self.wrong(key + "at_most", "expected at_least, at_most or both")
        low = self.number(row, key, "at_least", -math.inf)
        high = self.number(row, key, "at_most", math.inf)
        if low > high:
            self.wrong(key + "at_least", f"expected no more than at_most, {high:g}; got {low:g}")
        return Condition(self.measure(row, key), low, high, self.text(row, key, "why", ""))

    def limit(self, row: dict[str, Any], key: str, phases: tuple[Phase, ...]) -> Limit:
        condition = self.condition(row, key, ("name", "during", "view", "severity", "seconds", "spoils", "advice", "why"))
        during = self.text(row, key, "during", "")
        if during and during not in [phase.name for phase in phases]:
            self.wrong(key + "during", f"expected the name of a phase, {', '.join(p.name for p in phases)}; got {during!r}")
        views = row.get("view", list(VIEWS))
        views = [views] if isinstance(views, str) else views
        if not isinstance(views, list) or not views or any(view not in VIEWS for view in views):
            self.wrong(key + "view", f"expected one or more of {', '.join(VIEWS)}; got {row['view']!r}")
            views = []
        severity = self.number(row, key, "severity", 1, 1, 3)
        spoils = row.get("spoils", False)
        if not isinstance(spoils, bool):
            self.wrong(key + "spoils", f"expected true or false, got {spoils!r}")
        return Limit(
            self.text(row, key, "name", None),
            condition,
            during,
            frozenset([*views, "3d"]),
            int(severity),
            self.number(row, key, "seconds", 0.2, 0, 60),
            spoils is True,
            self.text(row, key, "advice", None),
        )

    def measure(self, row: dict[str, Any], key: str) -> str:
        given = row.get("measure")
        name, _, join = given.partition(".") if isinstance(given, str) else ("", "", "")
        if name not in self.measures:
            self.wrong(key + "measure", f"expected a name of [measures], {', '.join(self.measures)}; got {given!r}")
            return ""
        if join and (join not in JOINS or not self.measures[name].sided):
            ways = f"one of {', '.join(JOINS)} after the dot" if self.measures[name].sided else "no dot: it has no sides"
            self.wrong(key + "measure", f"expected {ways}; got {given!r}")
        return f"{name}.{join}" if join else f"{name}.mean"

    def joints(self, camera: dict[str, Any]) -> tuple[str, ...]:
        default = sorted(
            {j.removesuffix("s") for m in self.measures.values() for j in m.joints if j.removesuffix("s") in PAIRED}
        )
        given = camera.get("joints", default)
        if not isinstance(given, list) or any(joint not in PAIRED for joint in given):
            self.wrong("camera.joints", f"expected a list out of {', '.join(PAIRED)}; got {given!r}")
            return ()
        return tuple(given)

    def table(self, table: dict[str, Any], key: str) -> dict[str, Any]:
        given = table.get(key, {})
        if not isinstance(given, dict):
            self.wrong(key, f"expected a table [{key}], got {given!r}")
            return {}
        return given

    def rows(self, table: dict[str, Any], key: str) -> list[tuple[str, dict[str, Any]]]:
        given = table.get(key, [])
        if not isinstance(given, list) or any(not isinstance(row, dict) for row in given):
            self.wrong(key, f"expected [[{key}]] with double brackets")
            return []
        return [(f"{key}[{i}].", row) for i, row in enumerate(given, 1)]

    def known(self, row: dict[str, Any], key: str, names: Iterable[str]) -> None:
        names = tuple(names)
        for name in row:
            if name not in names:
                self.wrong(f"{key}{name}", f"nobody knows this key; there are {', '.join(names)}")

    def text(self, row: dict[str, Any], key: str, name: str, default: str | None) -> str:
        given = row.get(name, default)
        if not isinstance(given, str) or (default is None and not given.strip()):
            self.wrong(key + name, "expected some text in quotes" + ("" if given is None else f", got {given!r}"))
            return ""
        return " ".join(given.split())

    def word(self, row: dict[str, Any], key: str, name: str, default: str, words: tuple[str, ...]) -> str:
        given = row.get(name, default)
        if given not in words:
            self.wrong(key + name, f"expected one of {', '.join(words)}; got {given!r}")
            return default
        return str(given)

    def number(
        self, row: dict[str, Any], key: str, name: str, default: float, low: float = -math.inf, high: float = math.inf
    ) -> float:
        given = row.get(name, default)
        if isinstance(given, bool) or not isinstance(given, int | float) or not low <= given <= high:
            bounds = f" from {low:g} to {high:g}" if math.isfinite(low) else ""
            self.wrong(key + name, f"expected a number{bounds}, got {given!r}")
            return default
        return float(given)


_TABLES = ("measures", "phases", "limits", "position")

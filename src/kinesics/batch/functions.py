"""Functions of yours, called once for each shot: how they are named, found and called."""

from __future__ import annotations

import functools
import hashlib
import importlib
import importlib.util
import sys
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from importlib.machinery import SourceFileLoader
from pathlib import Path
from types import CodeType, ModuleType
from typing import Any

from ..errors import JobError, SinkError, UsageError
from ..types import Array, Scene

__all__ = ["PICTURES", "SCENES", "ShotView", "call_function", "load_function"]

PICTURES = 16  # of a shot at most
SCENES = 400


@dataclass(frozen=True)
class ShotView:
    """What your function is given of a shot.

    Attributes:
        path: of the clip.
        index: 0, 1, 2 … in the clip.
        start, end: seconds.
        before: how it begins: "start", "cut", "fade" or "dissolve".
        times: seconds of the pictures.
        pictures: (h, w, 3) uint8 RGB, 480 pixels long at most: up to 16, spread over the shot.
        scenes: who is there, without pictures and without measured times, up to 400 spread over the shot; empty unless another
            job looks for people (people, faces, search).
    """

    path: str
    index: int
    start: float
    end: float
    before: str
    times: list[float]
    pictures: list[Array]
    scenes: list[Scene]


def load_function(name: str) -> Callable[[ShotView], Any]:
    """The function that "module:name" or "file.py:name" means; a file is run once, and again after it was changed.

    Raises:
        UsageError: there is no such file, module or function, or it cannot be imported; says where and why.
    """
    place, _, function = name.rpartition(":")
    if not place or not function.isidentifier():
        raise UsageError(f'function: expected "module:name" or "file.py:name", got {name!r}')
    try:
        module = _of_file(place, _content(place)) if place.endswith(".py") else importlib.import_module(place)
    except (Exception, SystemExit) as error:  # importing runs what the user wrote, which may raise anything
        raise UsageError(f"function {name}: {place} cannot be imported: {_words(error, place)}") from error
    found = getattr(module, function, None)
    if not callable(found):
        known = ", ".join(key for key, value in vars(module).items() if callable(value) and not key.startswith("_"))
        raise UsageError(f"function {name}: {place} has no function {function}; it has {known or 'none'}")
    return found  # type: ignore[no-any-return]


def call_function(function: Callable[[ShotView], Any], view: ShotView, place: str) -> str:
    """What the function says of a shot, as JSON; numbers that are not finite are null.

    Raises:
        JobError: it raised, or its answer cannot be written as JSON; says in which file and line.
    """
    from ..formats.encode import to_json

    try:
        answer = function(view)
    except MemoryError:
        raise
    except (Exception, SystemExit) as error:  # it may raise anything
        raise JobError(f"shot {view.index}: {_words(error, place)}") from error
    try:
        return to_json(answer, f"shot {view.index}: what the function answers ({type(answer).__name__})").decode()
    except SinkError as error:
        raise JobError(f"{error}; expected a mapping, a list, text or a number") from error


def _content(place: str) -> str:
    path = Path(place)
    if not path.is_file():
        raise UsageError("there is no such file")
    return hashlib.sha256(path.read_bytes()).hexdigest()


class _Fresh(SourceFileLoader):
    """Reads the text itself: what Python compiled of it before is told apart by its second and size alone."""

    def get_code(self, fullname: str) -> CodeType:
        """Compiled anew."""
        code: CodeType = self.source_to_code(self.get_data(self.path), self.path)
        return code


@functools.lru_cache(8)
def _of_file(place: str, content: str) -> ModuleType:
    name = f"kinesics_function_{hashlib.sha256(f'{Path(place).absolute()} {content}'.encode()).hexdigest()[:16]}"
    spec = importlib.util.spec_from_file_location(name, place, loader=_Fresh(name, place))
    if spec is None or spec.loader is None:
        raise UsageError("it is no Python file")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module  # as for any import: dataclasses look there
    try:
        spec.loader.exec_module(module)
    except BaseException:
        del sys.modules[name]
        raise
    return module


def _words(error: BaseException, place: str) -> str:
    """What was raised and where: the last line of the user's own file, else the last line of all."""
    steps = traceback.extract_tb(error.__traceback__)
    own = [step for step in steps if Path(step.filename).name == Path(place).name]
    where = own[-1] if own else (steps[-1] if steps else None)
    if isinstance(error, SyntaxError) and error.lineno is not None:
        return f"{Path(error.filename or place).name}:{error.lineno}: SyntaxError: {error.msg}"
    words = " ".join(str(error).split())
    if isinstance(error, UsageError) or where is None:
        return words
    return f"{Path(where.filename).name}:{where.lineno}: {type(error).__name__}{': ' * bool(words)}{words}"

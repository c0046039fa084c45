"""Models of taught actions, one file each, written by the desk alone.

What is answered is on the disk: a file is replaced whole. The version before each change stays for a while (`models/.before/`),
so that a change can be taken back, after a restart too.
"""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ...errors import FormatError, KinesicsError, SinkError, UsageError
from ..places import model_path
from ..refusals import Absent, Taken
from .clip_bytes import unpack_clip
from .versions import Versions

if TYPE_CHECKING:
    from ...actions import ActionTeacher
    from ...actions.examples import Example

__all__ = ["TaughtModels"]

MODELS, EXAMPLES = 100, 500  # at most
TICKETS = 1000  # questions whose answers are remembered
OPEN = 4  # models held in memory
Stamp = tuple[int, int, int]


class TaughtModels:
    """The models in a folder.

    Args:
        folder: of the service; the models are in `models/` below it.
    """

    def __init__(self, folder: str | Path) -> None:
        self._folder = Path(folder)
        self._versions = Versions(self._folder / "models")
        self._open: dict[str, tuple[Stamp, ActionTeacher]] = {}
        self._rows: dict[str, tuple[Stamp, dict[str, Any]]] = {}

    def names(self) -> list[str]:
        """Of all models, sorted."""
        return sorted(path.stem for path in (self._folder / "models").glob("*.kin") if path.is_file())

    def models(self) -> list[dict[str, Any]]:
        """Each model: `name`, `examples` (how many), `classes` (label -> how many), `bytes`, `changed` (seconds since 1970),
        `undo` (steps back) and `error`, "" unless its file cannot be read.
        """
        return [self._row(name) for name in self.names()]

    def create(self, name: str) -> dict[str, Any]:
        """A model that knows nothing yet.

        Raises:
            Taken: there is one of that name.
            UsageError: no name, or too many models.
        """
        from ...actions import ActionTeacher

        path = self._new(name)
        self._write(path, ActionTeacher(), "the model was not made")
        return self._row(name)

    def learn(self, name: str, label: str, clip: bytes, ticket: str = "") -> dict[str, Any]:
        """Learn an example; when this returns, it is on the disk.

        Args:
            name: of the model; one that is not there is made.
            label: of the action.
            clip: what `pack_clip` made.
            ticket: of the question; asked twice, it is learned once.

        Returns:
            `example` (id, label, person, seconds, notes), `examples` (how many), `classes` (label -> how many), `model`.

        Raises:
            UsageError: the label or the name cannot be, nobody is seen in the clip, or the model is full.
            FormatError: no clip, or the model's file is damaged.
            SinkError: it cannot be kept; nothing is learned then.
        """
        from ...actions import ActionTeacher

        film, path = unpack_clip(clip), self._path(name)
        teacher = self._teacher(name) if path.is_file() else ActionTeacher()
        tickets: dict[str, int] = dict(teacher.about.get("tickets", []))
        known = {example.id: example for example in teacher.examples}
        if ticket and ticket in tickets:
            return {**self._told(name, teacher), "example": told(known.get(tickets[ticket])), "again": True}
        if len(known) >= EXAMPLES:
            raise UsageError(f"{name} has {len(known)} examples, as many as a model may have; delete some first")
        number = teacher.add(film, label)
        if ticket:
            teacher.about["tickets"] = [*tickets.items(), (ticket, number)][-TICKETS:]
        if not path.is_file():
            self.create(name)  # what `undo` goes back to
        self._write(path, teacher, f"the example of {label!r} was not kept", "show it again")
        return {**self._told(name, teacher), "example": told(teacher.examples[-1])}

    def examples(self, name: str) -> dict[str, Any]:
        """`examples` (each id, label, person, seconds, notes), `classes`, `undo`, `model`."""
        teacher = self._teacher(name)
        rows = [told(example) for example in teacher.examples]
        return {**self._told(name, teacher), "examples": rows, "undo": len(self._versions.before(self._path(name)))}

    def film(self, name: str, example: int) -> dict[str, Any]:
        """An example's joints: `id`, `label`, and what `film_of` gives."""
        from .films import film_of

        found = next((one for one in self._teacher(name).examples if one.id == example), None)
        if found is None:
            raise Absent(f"{name} has no example {example}")
        return {"id": found.id, "label": found.label, **film_of(found.clip)}

    def delete(self, name: str, example: int) -> dict[str, Any]:
        """Forget one example; answers as `examples` does."""
        teacher = self._teacher(name)
        if example not in [one.id for one in teacher.examples]:
            raise Absent(f"{name} has no example {example}")
        teacher.remove(example)
        return self._changed(name, teacher)

    def delete_label(self, name: str, label: str) -> dict[str, Any]:
        """Forget a label and its examples; answers as `examples` does."""
        teacher = self._teacher(name)
        self._check_label(name, teacher, label)
        teacher.forget(label)
        return self._changed(name, teacher)

    def rename(self, name: str, label: str, to: str) -> dict[str, Any]:
        """Give a label another name, or that of another label, which it joins; answers as `examples` does."""
        teacher = self._teacher(name)
        self._check_label(name, teacher, label)
        if to.strip() != label:
            teacher.rename(label, to)
            return self._changed(name, teacher)
        return self.examples(name)

    def undo(self, name: str) -> dict[str, Any]:
        """Take the last change back; answers as `examples` does, and `undone`, False if there was none."""
        path = self._there(name)
        with said("nothing was taken back"):
            undone = self._versions.back(path)
        return {**self.examples(name), "undone": undone}

    def confusions(self, name: str) -> dict[str, Any]:
        """What the others take each example for.

        Returns:
            `taken_for` (example's number, as text -> name), `confusions` (label -> name -> how many) and `certainty`
            (label -> [named rightly, of]).
        """
        from ...actions.confusion import counted

        teacher = self._teacher(name)
        named = teacher.taken_for()
        table = counted(named, teacher.examples)
        right = {label: [row.get(label, 0), sum(row.values())] for label, row in table.items()}
        taken = {str(number): other for number, other in named.items()}
        return {"model": name, "taken_for": taken, "confusions": table, "certainty": right}

    def export(self, name: str) -> bytes:
        """The bytes of its file."""
        return self._there(name).read_bytes()

    def bring(self, name: str, data: bytes, *, replace: bool = False) -> dict[str, Any]:
        """Take a model from a file's bytes; an earlier one that it replaces can be brought back by `undo`.

        Raises:
            Taken: there is one of that name, and `replace` is not given.
            FormatError: the bytes are no model of taught actions, or more than is taken.
        """
        from .model_check import checked_model

        path = self._path(name) if replace else self._new(name)
        with said("the model was not brought"):
            teacher = checked_model(data, examples=EXAMPLES)
        self._write(path, teacher, "the model was not brought")
        return self._row(name)

    def remove(self, name: str) -> dict[str, Any]:
        """Take a model and all its versions from the disk."""
        path = self._there(name)
        with said("the model was not removed"):
            self._versions.remove(path)
        self._open.pop(name, None)
        return {"removed": name}

    # inside

    def _path(self, name: str) -> Path:
        return model_path(self._folder, name)

    def _there(self, name: str) -> Path:
        path = self._path(name)
        if not path.is_file():
            raise Absent(f"there is no model {name!r}; there are {', '.join(self.names()) or 'none yet'}")
        return path

    def _new(self, name: str) -> Path:
        path = self._path(name)
        if path.exists():
            raise Taken(f"there is a model {name!r} already; choose another name, or replace it")
        if len(self.names()) >= MODELS:
            raise UsageError(f"there are {MODELS} models, as many as there may be; remove one first")
        return path

    def _check_label(self, name: str, teacher: ActionTeacher, label: str) -> None:
        if label not in teacher.classes_:
            raise Absent(f"nothing in {name} is called {label!r}; there are {', '.join(teacher.classes_) or 'no labels yet'}")

    def _teacher(self, name: str) -> ActionTeacher:
        from ...actions import ActionTeacher

        path = self._there(name)
        stamp, held = self._open.pop(name, (None, None))
        now = stamp_of(path)
        teacher = held if held is not None and stamp == now else ActionTeacher.load(path)
        self._open[name] = now, teacher
        while len(self._open) > OPEN:
            del self._open[next(iter(self._open))]
        return teacher

    def _write(self, path: Path, teacher: ActionTeacher, failed: str, then: str = "try again") -> None:
        self._open.pop(path.stem, None)  # what could not be kept is not known either
        with said(failed, then):
            self._versions.keep(path)
            teacher.save(path, durable=True, empty=True)
            self._versions.trim(path)
        self._open[path.stem] = stamp_of(path), teacher

    def _changed(self, name: str, teacher: ActionTeacher) -> dict[str, Any]:
        self._write(self._path(name), teacher, "nothing was changed")
        return self.examples(name)

    def _told(self, name: str, teacher: ActionTeacher) -> dict[str, Any]:
        labels = [example.label for example in teacher.examples]
        return {"model": name, "examples": len(labels), "classes": {label: labels.count(label) for label in teacher.classes_}}

    def _row(self, name: str) -> dict[str, Any]:
        path = self._path(name)
        stamp = stamp_of(path)
        held = self._rows.get(name)
        if held is None or held[0] != stamp:
            self._rows[name] = held = stamp, _summary(name, path)
        return {**held[1], "bytes": stamp[1], "changed": stamp[0] / 1e9, "undo": len(self._versions.before(path))}


def told(example: Example | None) -> dict[str, Any] | None:
    """An example without its clip; None for one that is not there any more."""
    if example is None:
        return None
    seconds = round(example.end - example.start, 2)
    return {
        "id": example.id,
        "label": example.label,
        "person": example.person,
        "seconds": seconds,
        "notes": list(example.notes),
    }


def stamp_of(path: Path) -> Stamp:
    """What changes when the file does: nanoseconds, bytes, number on the disk."""
    there = path.stat()
    return there.st_mtime_ns, there.st_size, there.st_ino


@contextlib.contextmanager
def said(failed: str, then: str = "try again") -> Any:
    """An error of the disk as one line: what was not done, why, what to do."""
    try:
        yield
    except OSError as error:  # a SinkError is one
        cause = error.__cause__ if isinstance(error, KinesicsError) else error
        why = (getattr(cause, "strerror", None) or str(error)).lower()
        raise SinkError(f"{failed} ({why}); make room or mend the folder of the service, then {then}") from error


def _summary(name: str, path: Path) -> dict[str, Any]:
    from ...weights.bundle import read_bundle

    try:
        labels = [str(row["label"]) for row in read_bundle(path, "teacher")[0]["examples"]]
    except FormatError as error:
        return {"name": name, "examples": 0, "classes": {}, "error": str(error).replace(str(path), path.name)}
    except (KeyError, TypeError):
        return {"name": name, "examples": 0, "classes": {}, "error": f"{path.name}: damaged; remove it or undo"}
    return {
        "name": name,
        "examples": len(labels),
        "classes": {label: labels.count(label) for label in sorted(set(labels))},
        "error": "",
    }

"""What the service has learned: models of taught actions, exercises, persons. One worker, the desk, answers for all of it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from ...errors import UsageError
from .models import TaughtModels

__all__ = ["Library"]

Args = dict[str, Any]
Bodies = tuple[bytes, ...]
Answer = tuple[dict[str, Any], Bodies]


class Library:
    """Answers questions about one folder; the only one who writes there.

    Args:
        folder: of the service.
    """

    def __init__(self, folder: str | Path) -> None:
        self._folder = Path(folder)
        self._models = TaughtModels(self._folder)
        models, name, label = self._models, "model", "label"
        self._do: dict[str, Callable[[Args, Bodies], dict[str, Any]]] = {
            "models": lambda a, b: {"models": models.models()},
            "create": lambda a, b: models.create(_text(a, name)),
            "learn": lambda a, b: models.learn(_text(a, name), _text(a, label), _body(b), str(a.get("ticket_id") or "")),
            "examples": lambda a, b: models.examples(_text(a, name)),
            "film": lambda a, b: models.film(_text(a, name), _number(a, "example")),
            "delete": lambda a, b: models.delete(_text(a, name), _number(a, "example")),
            "delete_label": lambda a, b: models.delete_label(_text(a, name), _text(a, label)),
            "rename": lambda a, b: models.rename(_text(a, name), _text(a, label), _text(a, "to")),
            "undo": lambda a, b: models.undo(_text(a, name)),
            "confusions": lambda a, b: models.confusions(_text(a, name)),
            "import": lambda a, b: models.bring(_text(a, name), _body(b), replace=bool(a.get("replace"))),
            "remove_model": lambda a, b: models.remove(_text(a, name)),
            "exercises": self._exercises,
            "exercise": self._record_exercise,
            "remove_exercise": self._remove_exercise,
            "persons": self._persons,
            "import_person": self._import_person,
            "remove_person": self._remove_person,
        }

    def warm(self) -> None:
        """Load what learning needs, so that the first example takes no longer than the others."""
        from .practice import practise

        practise()

    def answer(self, do: str, args: Args, bodies: Bodies = ()) -> Answer:
        """The answer to one question: plain values, and bytes where there are any.

        Args:
            do: what is asked, see `messages`; "export" is the one whose answer has a body, the .kin file.
            args: of the question; what it does not need is ignored.
            bodies: of the question.

        Raises:
            Absent: what is asked about is not there.
            Taken: the name is.
            KinesicsError: anything else that cannot be; nothing has changed then.
        """
        if do == "export":
            data = self._models.export(_text(args, "model"))
            return {"model": args["model"], "bytes": len(data)}, (data,)
        if do == "export_person":
            return self._export_person(args)
        if do not in self._do:
            known = ", ".join(sorted([*self._do, "export", "export_person"]))
            raise UsageError(f"the library can be asked {known}; got {do[:40]!r}")
        return self._do[do](args, bodies), ()

    def _exercises(self, args: Args, bodies: Bodies) -> dict[str, Any]:
        from .exercises import exercises

        return {"exercises": exercises(self._folder)}

    def _record_exercise(self, args: Args, bodies: Bodies) -> dict[str, Any]:
        from .exercises import record_exercise

        return record_exercise(self._folder, _text(args, "name"), _body(bodies))

    def _remove_exercise(self, args: Args, bodies: Bodies) -> dict[str, Any]:
        from .exercises import remove_exercise

        remove_exercise(self._folder, _text(args, "name"))
        return {"removed": args["name"]}

    def _persons(self, args: Args, bodies: Bodies) -> dict[str, Any]:
        from .persons import persons

        return {"persons": persons(self._folder)}

    def _import_person(self, args: Args, bodies: Bodies) -> dict[str, Any]:
        from .persons import import_person

        return import_person(self._folder, _text(args, "name"), _body(bodies))

    def _export_person(self, args: Args) -> Answer:
        from .persons import export_person

        data = export_person(self._folder, _text(args, "name"))
        return {"person": args["name"], "bytes": len(data)}, (data,)

    def _remove_person(self, args: Args, bodies: Bodies) -> dict[str, Any]:
        from .persons import remove_person

        remove_person(self._folder, _text(args, "name"))
        return {"removed": args["name"]}


def _text(args: Args, name: str) -> str:
    value = args.get(name)
    if not isinstance(value, str) or not value.strip():
        raise UsageError(f"the library: expected {name} as text, got {value!r:.80}")
    return value


def _number(args: Args, name: str) -> int:
    value = args.get(name)
    if not isinstance(value, int) or isinstance(value, bool):
        raise UsageError(f"the library: expected {name} as a whole number, got {value!r:.80}")
    return value


def _body(bodies: Bodies) -> bytes:
    if len(bodies) != 1:
        raise UsageError(f"the library: expected one body, got {len(bodies)}")
    return bodies[0]

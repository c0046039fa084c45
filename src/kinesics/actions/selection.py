"""Whatever is meant by "the actions to look for", as one live action model: a name, a file, a model, or several of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from importlib import metadata
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

from ..errors import FormatError, UsageError
from ..types import Action, People

__all__ = ["ACTION_MODELS", "LiveActionModel", "Several", "live_actions", "register_action_model"]

GROUP = "kinesics.actions"


@runtime_checkable
class LiveActionModel(Protocol):
    """People of one frame after the other in, what each does out; the laws are `kinesics.testing.check_live_actions`."""

    def update(self, people: People, time: float) -> list[Action]:
        """Take one frame, seconds rising."""
        ...

    def reset(self) -> None:
        """Forget everybody."""
        ...


def _postures(of: str) -> LiveActionModel:
    from .postures import Postures

    return _plain("postures", of, Postures)


def _coach(of: str) -> LiveActionModel:
    from .coach import Coach

    if not of:
        raise UsageError("which exercise? say coach:squat, for example; kinesics coach --list names them")
    return Coach(of)


def _plain(name: str, of: str, build: Callable[[], LiveActionModel]) -> LiveActionModel:
    if of:
        raise UsageError(f"{name} takes nothing after a colon, got {of!r}")
    return build()


ACTION_MODELS: dict[str, Callable[[str], Any]] = {"coach": _coach, "postures": _postures}


def register_action_model(name: str, build: Callable[[str], Any]) -> None:
    """Let `name` (and `name:something`) stand for a live action model wherever one is meant.

    Args:
        name: any text without a colon or comma that is not taken yet.
        build: takes what stands after the colon ("" for nothing), makes a new model each time.

    Raises:
        UsageError: the name is taken by another model, or holds a colon or comma.
    """
    if ":" in name or "," in name or not name.strip():
        raise UsageError(f"the name of an action model: expected text without colons and commas, got {name!r}")
    if ACTION_MODELS.get(name, build) is not build:
        raise UsageError(f"there is an action model called {name!r} already; choose another name")
    ACTION_MODELS[name] = build


class Several:
    """Several live action models as one: what all of them say, one after the other.

    Args:
        models: each with `update` and `reset`.
    """

    def __init__(self, models: Iterable[LiveActionModel]) -> None:
        self.models = tuple(models)

    def update(self, people: People, time: float) -> list[Action]:
        """Take one frame."""
        return [action for model in self.models for action in model.update(people, time)]

    def reset(self) -> None:
        """Forget everybody."""
        for model in self.models:
            model.reset()


def live_actions(what: Any, *, decide_at: float | None = None) -> LiveActionModel | None:
    """A live action model of whatever names or holds one.

    Args:
        what: None or "none"; "postures"; "coach:squat"; a registered name; the path of a model saved by `kinesics train` or
            `kinesics teach`; a fitted model with `stepper()`; anything with `update(people, time)` and `reset()`; or several
            of these, as a list or with commas.
        decide_at: for fitted models, and teachers in files: name an action as soon as the probability of being wrong is at
            most this.

    Returns:
        The model, new unless it was one already; None for none.

    Raises:
        UsageError: nobody knows what is meant; the message lists what is possible.
        FormatError: the file is no model, or a damaged one.
    """
    if decide_at is not None and not 0 < decide_at < 1:
        raise UsageError(f"decide_at: expected a risk above 0 and below 1, such as 0.05, got {decide_at}")
    if what is None or what == "none":
        return None
    if isinstance(what, list | tuple):
        models = [live_actions(one, decide_at=decide_at) for one in what]
        kept = [model for model in models if model is not None]
        return kept[0] if len(kept) == 1 else Several(kept) if kept else None
    if isinstance(what, str | Path):
        return _named(str(what), decide_at)
    if isinstance(what, LiveActionModel) and not isinstance(what, type):
        return what
    if hasattr(what, "stepper") and not isinstance(what, type):
        from .live import LiveActions

        return LiveActions(what, decide_at=decide_at)
    raise UsageError(f"expected an action model, its name or its file, got {type(what).__name__}; {_possible()}")


def _named(what: str, decide_at: float | None) -> LiveActionModel | None:
    if "," in what and not Path(what).is_file():
        return live_actions([part.strip() for part in what.split(",") if part.strip()], decide_at=decide_at)
    if what.endswith(".kin") or Path(what).is_file():
        return live_actions(load_model(what, decide_at=decide_at), decide_at=decide_at)
    name, _, of = what.partition(":")
    build = ACTION_MODELS.get(name) or _offered().get(name)
    if build is None:
        raise UsageError(f"no action model is called {what!r}; {_possible()}")
    return live_actions(build(of), decide_at=decide_at)


def load_model(path: str | Path, *, decide_at: float | None = None) -> Any:
    """The model in a bundle: an `ActionClassifier` or an `ActionTeacher`; a teacher takes the risk with it."""
    from ..weights.bundle import read_bundle

    kind = read_bundle(path)[0].get("kind")
    if kind == "actions":
        from .classifier import ActionClassifier

        return ActionClassifier.load(path)
    if kind == "teacher":
        from .teacher import ActionTeacher

        return ActionTeacher.load(path, decide_at=decide_at)
    raise FormatError(f"{path}: a model of kind {kind!r}; expected one that names actions, from kinesics train or teach")


def _offered() -> dict[str, Callable[[str], Any]]:
    """What other packages bring; loaded when it is asked for."""
    return {point.name: _loading(point) for point in metadata.entry_points(group=GROUP)}


def _loading(point: metadata.EntryPoint) -> Callable[[str], Any]:
    def build(of: str) -> Any:
        return point.load()(of)

    return build


def _possible() -> str:
    names = sorted({*ACTION_MODELS, *_offered()} - {"coach"})
    return f"there are none, {', '.join(names)}, coach:EXERCISE, or the file (.kin) of a model from kinesics train or teach"

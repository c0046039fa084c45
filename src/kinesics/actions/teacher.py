"""Learn an action from a few examples, while the video runs.

`begin` and `end` (a key, a button, a pedal) mark what the selected person does; the example is embedded, a light head learns it
at once, and from the next frame on it is recognised. What nobody taught is "unknown".
"""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np

from ..errors import NotFittedError, UsageError
from ..types import Action, Array, People, PoseSequence, Skeleton
from .confusion import counted, named_by_others
from .embeddings import beside, resolve
from .examples import Example, checked_label, only_person, quality, trimmed
from .habits import ways_of
from .joints import map_joints
from .likeness import difference
from .live import LiveActions
from .recording import Recording
from .shelf import Shelf, Shown
from .taught import Taught, learn

__all__ = ["ActionTeacher"]

KNOWN = 0.5  # probability from which something is named


class ActionTeacher:
    """Actions from one to ten examples each: a live action model that can be taught while it answers.

    Args:
        embedding: what stretches of motion are compared by: None for the one that ships, "plain" for untrained coordinates, the
            path of a model from `kinesics train`, or an object with `skeleton_`, `stepper()` and `embed(clips)`.
        decide_at: name an action as soon as the probability of being wrong is at most this; None: when it is over or lasts.

    Attributes:
        classes_: labels taught so far, sorted.
        examples: what was taught, in order.
        about: plain values (JSON) that are kept in the file with what was taught.

    Example:
        >>> import kinesics as ks
        >>> teacher = ks.ActionTeacher()
        >>> for scene in ks.watch(0, actions=teacher):  # doctest: +SKIP
        ...     ...  # teacher.begin("wave") and teacher.end() when a key is pressed and let go
    """

    def __init__(self, embedding: Any = None, *, decide_at: float | None = None) -> None:
        self.embedding, self.decide_at = embedding, decide_at
        self.about: dict[str, Any] = {}
        self._used: Any = None
        self._shelf = Shelf()
        self._taught: Taught | None = None
        self._live: LiveActions | None = None
        self._recording: Recording | None = None
        self._last: tuple[People, float] | None = None

    @property
    def classes_(self) -> tuple[str, ...]:
        """Labels taught so far, sorted."""
        return self._shelf.labels

    @property
    def examples(self) -> list[Example]:
        """What was taught, in order."""
        return [one.example for one in self._shelf.shown]

    @property
    def recording(self) -> str | None:
        """The label of the example that is being shown, None while there is none."""
        return None if self._recording is None else self._recording.label

    # live

    def update(self, people: People, time: float) -> list[Action]:
        """Take one frame, and say what is known of it: see `LiveActions.update`; nothing before the first example."""
        if not math.isfinite(time):
            raise UsageError(f"expected a time in seconds, got {time}")
        self._last = people, time
        if self._recording is not None:
            self._recording.take(people, time)
        if self._live is None and len(self._shelf):
            self._live = LiveActions(self._model(), decide_at=self.decide_at)
        return [] if self._live is None else self._live.update(people, time)

    def reset(self) -> None:
        """Forget everybody, and an example that is being shown; what was taught stays."""
        self._live = self._recording = self._last = None

    def begin(self, label: str, person: int | None = None) -> None:
        """From the next frame on, the person shows this action.

        Args:
            label: its name.
            person: whose; None for the only one there, else the largest.

        Raises:
            UsageError: an example is being shown already, or the label cannot be one.
        """
        if self._recording is not None:
            raise UsageError(f"an example of {self._recording.label!r} is being shown; end() or cancel() it first")
        self._recording = Recording(checked_label(label), person)

    def end(self) -> int:
        """The action is over: learn it; the next frame is answered with it.

        Returns:
            The example's number.

        Raises:
            UsageError: nothing was begun, or the person was never seen since; nothing is learned then.
        """
        if self._recording is None:
            raise UsageError("no example is being shown; begin(label) first")
        recording, self._recording = self._recording, None
        return self._learn(recording.clip(), recording.label)

    def cancel(self) -> None:
        """Forget the example that is being shown, if any."""
        self._recording = None

    # examples

    def add(self, clip: PoseSequence, label: str, person: int | None = None) -> int:
        """Learn from a clip of one action.

        Args:
            clip: 2D or 3D, any skeleton in which the joints can be found.
            label: of the action.
            person: id of who shows it; None for the one who moves most.

        Returns:
            The example's number.
        """
        return self._learn(only_person(clip, person), checked_label(label))

    def remove(self, example: int) -> None:
        """Forget one example, by its number; `undo` brings it back."""
        self._shelf.remove(example)
        self._changed()

    def forget(self, label: str) -> int:
        """Forget all examples of a label; how many there were. `undo` brings them back."""
        count = self._shelf.forget(label)
        self._changed()
        return count

    def rename(self, label: str, to: str) -> int:
        """Call a label something else, one that is there already too: then both are one. `undo` takes it back.

        Returns:
            How many examples that are.

        Raises:
            UsageError: nothing is called `label`, or `to` cannot be a label.
        """
        count = self._shelf.rename(label, checked_label(to))
        self._changed()
        return count

    def undo(self) -> bool:
        """Take back the last step: an example being shown, one learned, some forgotten or renamed; False if there is none."""
        if self._recording is not None:
            self._recording = None
            return True
        if not self._shelf.back():
            return False
        self._changed()
        return True

    # questions

    def predict(self, clip: PoseSequence) -> Action:
        """What the person of a clip does from its start to its end.

        Returns:
            An Action whose label is "unknown" where no example is near enough. `why` names the likeliest classes (`scores`),
            the nearest example (`nearest`), and the joints and moments in which it differs most from that (`differs`). What
            speaks for a label, joint by joint and moment by moment, tells `kinesics.explain(teacher, clip)`.

        Raises:
            NotFittedError: nothing was taught yet.
        """
        clip = trimmed(only_person(clip))
        model = self._model()
        row = self._embed(clip)
        proba = np.asarray(model.head.proba(row))
        best = int(proba.argmax())
        known = bool(proba[best] >= KNOWN)
        score = float(np.clip(proba[best] if known else 1 - proba[best], 0, 1))
        label = model.classes_[best] if known else "unknown"
        start, end = float(clip.times[0]), float(clip.times[-1])
        return Action(int(clip.ids[0]), label, score, start, end, 1.0, self._why(clip, row, proba))

    def predict_proba(self, clips: list[PoseSequence]) -> Array:
        """(n, c) for each clip and class; what is missing to 1 in a row is the probability of none of them.

        A clip in which nobody is seen is none of them.
        """
        model = self._model()
        out = np.zeros((len(clips), len(model.classes_)))
        for row, clip in enumerate(clips):
            if (clip.scores > 0).any():
                out[row] = model.head.proba(self._embed(trimmed(only_person(clip))))
        return out

    def certainty(self) -> dict[str, tuple[int, int]]:
        """How sure it is of each class: how many of its examples it would name rightly from the others alone, of how many."""
        result = {}
        for label, named in self.confusions().items():
            count = sum(named.values())
            result[label] = named.get(label, 0) if count > 1 else 0, count
        return result

    def confusions(self) -> dict[str, dict[str, int]]:
        """What each class is taken for: label -> how many of its examples would be named what from the others alone.

        Each example is left out in turn. What is named `unknown` was like none of the others, as the only example of its label
        should be; the most frequent name comes first.
        """
        return counted(self.taken_for(), self.examples)

    def taken_for(self) -> dict[int, str]:
        """What each example, by its number, would be named from the others alone, see `confusions`."""
        return named_by_others(self._used, self._shelf.shown, KNOWN)

    def stepper(self) -> Any:
        """One person over time, with what is known now."""
        return self._model().stepper()

    @property
    def skeleton_(self) -> Skeleton:
        """The joints that are compared."""
        return self._model().skeleton_

    # files

    def save(self, path: str | Path, *, durable: bool = False, empty: bool = False) -> None:
        """Keep what was taught, clips included, in one file (.kin).

        Args:
            path: the file; it appears whole or not at all.
            durable: return only when the disk has it.
            empty: nothing at all is fine, too.

        Raises:
            SinkError: it cannot be written.
            NotFittedError: nothing was taught yet.
        """
        from .teacher_file import save_teacher

        if not empty:
            self._model()
        save_teacher(path, self.embedding, self._shelf.shown, about=self.about, durable=durable)

    @classmethod
    def load(cls, path: str | Path, *, embedding: Any = None, decide_at: float | None = None) -> ActionTeacher:
        """Bring back what was saved, ready to answer and to be taught more.

        Args:
            path: written by `save`.
            embedding: another one than it was taught with; the examples are embedded anew.
            decide_at: see `ActionTeacher`.

        Raises:
            FormatError: no such file, or a damaged one.
        """
        from .teacher_file import load_teacher

        saved = load_teacher(path)
        teacher = cls(saved.embedding if embedding is None else embedding, decide_at=decide_at)
        teacher.about = saved.about
        shown: list[Shown] = []
        fits: bool | None = None  # whether the embedding is the one that made the rows: the first example tells
        for k, (example, row) in enumerate(zip(saved.examples, saved.rows, strict=True)):
            teacher._use(example.clip, first=not k)
            if not fits:
                own = teacher._embed(example.clip)
                fits = own.shape == row.shape and bool(np.allclose(own, row, atol=1e-3)) if fits is None else fits
            ways = saved.ways[k] if fits and saved.ways is not None else None
            shown.append(teacher._shown(example, row if fits else own, ways))
        teacher._shelf = Shelf(shown)
        teacher._refit()
        return teacher

    # inside

    def _learn(self, clip: PoseSequence, label: str) -> int:
        notes, clip = quality(clip), trimmed(clip)
        self._use(clip, first=not len(self._shelf))
        row = self._embed(clip)
        person, start, end = int(clip.ids[0]), float(clip.times[0]), float(clip.times[-1])
        example = Example(self._shelf.number(), label, person, start, end, notes, clip)
        self._shelf.add(self._shown(example, row))
        self._changed()
        return example.id

    def _shown(self, example: Example, row: Array, ways: Array | None = None) -> Shown:
        clip = map_joints(example.clip, self._used.skeleton_)
        return Shown(example, row, beside(self._used, clip), ways_of(clip) if ways is None else ways)

    def _changed(self) -> None:
        self._refit()
        self._live = None
        if self._last is not None and len(self._shelf):
            self._live = LiveActions(self._model(), decide_at=self.decide_at)

    def _refit(self) -> None:
        self._taught = learn(self._used, self._shelf.shown, KNOWN) if len(self._shelf) else None

    def _model(self) -> Taught:
        if self._taught is None:
            raise NotFittedError("nothing was taught yet; show an example with begin(label) and end(), or add(clip, label)")
        return self._taught

    def _use(self, clip: PoseSequence, *, first: bool) -> None:
        """Decide on the embedding with the first example."""
        if self._used is None or first:
            self._used = resolve(self.embedding, clip)

    def _embed(self, clip: PoseSequence) -> Array:
        if self._used is None:
            raise NotFittedError("nothing was taught yet")
        dims = getattr(self._used, "dims_", clip.points.shape[-1])
        if clip.points.shape[-1] != dims:
            raise UsageError(f"the examples so far have {dims} coordinates a joint, this clip has {clip.points.shape[-1]}")
        return np.asarray(self._used.embed([map_joints(clip, self._used.skeleton_)])[0])

    def _why(self, clip: PoseSequence, row: Array, proba: Array) -> dict[str, Any]:
        model = self._model()
        best = np.argsort(-proba, kind="stable")[:2].tolist()
        nearest = model.nearest(row)
        example = self._shelf[nearest["example"]].example
        return {
            "scores": {model.classes_[i]: round(float(proba[i]), 3) for i in best},
            "nearest": {**nearest, "start": example.start, "end": example.end},
            "differs": difference(clip, example.clip),
        }

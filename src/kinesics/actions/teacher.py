"""Learn an action from a few examples, while the video runs.

`begin` and `end` (a key, a button, a pedal) mark what the selected person does; the example is embedded, a light head learns it
at once, and from the next frame on it is recognised. What nobody taught is "unknown".
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import numpy as np

from ..errors import NotFittedError, UsageError
from ..types import Action, Array, People, PoseSequence, Skeleton
from .embeddings import add_to, beside, new_head, resolve
from .examples import Example, checked_label, only_person, quality, trimmed
from .habits import ranges, ways_of
from .joints import map_joints
from .likeness import difference
from .live import LiveActions
from .recording import Recording
from .taught import Taught

__all__ = ["ActionTeacher"]

KNOWN = 0.5  # probability from which something is named
UNDOS = 100  # steps back


class ActionTeacher:
    """Actions from one to ten examples each: a live action model that can be taught while it answers.

    Args:
        embedding: what stretches of motion are compared by: None for the one that ships, "plain" for untrained coordinates, the
            path of a model from `kinesics train`, or an object with `skeleton_`, `stepper()` and `embed(clips)`.
        decide_at: name an action as soon as the probability of being wrong is at most this; None: when it is over or lasts.

    Attributes:
        classes_: labels taught so far, sorted.
        examples: what was taught, in order.

    Example:
        >>> import kinesics as ks
        >>> teacher = ks.ActionTeacher()
        >>> for scene in ks.watch(0, actions=teacher):  # doctest: +SKIP
        ...     ...  # teacher.begin("wave") and teacher.end() when a key is pressed and let go
    """

    def __init__(self, embedding: Any = None, *, decide_at: float | None = None) -> None:
        self.embedding, self.decide_at = embedding, decide_at
        self._used: Any = None
        self._head: Any = None
        self._examples: dict[int, Example] = {}
        self._rows: dict[int, Array] = {}
        self._stills: dict[int, Array | None] = {}
        self._ways: dict[int, Array] = {}
        self._next = 1
        self._undo: list[Callable[[], None]] = []
        self._taught: Taught | None = None
        self._live: LiveActions | None = None
        self._recording: Recording | None = None
        self._last: tuple[People, float] | None = None

    @property
    def classes_(self) -> tuple[str, ...]:
        """Labels taught so far, sorted."""
        return tuple(sorted({example.label for example in self._examples.values()}))

    @property
    def examples(self) -> list[Example]:
        """What was taught, in order."""
        return list(self._examples.values())

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
        if self._live is None and self._examples:
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
        if example not in self._examples:
            raise UsageError(f"there is no example {example}; there are {', '.join(map(str, self._examples)) or 'none'}")
        self._forget([example])

    def forget(self, label: str) -> int:
        """Forget all examples of a label; how many there were. `undo` brings them back."""
        ids = [example.id for example in self.examples if example.label == label]
        if not ids:
            raise UsageError(f"nothing is called {label!r}; there are {', '.join(self.classes_) or 'no labels yet'}")
        self._forget(ids)
        return len(ids)

    def undo(self) -> bool:
        """Take back the last step: an example being shown, one learned, or some forgotten; False if there is nothing."""
        if self._recording is not None:
            self._recording = None
            return True
        if not self._undo:
            return False
        self._undo.pop()()
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
        for label in self.classes_:
            ids = [i for i, example in self._examples.items() if example.label == label]
            result[label] = sum(self._would_name(i) for i in ids) if len(ids) > 1 else 0, len(ids)
        return result

    def stepper(self) -> Any:
        """One person over time, with what is known now."""
        return self._model().stepper()

    @property
    def skeleton_(self) -> Skeleton:
        """The joints that are compared."""
        return self._model().skeleton_

    # files

    def save(self, path: str | Path) -> None:
        """Keep what was taught, clips included, in one file (.kin).

        Raises:
            SinkError: it cannot be written.
            NotFittedError: nothing was taught yet.
        """
        from .teacher_file import save_teacher

        self._model()
        save_teacher(path, self.embedding, self.examples, self._rows)

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

        name, examples, rows = load_teacher(path)
        teacher = cls(name if embedding is None else embedding, decide_at=decide_at)
        fits: bool | None = None  # whether the embedding is the one that made the rows: the first example tells
        for example in examples:
            teacher._use(example.clip)
            teacher._examples[example.id], row = example, rows[example.id]
            if not fits:
                own = teacher._embed(example.clip)
                fits = own.shape == row.shape and bool(np.allclose(own, row, atol=1e-3)) if fits is None else fits
            teacher._rows[example.id] = row if fits else own
        teacher._next = max(teacher._examples, default=0) + 1
        teacher._refit()
        return teacher

    # inside

    def _learn(self, clip: PoseSequence, label: str) -> int:
        notes, clip = quality(clip), trimmed(clip)
        self._use(clip)
        row = self._embed(clip)
        identity, self._next = self._next, self._next + 1
        person, start, end = int(clip.ids[0]), float(clip.times[0]), float(clip.times[-1])
        self._examples[identity] = Example(identity, label, person, start, end, notes, clip)
        self._rows[identity] = row
        self._remember(lambda: self._drop([identity]))
        self._changed()
        return identity

    def _forget(self, ids: list[int]) -> None:
        kept = [(self._examples[i], self._rows[i]) for i in ids]
        self._drop(ids)

        def back() -> None:
            for example, row in kept:
                self._examples[example.id], self._rows[example.id] = example, row
            self._examples = dict(sorted(self._examples.items()))

        self._remember(back)
        self._changed()

    def _drop(self, ids: list[int]) -> None:
        for identity in ids:
            for held in (self._examples, self._rows, self._stills, self._ways):
                held.pop(identity, None)

    def _remember(self, back: Callable[[], None]) -> None:
        self._undo = [*self._undo[-UNDOS + 1 :], back]

    def _changed(self) -> None:
        self._refit()
        self._live = None
        if self._last is not None and self._examples:
            self._live = LiveActions(self._model(), decide_at=self.decide_at)

    def _refit(self) -> None:
        self._taught = None
        if not self._examples:
            return
        for identity in self._examples.keys() - self._stills.keys():
            clip = map_joints(self._examples[identity].clip, self._used.skeleton_)
            self._stills[identity], self._ways[identity] = beside(self._used, clip), ways_of(clip)
        head = self._head_of(self._examples)
        seconds = {label: [e.end - e.start for e in self.examples if e.label == label] for label in head.classes_}
        lasts = [(float(np.median(s)), max(float(np.std(s)), 0.25 * float(np.median(s)))) for s in seconds.values()]
        habits = ranges(
            [self._ways[i] for i in self._examples],
            [head.classes_.index(example.label) for example in self.examples],
            len(head.classes_),
        )
        self._taught = Taught(
            self._used, head, self._used.skeleton_, np.array(lasts), KNOWN, habits=habits, numbers=tuple(self._examples)
        )

    def _head_of(self, ids: Iterable[int]) -> Any:
        """A head that numbers its examples 1, 2, … in the order of `ids`."""
        head = new_head(self._used)
        for identity in ids:
            add_to(head, self._rows[identity], self._examples[identity].label, self._stills.get(identity))
        return head.fit()

    def _model(self) -> Taught:
        if self._taught is None:
            raise NotFittedError("nothing was taught yet; show an example with begin(label) and end(), or add(clip, label)")
        return self._taught

    def _use(self, clip: PoseSequence) -> None:
        """Decide on the embedding with the first example."""
        if self._used is None or not self._examples:
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
        example = self._examples[nearest["example"]]
        return {
            "scores": {model.classes_[i]: round(float(proba[i]), 3) for i in best},
            "nearest": {**nearest, "start": example.start, "end": example.end},
            "differs": difference(clip, example.clip),
        }

    def _would_name(self, left_out: int) -> bool:
        head = self._head_of(i for i in self._examples if i != left_out)
        proba = np.asarray(head.proba(self._rows[left_out]))
        best = int(proba.argmax())
        return bool(proba[best] >= KNOWN and head.classes_[best] == self._examples[left_out].label)

"""Who appears where: for each person a row with what tells the face from others."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from ...types import Array

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ...faces import Face
    from ...types import Frame, Scene
    from ..config import Config
    from ..face_looks import FaceLook
    from . import Clip, Shot

__all__ = ["Faces"]

GONE = 5.0  # seconds without a face after which a row ends
OFTEN, RARELY, SETTLED = (
    0.5,
    2.0,
    8,
)  # seconds between two looks at a face, at first, and after so many; faces are found as often
SOON = 1e-3  # seconds less, so that a video's own rate does not make it miss one
KEPT = 8  # looks, the best ones, of which a row's embedding is the mean
ONE = 0.9  # share of people who are followed without the id going to somebody else, before anything is seen
STRANGERS = 100  # of so many, `Likeness` takes one to be the person in question
STRANGER = 0.25  # cosine with the looks so far below which the id has gone to somebody else
BESIDE = 64  # people seen at the same time that are kept for a row


class Faces:
    """Gathers looks at each person's face, the best of them, and makes one row of them when the person is gone.

    Faces are looked for twice a second, not in every Scene. In memory are only the people of the last seconds, some 10 kB each.

    Raises:
        WeightsError: the optional set "faces" is not installed; the text says how to get it.
    """

    scenes, faces, shots = True, False, False

    def __init__(self, clip: Clip, config: Config) -> None:
        from ..face_looks import FaceLooks

        self._looks, self._pictures, self._still = FaceLooks(config.threads, clip.still), config.pictures, clip.still
        self._open: dict[int, _Stretch] = {}
        self._epoch, self._due = -1, 0.0
        self._rows: list[dict[str, Any]] = []

    @staticmethod
    def check(config: Config) -> None:
        """Raise what is wrong with all clips: no encoder, or known faces that cannot be read (see `known_faces`)."""
        from ...weights import find

        find("face_resnet")
        if config.known is not None:
            from ...pipeline.identity import known_faces

            known_faces(config.known)

    def frame(self, frame: Frame) -> None:
        """Nothing: it waits for the Scene."""

    def scene(self, scene: Scene) -> None:
        """Look for faces, if it is time, and at those that are worth it."""
        if scene.epoch != self._epoch:
            self.end()
            self._looks.reset()
            self._epoch, self._due = scene.epoch, scene.time
        self._close([key for key, one in self._open.items() if scene.time - one.end > GONE])
        if scene.frame is None or scene.time < self._due or not (len(scene.people) or self._still):
            return
        self._due = scene.time + OFTEN - SOON
        image = scene.frame.image
        found = self._found(self._looks.find(image, scene.people))
        for key, face in found.items():
            one = self._open.setdefault(key, _Stretch(face.person, scene.time))
            one.end = scene.time
            one.beside.update(sorted(set(found) - {key})[: BESIDE - len(one.beside)] if not self._still else [])
            if scene.time >= one.due:
                self._consider(scene.time, image, key, face)

    def _found(self, faces: Sequence[Face]) -> dict[int, Face]:
        """Faces by person; those of one picture by their number, since nobody is followed in it."""
        if self._still:
            return dict(enumerate(faces))
        return {face.person: face for face in faces if face.person >= 0}

    def _consider(self, time: float, image: Array, key: int, face: Face) -> None:
        from ..face_looks import quality

        one, good = self._open[key], quality(face)
        look = self._looks.look(image, face, picture=self._pictures) if good else None
        if look is None:
            return
        if one.looks and float(look.embedding @ one.mean()) < STRANGER:  # the id has gone to somebody else
            self._close([key])
            one = self._open[key] = _Stretch(one.person, time, beside=set(one.beside))
        one.add(good, time, look)

    def shot(self, shot: Shot) -> None:
        """Nothing: where one is cut off by another, an epoch begins."""

    def end(self) -> None:
        """All that are still there end."""
        self._close(list(self._open))

    def rows(self) -> list[dict[str, Any]]:
        """Rows since the last time."""
        rows, self._rows = self._rows, []
        return rows

    def _close(self, keys: list[int]) -> None:
        self._rows += [one.row() for key in keys if (one := self._open.pop(key)).looks]


@dataclass
class _Stretch:
    """What is known of one person since the face was first seen."""

    person: int
    start: float
    end: float = 0.0
    looks: int = 0
    due: float = -np.inf
    best: float = 0.0
    picture: bytes | None = None
    beside: set[int] = field(default_factory=set)
    kept: list[tuple[float, float, Array]] = field(default_factory=list)  # quality, time, embedding; best first

    def __post_init__(self) -> None:
        self.end = max(self.end, self.start)

    def add(self, good: float, time: float, look: FaceLook) -> None:
        """Keep a look if it is one of the best."""
        self.looks += 1
        self.due = time + (RARELY if self.looks >= SETTLED else OFTEN) - SOON
        if good > self.best:
            self.best, self.picture = good, look.picture
        self.kept = sorted([*self.kept, (good, time, look.embedding)], key=lambda one: (-one[0], one[1]))[:KEPT]

    def mean(self) -> Array:
        """(128,) of length 1: the mean of the best looks, each by how good it was."""
        total = np.sum([np.float64(good) * embedding for good, _, embedding in self.kept], axis=0)
        return np.asarray(total / max(float(np.linalg.norm(total)), 1e-9), np.float32)

    def sure(self) -> float:
        """How likely all kept looks are of one person.

        If the id went to somebody else, it did so at some time: the mean cosine of the looks before with those after it, at the
        time where that is lowest, against `Likeness`, and against how seldom it happens.
        """
        from ...faces.likeness import likeness

        looks = np.asarray([embedding for _, _, embedding in sorted(self.kept, key=lambda one: one[1])], np.float64)
        splits = [looks[:at].mean(axis=0) @ looks[at:].mean(axis=0) for at in range(1, len(looks))]
        odds = ONE / (1 - ONE)
        if splits:
            odds *= float(likeness().odds(np.array(min(splits)))) * (STRANGERS - 1)
        return odds / (1 + odds)

    def row(self) -> dict[str, Any]:
        """As `rows.kinds` has it."""
        facts = {"person": self.person, "start": self.start, "end": self.end, "looks": self.looks, "score": self.sure()}
        seen = {"best": self.kept[0][1], "beside": sorted(self.beside)}
        return {**facts, **seen, "embedding": self.mean(), "picture": self.picture}

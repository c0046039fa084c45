"""Names for the faces of a video: what several pictures of a person say together."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from ..errors import UsageError
from ..geometry import iou
from ..types import Array
from .embedding import DIMENSIONS, FaceEncoder
from .known import UNKNOWN, KnownFaces
from .records import Face

__all__ = ["Naming"]

MEMORY = 5.0  # seconds without a face after which a person's evidence is forgotten
SETTLED = 10  # encodings after which a look every `RARELY` seconds is enough
RARELY = 2.0
STRANGER = 0.25  # cosine with the evidence so far below which the id has gone to somebody else
OVERLAP = 0.3  # of the boxes of one face of nobody who is tracked

Encoder = Callable[[Array, Sequence[Face]], Array]


@dataclass
class _Evidence:
    """What is known of one face: the sum of its encodings, each by how well it was seen."""

    box: Array
    seen: float
    total: Array
    count: int = 0
    looked: float = -np.inf
    verdict: tuple[str, float] = (UNKNOWN, 0.0)


class Naming:
    """Who the faces of a video are, by the mean of a person's encodings over time.

    Args:
        known: who is known.
        threads: how many the net may use.
        rate: how many encodings a second each person gets at most; after ten, one every two seconds.
        encoder: what makes encodings of (image, faces); a `FaceEncoder` if None.

    Raises:
        UsageError: the rate is not above 0.
        WeightsError: the optional set "faces" is not installed; the text says how to get it.
    """

    def __init__(self, known: KnownFaces, threads: int = 1, rate: float = 3.0, encoder: Encoder | None = None) -> None:
        if not rate > 0:
            raise UsageError(f"rate: expected more than 0 encodings a second, got {rate}")
        self.known, self.rate = known, rate
        self._encoder = FaceEncoder(threads) if encoder is None else encoder
        self.reset()

    def reset(self) -> None:
        """Forget what was seen; who is known stays."""
        self._people: dict[int, _Evidence] = {}
        self._others: list[_Evidence] = []
        self._time = -np.inf

    def update(self, image: Array, faces: Sequence[Face], time: float) -> list[Face]:
        """The same faces with `name` and `name_score`.

        Args:
            image: (h, w, 3) uint8 RGB, in which the faces were found.
            faces: of this picture; their `person` says who is who over time. Who is not tracked is followed by the box.
            time: seconds; pictures come in their order, an earlier time begins another video.

        Returns:
            The faces in the same order. "unknown" with 0 where nothing has been seen of a face yet.
        """
        if time < self._time:
            self.reset()
        self._time = time
        self._forget(time)
        evidence = self._evidence(faces, time)
        due = [row for row, held in enumerate(evidence) if time - held.looked >= self._wait(held)]
        for row, encoding in zip(due, self._encoder(image, [faces[row] for row in due]), strict=True):
            if np.isfinite(encoding).all():
                gates = faces[row].gates
                _add(evidence[row], encoding, 1.0 if gates is None else 0.1 + gates.apply, time)
                mean = evidence[row].total / np.linalg.norm(evidence[row].total)
                (evidence[row].verdict,) = self.known.recognise(mean)
        return [
            replace(face, name=held.verdict[0], name_score=held.verdict[1]) for face, held in zip(faces, evidence, strict=True)
        ]

    def _wait(self, held: _Evidence) -> float:
        """Seconds from one encoding to the next, a hair less so that a video's own rate does not make it miss one."""
        return (RARELY if held.count >= SETTLED else 1 / self.rate) - 1e-3

    def _forget(self, time: float) -> None:
        self._people = {key: held for key, held in self._people.items() if time - held.seen <= MEMORY}
        self._others = [held for held in self._others if time - held.seen <= MEMORY]

    def _evidence(self, faces: Sequence[Face], time: float) -> list[_Evidence]:
        """For each face what is known of it so far."""
        out: list[_Evidence] = []
        free = list(self._others)
        for face in faces:
            held = self._people.get(face.person) if face.person >= 0 else _nearest(face.box, free)
            if held is None:
                held = _Evidence(face.box, time, np.zeros(DIMENSIONS, np.float32))
                if face.person >= 0:
                    self._people[face.person] = held
                else:
                    self._others.append(held)
            free = [other for other in free if other is not held]
            held.box, held.seen = face.box, time
            out.append(held)
        return out


def _nearest(box: Array, held: list[_Evidence]) -> _Evidence | None:
    if not held:
        return None
    overlap = iou(box[None], np.stack([one.box for one in held]))[0]
    return held[int(overlap.argmax())] if overlap.max() >= OVERLAP else None


def _add(held: _Evidence, encoding: Array, weight: float, time: float) -> None:
    if held.count and float(encoding @ held.total) < STRANGER * float(np.linalg.norm(held.total)):
        held.total, held.count = np.zeros_like(held.total), 0
    held.total = held.total + weight * encoding
    held.count, held.looked = held.count + 1, time

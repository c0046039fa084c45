"""Who wears a filter, over time: steadied, lit, faded in and out, each person for himself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from ..types import Array, People
from .artwork import face_filter
from .fading import Fading
from .hidden import hands_before
from .lighting import Light, light_of
from .overlay import FaceFilter
from .records import Face
from .steadying import Steadying

__all__ = ["Wearers"]

NEAR = 0.6  # of a face's size: who is not followed is the same face when it has moved less than this
PATIENCE = 1.0  # seconds after which a face that went is forgotten
CALM = 0.5  # seconds in which the light follows
SMALL = 8.0  # pixels: a smaller face wears nothing
HEAD = 5  # joints of a person that belong to the head: nose, eyes, ears


@dataclass
class _Wearer:
    """One person who wears it."""

    person: int
    fading: Fading
    mesh: Array
    seen: float
    head: Array | None = None
    light: Light | None = None
    lit: float = 0.0
    steadying: Steadying = field(default_factory=Steadying)


class Wearers:
    """Puts a filter on the faces of a video's pictures.

    Args:
        filter: a name, a picture or a `FaceFilter`, see `face_filter`.
        away: seconds in which it goes when a face turns away, is covered or lost.
        back: seconds in which it comes.
    """

    def __init__(self, filter: str | FaceFilter, *, away: float = 0.15, back: float = 0.3) -> None:
        self.filter = face_filter(filter)
        self.away, self.back = away, back
        self.reset()

    def reset(self) -> None:
        """Forget everybody."""
        self._wearers: list[_Wearer] = []
        self._time = -1.0

    @property
    def opacities(self) -> dict[int, float]:
        """How much each person (id, -1 for strangers) shows of it, 0 to 1."""
        return {wearer.person: wearer.fading.opacity for wearer in self._wearers}

    def update(
        self,
        image: Array,
        faces: Sequence[Face],
        time: float,
        *,
        people: People | None = None,
        hands: Sequence[Array] = (),
    ) -> Array:
        """One more picture, with the filter on it.

        Args:
            image: (h, w, 3) uint8 RGB; it is not changed.
            faces: those in it, with their gates.
            time: seconds, rising; a time that falls back starts anew.
            people: who is there; a face that is lost fades where its head goes.
            hands: (21, 2) points of each hand; the filter is cut where one is before a face.

        Returns:
            A new picture, or the same where nothing is put on it.
        """
        if time < self._time:
            self.reset()
        self._time = time
        heads = _heads(people)
        missing = set(range(len(self._wearers)))
        for face in sorted(faces, key=lambda f: f.person < 0):
            if face.mesh is None or max(np.ptp(face.mesh[:, :2], axis=0)) < SMALL:
                continue
            row = self._row(face, missing)
            if row is None:
                self._wearers.append(_Wearer(face.person, Fading(away=self.away, back=self.back), face.mesh, time))
                row = len(self._wearers) - 1
            missing.discard(row)
            _see(self._wearers[row], face, heads, time)
        for row in missing:
            _lose(self._wearers[row], heads, time)
        self._wearers = [w for w in self._wearers if w.fading.opacity > 0 or time - w.seen < PATIENCE]
        return self._draw(image, hands, time)

    def _row(self, face: Face, free: set[int]) -> int | None:
        """The wearer whose face this is: by id, else by place."""
        for row in free:
            if face.person >= 0 and self._wearers[row].person == face.person:
                return row
        flat = np.asarray(face.mesh)[:, :2]
        size = float(np.ptp(flat, axis=0).max())
        best, least = None, NEAR * size
        for row in free:
            wearer = self._wearers[row]
            if face.person >= 0 and wearer.person >= 0:
                continue
            far = float(np.linalg.norm(wearer.mesh[:, :2].mean(0) - flat.mean(0)))
            if far < least:
                best, least = row, far
        return best

    def _draw(self, image: Array, hands: Sequence[Array], time: float) -> Array:
        shown = [wearer for wearer in self._wearers if wearer.fading.opacity > 0]
        if not shown:
            return image
        picture = image.copy()
        for wearer in sorted(shown, key=lambda w: float(np.ptp(w.mesh[:, 0]))):  # nearer faces are larger
            light = light_of(image, wearer.mesh)
            if wearer.light is not None:
                light = wearer.light.towards(light, 1 - float(np.exp(-max(time - wearer.lit, 0) / CALM)))
            wearer.light, wearer.lit = light, time
            cover = hands_before(wearer.mesh, hands, (image.shape[1], image.shape[0]))
            self.filter.put(picture, wearer.mesh, opacity=wearer.fading.opacity, light=light, hidden=cover)
        return picture


def _see(wearer: _Wearer, face: Face, heads: dict[int, Array], time: float) -> None:
    wearer.person = face.person if face.person >= 0 else wearer.person
    wearer.mesh = wearer.steadying.update(np.asarray(face.mesh), time)
    wearer.head, wearer.seen = heads.get(wearer.person), time
    wearer.fading.update(1.0 if face.gates is None else face.gates.apply, time)


def _lose(wearer: _Wearer, heads: dict[int, Array], time: float) -> None:
    """It fades where the head goes."""
    wearer.fading.update(0.0, time)
    now = heads.get(wearer.person)
    if wearer.head is not None and now is not None:
        common = np.isfinite(wearer.head).all(1) & np.isfinite(now).all(1)
        if common.any():
            shift = (now[common] - wearer.head[common]).mean(0)
            wearer.mesh = wearer.mesh + [*shift, 0.0]
    wearer.head = now if now is not None else wearer.head


def _heads(people: People | None) -> dict[int, Array]:
    """(5, 2) points of each followed person's head, NaN where not seen."""
    if people is None or people.points.shape[1] < HEAD:
        return {}
    sure = people.point_scores[:, :HEAD, None] > 0.3
    points = np.where(sure, people.points[:, :HEAD, :2], np.nan)
    return {identity: points[row] for row, identity in enumerate(people.ids.tolist()) if identity >= 0}

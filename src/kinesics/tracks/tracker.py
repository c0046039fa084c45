"""Who is who over time.

Everything is in log-odds. A detection speaks for a track by `likeness`; against it speaks that the track was lost a while ago,
is young, or was made of weak detections. One assignment maximises the sum; a second gives weak detections to whom the first
left out but who was seen just now (ByteTrack, Zhang et al., ECCV 2022). A track gets an id once row and track together are
more likely right than wrong, and loses it out of sight a little later, so that ids do not flicker.
"""

from __future__ import annotations

import math

import numpy as np
from scipy.optimize import linear_sum_assignment

from ..errors import UsageError
from ..types import Array, Frame, People
from .likeness import Unrest, place_likeness
from .motion import born, carry, correct, predict
from .state import BELIEF, BORN, ID, LAST, ROWS, SEEN, VAR, boxed, measured
from .traits import Traits, trait_likeness

_WEAK = -1.0  # evidence below which a detection waits for the second pass
_LATE = 1.5  # against a track that was missed in the last frame, unless postures speak for themselves
_LOST, _LOST_AFTER = 4.0, 0.5  # against one that was lost for longer, and the seconds in which that grows
_FORGIVES = 0.7  # a calm scene holds that less against them: power of its unrest
_YOUNG, _GROWN = 3.0, 0.5  # against one that is new, and the seconds in which that fades
_TRUST = 2.0  # most that the evidence of a detection, or of a track's past, may add or take
_PAIR = 2.0  # for every pair: better two fair pairs than one good one
_NEAR = -8.0  # log-odds of place from which traits are worth a look
_LEAST = 1e-3  # for a pair that may be and has nothing else for it
_NAMED, _SHOWN = 0.5, -1.0  # evidence of row and track together from which a track gets an id, and a row shows it
_PATIENCE = 0.3  # seconds for which somebody without an id may be missing
_RECENT = 0.2  # seconds for which a track counts as seen just now
_MEMORY_OF_SCORES = 0.4  # seconds over which evidence is averaged
_SETTLED = 0.6  # of the way from a box as seen to the filter's belief
_SURE_BOX, _SURE_POSE = 0.9, 0.3


class Tracker:
    """Gives the people of successive frames their ids: 1, 2, 3 … in order of appearance, -1 while not sure.

    Args:
        memory: seconds for which somebody lost may return under the same id.
        sure: score of a detection that is as likely right as wrong. By default 0.9 for people of whom only boxes are known
            (box detectors are that sure of themselves) and 0.3 for people with joints.
        camera: the camera pans or shakes: people who are out of sight move along with those who are seen.
    """

    def __init__(self, memory: float = 2.0, *, sure: float | None = None, camera: bool = False) -> None:
        if not (math.isfinite(memory) and memory >= 0):
            raise UsageError(f"memory: expected seconds, 0 or more, got {memory}")
        if sure is not None and not 0 < sure < 1:
            raise UsageError(f"sure: expected a score between 0 and 1, got {sure}")
        self.memory = memory
        self.sure = sure
        self.camera = camera
        self.reset()

    def reset(self) -> None:
        """Forget everybody; ids start at 1 again."""
        self._state = np.zeros((ROWS, 0))
        self._time = -math.inf
        self._next = 1
        self._unrest = Unrest()
        self._traits: Traits | None = None

    def update(self, people: People, time: float, image: Array | Frame | None = None) -> People:
        """The same people, same rows, same order, with ids.

        Args:
            people: who was found in this frame.
            time: seconds of this frame; frames may be missing, the rate may change.
            image: (h, w, 3) uint8 RGB, or the frame, helps to tell people apart by their colours.

        Raises:
            UsageError: the time is not a number.
        """
        self._advance(float(time))
        z = measured(people.boxes)
        evidence = self._evidence(people)
        traits = self._compared(people, image)
        owner = self._match(z, evidence, traits)
        ids = np.full(len(people), -1)
        rows = np.flatnonzero(owner >= 0)
        if len(rows):
            ids[rows] = self._follow(owner[rows], z[:, rows], evidence[rows], traits and traits[rows])
        new = np.flatnonzero(owner < 0)
        if len(new):
            ids[new] = self._welcome(z[:, new], evidence[new], traits and traits[new])
        return people.with_ids(ids)

    def settled(self, people: People) -> People:
        """The people of the last `update`, the boxes of those with an id moved part of the way to the filter's belief.

        Such boxes tremble less and lie better on the person than those of single frames.

        Args:
            people: what the last `update` returned, or rows of it.
        """
        order = np.argsort(self._state[ID])
        named = self._state[ID][order]
        place = np.searchsorted(named, people.ids)
        known = np.flatnonzero(people.ids >= 0)
        known = known[place[known] < len(named)]
        known = known[named[place[known]] == people.ids[known]]
        if not len(known):
            return people
        boxes = people.boxes.copy()
        boxes[known] += _SETTLED * (boxed(self._state[0:4, order[place[known]]]) - boxes[known])
        return people.with_boxes(boxes)

    def expected(self, time: float) -> People:
        """Where everybody now followed should be at `time`: boxes, ids (-1: not sure yet), score the belief in them."""
        state = self._state
        mean = state[0:4] + max(float(time) - self._time, 0.0) * state[4:8] if state.shape[1] else state[0:4]
        return People.from_boxes(boxed(mean), 1 / (1 + np.exp(-state[BELIEF])), state[ID])

    def _advance(self, time: float) -> None:
        if not math.isfinite(time):
            raise UsageError(f"time: expected seconds, got {time}")
        step = max(time - self._time, 0.0) if math.isfinite(self._time) else 0.0
        self._before, self._time = self._time, max(time, self._time)
        state = self._state
        if not state.shape[1]:
            return
        one = min(1.5 * step, 0.75)  # a slow source is no reason to forget
        gap = self._time - state[SEEN]
        keep = gap <= np.where(state[ID] >= 0, max(self.memory, one), max(_PATIENCE, one)) + 1e-9
        if not keep.all():
            self._state = state = state[:, keep]
            self._traits = self._traits and self._traits[keep]
        predict(state, step, self._unrest.value)

    def _evidence(self, people: People) -> Array:
        sure = self.sure or (_SURE_POSE if len(people.skeleton) else _SURE_BOX)
        score = np.minimum(np.maximum(people.score.astype(np.float64), 1e-4), 1 - 1e-4)
        return np.asarray(np.log(score / (1 - score)) - math.log(sure / (1 - sure)))

    def _compared(self, people: People, image: Array | Frame | None) -> Traits | None:
        """What this frame shows of people's traits, ready to be compared with what is remembered; None if it shows nothing."""
        if not len(people.skeleton) and image is None and self._traits is None:
            return None
        traits = Traits.of(people, image)
        if self._traits is None or self._traits.seen.shape[1] != traits.seen.shape[1]:
            self._traits = Traits.unknown(self._state.shape[1], traits)
        return traits

    def _match(self, z: Array, evidence: Array, traits: Traits | None) -> Array:
        """For each observation the column of its track, or -1."""
        state = self._state
        owner = np.full(z.shape[1], -1)
        if not z.shape[1] or not state.shape[1]:
            return owner
        gap = self._time - state[SEEN]
        lost = _LOST * self._unrest.value[0, 0] ** _FORGIVES
        late = 0 if traits is not None and traits.seen.shape[1] else _LATE
        against = np.where(state[SEEN] < self._before, late + lost * (1 - np.exp(-gap / _LOST_AFTER)), 0.0)
        rank = _PAIR - against + _trusted(state[BELIEF]) - _YOUNG * np.exp((state[BORN] - state[SEEN]) / _GROWN)
        like = place_likeness(state, z, self._unrest.value)
        if traits is not None and self._traits is not None:
            one, other = np.nonzero(like > _NEAR)
            moved, scale = (state[0:2] - state[LAST][:2]).T, np.exp(state[3])
            like[one, other] += trait_likeness(self._traits, traits, moved, scale, state[VAR][0], (one, other))
        value = like + rank[:, None] + _trusted(evidence)
        value = np.where(like > against[:, None], np.maximum(value, _LEAST), 0)
        weak = evidence < _WEAK
        if not weak.any():
            _assign(value, owner)
            return owner
        _assign(np.where(weak, 0, value), owner)
        gone = gap > max(_RECENT, 1.5 * (self._time - self._before))
        value[owner[owner >= 0]] = value[:, owner >= 0] = value[gone] = 0
        _assign(value, owner)
        return owner

    def _follow(self, columns: Array, z: Array, evidence: Array, traits: Traits | None) -> Array:
        state = self._state
        seen = state[:, columns]
        share = 1 - np.exp((seen[SEEN] - self._time) / _MEMORY_OF_SCORES)
        steady = (seen[SEEN] >= self._before) & (seen[ID] >= 0)
        if steady.any():
            off = z[:, steady] - seen[0:4, steady]
            self._unrest.learn(off, np.exp(seen[3, steady]), self._time - self._before)
        if traits is not None and self._traits is not None:
            self._traits.learn(columns, traits, (z[:2] - seen[LAST][:2]).T)
        before = seen[:6].copy()
        correct(seen, z, self._time)
        if self.camera:
            carry(state, columns, seen[:6] - before)
        seen[BELIEF] += share * (evidence - seen[BELIEF])
        odds = evidence + seen[BELIEF]
        self._name(seen, odds > _NAMED)
        state[:, columns] = seen
        return np.where(odds > _SHOWN, seen[ID], -1)

    def _welcome(self, z: Array, evidence: Array, traits: Traits | None) -> Array:
        new = born(z, self._time)
        new[BELIEF] = evidence
        self._name(new, 2 * evidence > _NAMED)
        self._state = np.concatenate([self._state, new], axis=1)
        if traits is not None and self._traits is not None:
            self._traits = self._traits.joined(traits)
        return np.asarray(new[ID])

    def _name(self, tracks: Array, sure: Array) -> None:
        """Give an id to those who are sure and have none."""
        fresh = np.flatnonzero(sure & (tracks[ID] < 0))
        if len(fresh):
            tracks[ID, fresh] = np.arange(self._next, self._next + len(fresh))
            self._next += len(fresh)


def _trusted(evidence: Array) -> Array:
    return np.asarray(np.minimum(np.maximum(evidence, -_TRUST), _TRUST))  # several times faster than clip on few numbers


def _assign(value: Array, owner: Array) -> None:
    """Write into `owner` the pairs with the greatest sum of `value` (tracks, observations); 0 is forbidden."""
    rows, columns = linear_sum_assignment(value, maximize=True)
    good = value[rows, columns] > 0
    owner[columns[good]] = rows[good]

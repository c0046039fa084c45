"""Smoothing joints over time, person by person: a One-Euro filter that knows where a joint is going.

The One-Euro filter (Casiez, Roussel, Vogel 2012) is a low pass whose cutoff rises with speed: calm joints hold still, fast ones
are followed. A low pass alone lags behind whatever moves; here it corrects a guess at constant velocity (the alpha-beta filter,
with the gains of Kalata 1984 tied to the cutoff), so that steady movement is followed without delay.

Coordinates are divided by the person's height, so that one setting fits near and far people; times are seconds, so that dropped
frames and any frame rate are fine; a joint's own score says how much its new place counts.

Hands and face of a whole body (133 joints) move within the body as the body moves within the picture, only smaller and faster:
their joints are smoothed about their own middle and by their own size (`fine_parts`), the middle with the body.
"""

from __future__ import annotations

import numpy as np

from ..errors import UsageError
from ..types import Array, People, PoseSequence, Skeleton
from .fine_parts import FinePart, fine_parts, joined, split

__all__ = ["Smoother", "smooth_clip"]

SPEED_CUTOFF = 1.0  # Hz, low pass of the speed that opens the filter, as published
FORGET = 1.0  # seconds after which a person who was away starts anew
JUMP = 3.0  # heights a second: what is faster is no movement but a mistake set right; it leaves no velocity behind
TRUSTED = 0.5  # a joint with this score counts in full
TRUST_IN_SPEED = 0.5  # seconds over which a guessed velocity fades in a gap
CARRIED = 2.0  # how much quicker than the body its wrists and the middles of hands and face are, where these parts are seen
TALL = 1700.0  # millimetres, the height by which joints in metres are measured
EAGER = 2.0  # gain of the velocity over that of a filter without overshoot: turns are followed sooner


class Smoother:
    """Smooths the joints of tracked people; rows without an id pass unchanged.

    Args:
        cutoff: Hz, of a joint at rest; lower is calmer.
        beta: how much the cutoff rises with speed, Hz per body height a second; higher follows faster.

    Example:
        >>> smoother = Smoother()
        >>> people = smoother.update(people, time=0.033)  # doctest: +SKIP
    """

    def __init__(self, cutoff: float = 1.8, beta: float = 2.0) -> None:
        if not (cutoff > 0 and beta >= 0):
            raise UsageError(f"Smoother: expected cutoff > 0 Hz and beta >= 0, got {cutoff} and {beta}")
        self.cutoff, self.beta = cutoff, beta
        self.reset()

    def reset(self) -> None:
        """Forget everybody."""
        self._rows: dict[int, _Body] = {}  # in pixels
        self._worlds: dict[int, _Body] = {}  # in millimetres

    def update(self, people: People, time: float) -> People:
        """The same people, same rows, same order, their joints smoothed, `world` too where it is known.

        Args:
            people: with ids.
            time: seconds, rising; a time that does not rise leaves the filter as it is.
        """
        if not len(people):
            self._forget(time)
            return people
        points, world = people.points.copy(), None if people.world is None else people.world.copy()
        heights = np.maximum(people.boxes[:, 3] - people.boxes[:, 1], people.boxes[:, 2] - people.boxes[:, 0])
        for row, identity in enumerate(people.ids.tolist()):
            if identity < 0:
                continue
            scores = people.point_scores[row].astype(np.float64)
            points[row] = self._calmed(self._rows, identity, people.skeleton, points[row], scores, float(heights[row]), time)
            if world is not None:  # in millimetres, as sizes of parts are said in units that are small against them
                known = np.where(np.isfinite(world[row]).all(axis=-1), scores, 0.0)
                metres = self._calmed(self._worlds, identity, people.skeleton, 1000 * world[row], known, TALL, time) / 1000
                world[row] = np.where((known > 0)[:, None], metres, world[row])
        self._forget(time)
        points.flags.writeable = False
        if world is not None:
            world.flags.writeable = False
        return people._replace(points=points, world=world)

    def _calmed(
        self, rows: dict[int, _Body], who: int, body: Skeleton, points: Array, scores: Array, height: float, time: float
    ) -> Array:
        if who not in rows:
            rows[who] = _Body(points.shape, fine_parts(body))
        return rows[who].update(points.astype(np.float64), scores, height, time, self.cutoff, self.beta)

    def _forget(self, time: float) -> None:
        self._rows, self._worlds = (
            {identity: body for identity, body in rows.items() if time - body.seen <= FORGET}
            for rows in (self._rows, self._worlds)
        )


class _Body:
    """The filter of one person's k joints, and of the middles of hands and face where there are such parts."""

    def __init__(self, shape: tuple[int, ...], parts: tuple[FinePart, ...] = ()) -> None:
        rows = shape[0] + len(parts)
        self.parts = parts
        self.x = np.full((rows, *shape[1:]), np.nan)  # pixels
        self.v = np.zeros_like(self.x)  # pixels a second
        self.raw = np.full_like(self.x, np.nan)
        self.speed = np.zeros(rows)  # sizes a second
        self.at = np.full(rows, -np.inf)  # seconds when each joint was last seen
        self.seen = -np.inf
        self.sizes = np.zeros(1 + len(parts))  # of the body and its parts
        self.part = np.zeros(rows, np.int64)  # which of these a joint is measured by
        for number, part in enumerate(parts, 1):
            self.part[list(part.joints)] = number
        self.quick = np.array([1.0, *(part.quick for part in parts)])[self.part]
        self.quick[[joint for part in parts for joint in (*part.carriers, shape[0] + parts.index(part))]] = CARRIED

    def update(self, z: Array, score: Array, height: float, time: float, cutoff: float, beta: float) -> Array:
        """(k, d) smoothed joints for (k, d) measured ones; NaN stays NaN."""
        k, given = len(z), np.where((score > 0)[:, None], z, np.nan)
        z, score, sizes = split(z, score, height, self.parts)
        if time <= self.seen:
            result = joined(np.where(np.isnan(z) | np.isnan(self.x), z, self.x), k, self.parts)
            return np.where(np.isnan(result), given, result)
        new_size = np.where(self.sizes == 0, sizes, self.sizes + 0.1 * (sizes - self.sizes))
        self.sizes = np.where(np.isnan(sizes), self.sizes, new_size)
        here = score > 0
        gap = time - self.at
        new = here & ~(gap <= FORGET)
        old = here & ~new
        self.x[new], self.raw[new], self.v[new], self.speed[new] = z[new], z[new], 0, 0
        if old.any():
            self._correct(old, z[old], score[old], gap[old][:, None], cutoff, beta)
        self.at[here] = time
        self.seen = time
        result = joined(np.where(here[:, None], self.x, np.nan), k, self.parts)
        return np.where(np.isnan(result), given, result)  # parts without a middle pass as they are

    def _correct(self, rows: Array, z: Array, score: Array, gap: Array, cutoff: float, beta: float) -> None:
        scale, quick = np.maximum(self.sizes, 1.0)[self.part[rows]], self.quick[rows]
        jump = JUMP * quick
        raw_speed = np.linalg.norm(z - self.raw[rows], axis=1) / gap[:, 0] / scale
        open_ = _share(SPEED_CUTOFF, gap[:, 0])
        speed = self.speed[rows] + open_ * (np.minimum(raw_speed, jump) - self.speed[rows])
        alpha = _share(quick * (cutoff + beta * speed), gap[:, 0])
        alpha = _weighted(alpha, np.clip(score / TRUSTED, 0.02, 1))[:, None]
        fade = TRUST_IN_SPEED * -np.expm1(-gap / TRUST_IN_SPEED)
        guess = self.x[rows] + self.v[rows] * fade
        miss = z - guess
        far = (np.linalg.norm(miss, axis=1) / gap[:, 0] / scale > jump)[:, None]
        gain = np.minimum(EAGER * alpha**2 / (2 - alpha), 1)
        self.x[rows] = guess + alpha * miss
        self.v[rows] = np.where(far, 0, self.v[rows] + gain * miss / gap)
        self.raw[rows], self.speed[rows] = z, speed


def _share(cutoff: float | Array, gap: Array) -> Array:
    """Share of a new value that a low pass of this cutoff (Hz) takes after `gap` seconds."""
    return np.asarray(-np.expm1(-2 * np.pi * cutoff * gap))


def _weighted(alpha: Array, weight: Array) -> Array:
    """The share for a value that counts only `weight`: odds times weight, as with noise of variance 1 / weight."""
    return np.asarray(alpha * weight / (alpha * weight + 1 - alpha + 1e-12))


def smooth_clip(clip: PoseSequence, cutoff: float = 1.5, beta: float = 1.5, *, causal: bool = False) -> PoseSequence:
    """A recorded clip smoothed without delay: forwards and backwards in time, the mean of both (zero phase).

    Args:
        clip: any number of people.
        cutoff: see `Smoother`; lower, as there is no delay to fear.
        beta: see `Smoother`.
        causal: forwards only, as `Smoother` does it live.
    """
    parts = fine_parts(clip.skeleton)
    points = _through(clip.points, clip.scores, clip.times, cutoff, beta, parts)
    if not causal:
        back = _through(clip.points[::-1], clip.scores[::-1], -clip.times[::-1], cutoff, beta, parts)[::-1]
        points = (points + back) / 2
    return PoseSequence(points, clip.scores, clip.times, clip.skeleton, clip.ids, clip.size)


def _through(points: Array, scores: Array, times: Array, cutoff: float, beta: float, parts: tuple[FinePart, ...]) -> Array:
    result = np.full(points.shape, np.nan)
    for person in range(points.shape[1]):
        body = _Body(points.shape[2:], parts)
        for t, time in enumerate(times):
            z, s = points[t, person].astype(np.float64), scores[t, person].astype(np.float64)
            if not (s > 0).any():
                continue
            height = float(np.max(np.nanmax(z[:, :2], axis=0) - np.nanmin(z[:, :2], axis=0))) * 1.15  # a box is a little larger
            result[t, person] = body.update(z, s, max(height, 1.0), float(time), cutoff, beta)
    return result


def steady_clip(clip: PoseSequence, seconds: float = 0.04) -> PoseSequence:
    """The clip with its tremble taken out and nothing else: a Gaussian over time, for poses that belong to pictures.

    `smooth_clip` calms joints at rest and follows fast ones closely, tremble and all; pictures that are drawn from such
    joints move more than the person did.

    Args:
        clip: any people of any skeleton.
        seconds: standard deviation of the Gaussian; a frame and a little more at 30 frames a second.

    Returns:
        the same joints at the same moments; what was missing stays missing.
    """
    apart = (clip.times[:, None] - clip.times[None]) / seconds
    near = np.exp(-0.5 * apart**2)
    near[np.abs(apart) > 3] = 0
    t = len(clip)
    weight = np.where(clip.scores > 0, clip.scores, 0).astype(np.float64)
    total = near @ weight.reshape(t, -1)
    moved = near @ (np.nan_to_num(clip.points) * weight[..., None]).reshape(t, -1)
    points = moved.reshape(clip.points.shape) / np.maximum(total.reshape(clip.scores.shape), 1e-9)[..., None]
    points = np.where(clip.scores[..., None] > 0, points, np.nan)
    return PoseSequence(points, clip.scores, clip.times, clip.skeleton, clip.ids, clip.size)

"""An exercise from an example: somebody does it before the camera, and the angles, phases and limits are read off."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ...errors import UsageError
from ...types import Array, PoseSequence
from .body import Body, Stature
from .coach import coach_clip
from .measures import read
from .reading import parse_exercise, parse_measure

__all__ = ["exercise_from_example"]

ANGLES = {
    "knee": "hip-knee-ankle",
    "hip": "shoulder-hip-knee",
    "elbow": "shoulder-elbow-wrist",
    "shoulder": "hip-shoulder-elbow",
}
TRUNK = "shoulders-hips"
WEIGHT = {"knee": 1.3, "hip": 1.2, "elbow": 1.0, "shoulder": 0.8}  # legs carry more: arms often only go along
LIMBS = ("hip-knee", "knee-ankle", "shoulder-elbow", "elbow-wrist")
STILL = 30.0  # degrees: an example that moves less is a hold
SEEN = 0.7  # share of the moments in which an angle has to be seen
ALONE = 1.4  # one side is the exercise when it moves this much more than both together
ROOM = 12.0  # degrees round a held angle
SHORT = 1.0  # seconds that an example has to last


@dataclass(frozen=True)
class _Track:
    """One measure over the example."""

    name: str
    join: str
    values: Array
    low: float
    high: float

    @property
    def range(self) -> float:
        return self.high - self.low


def exercise_from_example(clip: PoseSequence, name: str, *, person: int | None = None) -> str:
    """Write an exercise that was shown.

    The angle with the largest range that comes back again and again becomes the main measure; where it is at the beginning is
    the start pose. Without movement the example is a hold, and its angles become the limits.

    Args:
        clip: the example: a start pose, then one repetition or more; or a posture, held.
        name: of the exercise.
        person: id in the clip; None for the one who is seen most.

    Returns:
        TOML text, valid for `parse_exercise`; meant to be read and mended by hand.

    Raises:
        UsageError: nobody is seen well enough, the clip is too short, or the name is empty.
    """
    if not name.strip() or "\n" in name:
        raise UsageError(f"an exercise needs a name of one line, got {name!r}")
    if len(clip) < 3 or clip.times[-1] - clip.times[0] < SHORT:
        raise UsageError(f"an example has to last for {SHORT:.0f} s or more; show a start pose and one repetition at least")
    one = clip.person(person) if person is not None else _main(clip)
    stature = _sizes(one)
    tracks = [track for track in _tracks(one, stature) if track is not None]
    if not tracks:
        raise UsageError("nobody's joints are seen through this example; film the whole body")
    trunk = _track(one, "trunk", TRUNK, "", stature)
    main = max(tracks, key=lambda track: WEIGHT[track.name] * track.range * (0.5 + 0.5 * _repeats(track.values, one.times)))
    if main.range < STILL:
        return _hold(name, [half for track in tracks for half in _halves(one, track)], trunk)
    text = _repetitions(name, main, main.values, one.times, trunk, 0.3)
    session = coach_clip(one, parse_exercise(text, name))  # the coach knows depths that the bare picture does not show
    curve = np.array([value for _, value in session.curve])
    times = np.array([time for time, _ in session.curve])
    if np.isfinite(curve).mean() < SEEN or not session.repetitions:
        return text
    lasting = min((rep.seconds for rep in session.repetitions if rep.counted), default=1.0)
    return _repetitions(name, main, curve, times, trunk, max(0.3, round(lasting / 2, 1)))


def _main(clip: PoseSequence) -> PoseSequence:
    if not clip.points.shape[1]:
        raise UsageError("nobody is in this example; film the whole body")
    return clip.person(int(clip.ids[int((clip.scores > 0).sum((0, 2)).argmax())]))


def _sizes(clip: PoseSequence) -> Stature | None:
    """True lengths of bones from the first half second, where limbs are seen whole: the coach will know them as well."""
    if clip.points.shape[3] == 3:
        return None
    stature = Stature()
    for t in np.flatnonzero(clip.times <= clip.times[0] + 0.5):
        body = Body(clip.points[t, 0], clip.scores[t, 0], clip.skeleton)
        if not body.whole(LIMBS, 0.7):
            return None
        if stature.bones:
            stature.follow(body, 0.2)
        else:
            stature.learn(body)
    return stature


def _halves(clip: PoseSequence, track: _Track) -> list[_Track]:
    """A held angle of both sides as one, or as the smaller and the larger where the sides differ."""
    apart = _track(clip, track.name, ANGLES[track.name], "difference", None)
    if track.join != "mean" or apart is None or (apart.low + apart.high) / 2 < 2 * ROOM:
        return [track]
    both = (_track(clip, track.name, ANGLES[track.name], join, None) for join in ("min", "max"))
    return [half for half in both if half is not None]


def _tracks(clip: PoseSequence, stature: Stature | None) -> list[_Track | None]:
    tracks: list[_Track | None] = []
    for name, text in ANGLES.items():
        both = _track(clip, name, text, "mean", stature)
        sides = [_track(clip, name, text, side, stature) for side in ("left", "right")]
        alone = [s for s in sides if s is not None and (both is None or s.range > ALONE * both.range)]
        tracks.append(max(alone, key=lambda track: track.range, default=both))
    return tracks


def _track(clip: PoseSequence, name: str, text: str, join: str, stature: Stature | None) -> _Track | None:
    measure = parse_measure(text)
    moments = zip(clip.points[:, 0], clip.scores[:, 0], strict=True)
    values = np.array([read(measure, join or "mean", Body(p, s, clip.skeleton, stature))[0] for p, s in moments])
    seen = values[np.isfinite(values)]
    if len(seen) < max(SEEN * len(values), 3):
        return None
    return _Track(name, join, values, float(np.percentile(seen, 5)), float(np.percentile(seen, 95)))


def _repeats(values: Array, times: Array) -> float:
    """The highest autocorrelation beyond half a second, -1 to 1; 0 where the clip is too short to tell."""
    fine = np.isfinite(values)
    grid = np.arange(times[0], times[-1], 1 / 20)
    signal = np.interp(grid, times[fine], values[fine])
    signal = signal - signal.mean()
    lags = range(10, len(signal) * 2 // 3)
    power = float(signal @ signal) / len(signal)
    if power <= 0 or not len(lags):
        return 0.0
    return max(float(signal[lag:] @ signal[:-lag]) / (len(signal) - lag) / power for lag in lags)


def _repetitions(name: str, main: _Track, values: Array, times: Array, trunk: _Track | None, least: float) -> str:
    seen = values[np.isfinite(values)]
    low, high = np.percentile(seen, (5, 95))
    way = high - low
    start = float(np.nanmedian(values[times <= times[0] + max(0.5, 0.08 * (times[-1] - times[0]))]))
    above = bool(start - low > high - start) if math.isfinite(start) else True
    first = (high - 0.2 * way, high - 0.3 * way) if above else (low + 0.2 * way, low + 0.3 * way)
    second = (low + 0.25 * way, low + 0.35 * way) if above else (high - 0.25 * way, high - 0.35 * way)
    words = ("enter_above", "leave_below"), ("enter_below", "leave_above")
    ends = (words, ("start", "turn")) if above else (words[::-1], ("start", "turn"))
    phases = [
        f"[[phases]]\nname = {_quote(label)}\nmeasure = {_quote(_reference(main))}\n{enter} = {a:.0f}\n{leave} = {b:.0f}\n"
        f"short = {_quote(short)}\n"
        for (enter, leave), (a, b), label, short in zip(
            ends[0], (first, second), ends[1], ("not all the way back", "not far enough"), strict=True
        )
    ]
    head = _head(name, "repetitions", [main.name], trunk, f"Range in the example: {low:.0f} to {high:.0f} degrees.", least)
    return "\n".join([head, *_position(trunk), *phases, *_trunk_limit(trunk)])


def _hold(name: str, tracks: Sequence[_Track], trunk: _Track | None) -> str:
    limits = []
    for track in (*tracks, *([trunk] if trunk else [])):
        slack = ROOM + track.range / 2
        middle = (track.low + track.high) / 2
        bounds = f"at_least = {max(middle - slack, 0):.0f}\nat_most = {min(middle + slack, 180):.0f}\n"
        advice = f"Bring the {_spoken(track)} to about {middle:.0f} degrees, as in the example."
        limits.append(
            f"[[limits]]\nname = {_quote(f'{_spoken(track)} off')}\nmeasure = {_quote(_reference(track))}\n{bounds}"
            f"severity = 1\nspoils = true\nadvice = {_quote(advice)}\n"
        )
    head = _head(
        name,
        "hold",
        list(dict.fromkeys(track.name for track in tracks)),
        trunk,
        "Angles as they were held, with some room.",
        2.0,
    )
    return "\n".join([head, *_position(trunk), *limits])


def _head(name: str, kind: str, measures: Sequence[str], trunk: _Track | None, note: str, least: float) -> str:
    table = "\n".join(f"{measure} = {_quote(ANGLES[measure])}" for measure in measures)
    table += f'\ntrunk = "{TRUNK}"' if trunk else ""
    return (
        f"# Recorded from an example; mend it as you like. {note}\n"
        f"name = {_quote(name.strip())}\nkind = {_quote(kind)}\nabout = {_quote(f'{name.strip()}, as in the example.')}\n"
        f'least = {least:g}\n\n[camera]\nview = "any"\n\n[measures]\n{table}\n'
    )


def _position(trunk: _Track | None) -> list[str]:
    if trunk is None:
        return []
    low, high = max(trunk.low - 30, 0), min(trunk.high + 30, 180)
    return [f'[[position]]\nmeasure = "trunk"\nat_least = {low:.0f}\nat_most = {high:.0f}\nwhy = "not in position"\n']


def _trunk_limit(trunk: _Track | None) -> list[str]:
    if trunk is None:
        return []
    return [
        f'[[limits]]\nname = "trunk leaning"\nmeasure = "trunk"\nat_most = {min(trunk.high + 15, 180):.0f}\nseverity = 1\n'
        'seconds = 0.3\nadvice = "Keep the trunk as in the example."\n'
    ]


def _reference(track: _Track) -> str:
    return track.name if track.join in ("", "mean") else f"{track.name}.{track.join}"


def _spoken(track: _Track) -> str:
    return {"min": f"more bent {track.name}", "max": f"straighter {track.name}"}.get(track.join, track.name)


def _quote(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{"".join(letter if letter.isprintable() else " " for letter in escaped)}"'

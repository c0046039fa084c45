"""Postures against labels made by looking at public clips, and against made people of whom the truth is known."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from importlib import resources
from pathlib import Path
from typing import Any

import numpy as np

from ..actions.postures import Postures
from ..errors import FormatError
from ..geometry import points_box
from ..types import Action, Array, People, Scene
from .false_alarms import FalseAlarms
from .posture_scripts import SCRIPTS
from .staged import Staged, staged_people

__all__ = ["ALARMS", "BODY", "GESTURES", "Tally", "evaluate_postures", "labelled_clips", "tally_clip", "tally_made"]

BODY = ("standing", "sitting", "crouching", "lying", "walking", "running", "falling", "unknown")
GESTURES = ("hand raised", "waving")
ALARMS = ("falling", "waving", "running")
MADE_SEEDS = range(1000, 1006)  # thresholds were chosen on seeds below 100
UNALARMING = "sports2d"  # there somebody does run and tumble


@dataclass
class Tally:
    """Seconds by true and told label: the rows and columns of a confusion, kept for body and gesture apart."""

    seconds: dict[tuple[str, str], float] = field(default_factory=dict)
    frames: int = 0

    def add(self, truth: str | None, told: str, seconds: float) -> None:
        """Count one person-frame; a truth of None is not judged."""
        if truth is not None:
            self.seconds[truth, told] = self.seconds.get((truth, told), 0.0) + seconds
            self.frames += 1

    def __add__(self, other: Tally) -> Tally:
        keys = {*self.seconds, *other.seconds}
        return Tally(
            {key: self.seconds.get(key, 0.0) + other.seconds.get(key, 0.0) for key in keys}, self.frames + other.frames
        )

    def f1(self, label: str) -> float | None:
        """Harmonic mean of precision and recall, 0 to 1; None where nobody does it."""
        right = self.seconds.get((label, label), 0.0)
        true = sum(s for (truth, _), s in self.seconds.items() if truth == label)
        told = sum(s for (_, told), s in self.seconds.items() if told == label)
        return None if true == 0 else 2 * right / (true + told)


@dataclass(frozen=True)
class Span:
    """What one person does from `start` to `end` seconds: path (m, 3) of time, x, y of the middle of their box."""

    start: float
    end: float
    body: str | None
    gesture: str | None
    path: Array


@dataclass(frozen=True)
class LabelledClip:
    """A clip, by file below the data's folder of video, its part ("development" or "report") and the spans."""

    file: str
    sha256: str
    part: str
    spans: tuple[Span, ...]


def labelled_clips() -> list[LabelledClip]:
    """Our labels of public clips. The clips themselves are not part of the package."""
    table = json.loads(resources.files(__package__).joinpath("posture_labels.json").read_text("utf-8"))
    return [
        LabelledClip(
            clip["file"],
            clip["sha256"],
            clip["part"],
            tuple(Span(s["from"], s["to"], s["body"], s["gesture"], np.array(s["path"], float)) for s in clip["spans"]),
        )
        for clip in table["clips"]
    ]


def evaluate_postures(
    data: str | Path | None = None,
    watch: Callable[[str], Iterable[Scene]] | None = None,
    *,
    make: Callable[[], Any] = Postures,
    seeds: Iterable[int] = MADE_SEEDS,
    step: Callable[[int], object] | None = None,
) -> dict[str, Any]:
    """Hold postures against all labels there are.

    F1 is counted in seconds of person time. Scores are taken on the clips marked "report" and on made people; clips marked
    "development" were looked at while thresholds were chosen and are told apart.

    Args:
        data: folder with the labelled clips (or with `video/` that has them); clips that are not there are left out. By default
            $KINESICS_DATA, or the folder of real data beside this checkout.
        watch: gives the scenes of a file, such as `kinesics.watch`; None: made people only.
        make: makes the live action model.
        seeds: of the made people.
        step: is told the number of frames so far.

    Returns:
        `postures_f1_macro` (mean over classes, clips and made people together), `postures_f1_<class>`, the macro of each part
        (`…_clips`, `…_made_picture`, `…_made_depth`, `…_development`), `frames` judged, `false_alarms_per_hour` and the hours.

    Raises:
        FormatError: none of the clips is there.
    """
    body: dict[str, Tally] = {name: Tally() for name in ("report", "development", "made_picture", "made_depth")}
    hand = {name: Tally() for name in body}
    alarms = FalseAlarms(expected=[label for label in (*BODY, *GESTURES) if label not in ALARMS])
    folder = _folder(os.environ.get("KINESICS_DATA", "../shared/data") if data is None else data) if watch else None
    for clip in labelled_clips() if folder else ():
        if watch and folder and (folder / clip.file).is_file():
            counted = None if UNALARMING in clip.file else alarms
            posture, gesture = tally_clip(clip, watch(str(folder / clip.file)), make(), counted, step)
            body[clip.part] += posture
            hand[clip.part] += gesture
    for view in ("picture", "depth"):
        for seed in seeds:
            for script in SCRIPTS:
                if view == "picture" or script not in ("desk", "above"):
                    posture, gesture = tally_made(staged_people(seed, script, view=view), make())
                    body[f"made_{view}"] += posture
                    hand[f"made_{view}"] += gesture
    return _numbers(body, hand, alarms)


def _folder(data: str | Path) -> Path:
    files = [clip.file for clip in labelled_clips()]
    for folder in (Path(data), Path(data) / "video"):
        if any((folder / file).is_file() for file in files):
            return folder
    raise FormatError(f"{data}: expected the labelled clips ({', '.join(files[:3])} …), none is there")


def tally_clip(
    clip: LabelledClip,
    scenes: Iterable[Scene],
    postures: Any,
    alarms: FalseAlarms | None = None,
    step: Callable[[int], object] | None = None,
) -> tuple[Tally, Tally]:
    """Body and gesture tallies of one labelled clip."""
    body, hand = Tally(), Tally()
    last: float | None = None
    for number, scene in enumerate(_looked(scenes), 1):
        actions = postures.update(scene.people, scene.time)
        gap = 0.0 if last is None else scene.time - last
        last = scene.time
        for span in clip.spans:
            if span.start <= scene.time <= span.end:
                _judge(span, scene.people, actions, scene.time, gap, body, hand)
        if alarms is not None:
            alarms.add(_with_actions(scene, actions))
        if step:
            step(number)
    if alarms is not None:
        alarms.end()
    return body, hand


def _looked(scenes: Iterable[Scene]) -> Iterator[Scene]:
    """Scenes that were looked at; joints of others are interpolated, live models do not see those."""
    return (scene for scene in scenes if "pose" not in scene.skipped)


def _with_actions(scene: Scene, actions: Sequence[Action]) -> Scene:
    return Scene(scene.index, scene.time, scene.size, scene.people, tuple(actions), epoch=scene.epoch)


def _judge(span: Span, people: People, actions: Sequence[Action], time: float, gap: float, body: Tally, hand: Tally) -> None:
    x, y = (np.interp(time, span.path[:, 0], span.path[:, i]) for i in (1, 2))
    middle = (people.boxes[:, :2] + people.boxes[:, 2:]) / 2
    place = np.array([x, y])
    inside = np.all((people.boxes[:, :2] <= place) & (people.boxes[:, 2:] >= place), axis=1) & (people.ids >= 0)
    if not inside.any():
        return
    far = np.where(inside, np.hypot(middle[:, 0] - x, middle[:, 1] - y), np.inf)
    told = [action.label for action in actions if action.person == int(people.ids[far.argmin()])]
    _add(told, span.body, span.gesture, gap, body, hand)


def _add(told: Sequence[str], posture: str | None, gesture: str | None, gap: float, body: Tally, hand: Tally) -> None:
    body.add(posture, next((label for label in told if label in BODY), "unknown"), gap)
    hand.add(gesture, next((label for label in told if label in GESTURES), ""), gap)


def tally_made(staged: Staged, postures: Any) -> tuple[Tally, Tally]:
    """Body and gesture tallies of a made person."""
    body, hand = Tally(), Tally()
    clip = staged.clip
    gap = float(np.median(np.diff(clip.times)))
    for i, time in enumerate(clip.times.tolist()):
        people = one_person(clip.points[i], clip.scores[i], clip.skeleton)
        told = [action.label for action in postures.update(people, time)]
        _add(told, staged.body[i], staged.gesture[i], gap, body, hand)
    return body, hand


def one_person(points: Array, scores: Array, skeleton: Any) -> People:
    """People of one frame of a clip: points (n, k, d), scores (n, k); boxes round the joints, ids 0, 1 …."""
    boxes = np.nan_to_num(points_box(points, scores))
    return People(boxes, np.ones(len(boxes)), points, scores, skeleton, np.arange(len(boxes)))


def _macro(body: Tally, hand: Tally) -> tuple[float, dict[str, float]]:
    each = {label: tally.f1(label) for tally, labels in ((body, BODY), (hand, GESTURES)) for label in labels}
    known = {label: value for label, value in each.items() if value is not None}
    return (float(np.mean(list(known.values()))) if known else 0.0), known


def _numbers(body: dict[str, Tally], hand: dict[str, Tally], alarms: FalseAlarms) -> dict[str, Any]:
    reported = ("report", "made_picture", "made_depth")
    macro, each = _macro(sum((body[name] for name in reported), Tally()), sum((hand[name] for name in reported), Tally()))
    found: dict[str, Any] = {"postures_f1_macro": macro}
    found |= {f"postures_f1_{label.replace(' ', '_')}": value for label, value in each.items()}
    for name, key in (
        ("report", "clips"),
        ("made_picture", "made_picture"),
        ("made_depth", "made_depth"),
        ("development", "development"),
    ):
        found[f"postures_f1_macro_{key}"] = _macro(body[name], hand[name])[0]
    found["frames"] = sum(body[name].frames for name in reported)
    hours = alarms.seconds / 3600
    found["false_alarms_per_hour"] = len(alarms.alarms) / hours if hours else 0.0
    found["hours"] = hours
    return found

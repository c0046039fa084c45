"""Face gates against truth: faces of clips and made heads, covered and turned on purpose.

An overlay is not to be applied when more than a quarter of the face is covered or the face is turned by more than 45 degrees;
it is to be applied when less than a tenth is covered and the face is turned by less than 35. What is between is left out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from ..bodies.portraits import make_portrait
from ..errors import SourceError, UsageError
from ..faces import Face, FaceFinder
from ..faces.made_heads import made_hand, made_head
from ..geometry import iou
from ..metrics.auroc import auroc
from ..sights import Turned
from ..sights.face import face_square
from ..types import Array
from ..video import open_source
from .covers import COVERS, Held, covered_by

__all__ = ["BAND", "TURNS", "eval_gates"]

BAND = (0.10, 0.25)  # share of a face: less is free, more is covered
TURNS = (35.0, 45.0)  # degrees: less looks this way, more is turned away
SIZE = 256  # pixels of a picture that shows one face and what is round it
FREE = 0.9  # least presence of a face of a clip that is covered on purpose
ENDINGS = {".mp4", ".mkv", ".avi", ".mov", ".webm", ".m4v"}
FIRST = 500_000  # seed of the first made person: nobody that the net was trained on


@dataclass
class _Tally:
    """What was seen of the faces: whether to apply (None: between), the answer, and what was done to the face."""

    wanted: list[bool] = field(default_factory=list)
    apply: list[float] = field(default_factory=list)
    how: list[str] = field(default_factory=list)
    share_errors: list[float] = field(default_factory=list)
    yaw_errors: list[float] = field(default_factory=list)
    lost: int = 0

    def add(self, face: Face | None, share: float, turned: float, how: str) -> None:
        """One look at a face of which `share` is covered and that is turned by so many degrees."""
        if face is not None and face.gates is not None and face.mesh is not None:
            self.share_errors.append(abs(face.gates.covered - share))
        if BAND[0] <= share <= BAND[1] or (share < BAND[0] and TURNS[0] <= turned <= TURNS[1]):
            return
        self.wanted.append(share < BAND[0] and turned < TURNS[0])
        self.apply.append(0.0 if face is None or face.gates is None else face.gates.apply)
        self.how.append(how)
        self.lost += face is None

    def area(self, *ways: str) -> float:
        """AUROC over what is to be applied and what is not for one of the reasons."""
        wanted, how = np.array(self.wanted, bool), np.array(self.how)
        chosen = wanted | np.isin(how, ways) if ways else np.ones(len(wanted), bool)
        return auroc(wanted[chosen], np.array(self.apply)[chosen])


def eval_gates(
    clips: Sequence[str | Path] = (),
    *,
    synth: bool = False,
    frames: int = 30,
    people: int = 16,
    seed: int = 0,
    step: Callable[[int], None] | None = None,
) -> dict[str, Any]:
    """How well the gates tell when an overlay may be applied.

    Each clean face of a clip is shown as it is and covered by something of each kind of `evaluate.covers`, none of which the
    net was trained on; frames in which a hand is near the face are left out, and faces that are turned by more than 35 degrees
    by the finder's own word. Made heads turn, and are covered by their own hands and by the same kinds.

    Args:
        clips: videos, or folders of them.
        synth: made heads too.
        frames: of each clip, evenly spaced.
        people: made ones.
        seed: of the covers.
        step: called with the number of faces looked at.

    Returns:
        `gate_auroc` over all, `gate_auroc_turned` and `gate_auroc_covered` of what is kept against only what is turned or only
        what is covered, `cover_share_error` mean absolute, `yaw_error` degrees, mean absolute, of made heads up to 60 degrees;
        `frames`, clean faces of clips; `faces`, all that were judged; `kept`, of these the ones to apply to, and `lost_kept` of
        these not found.

    Raises:
        UsageError: neither clips nor made heads.
        SourceError: a clip cannot be read, or a folder has none.
    """
    if not clips and not synth:
        raise UsageError("eval gates: give clips or folders of clips, or --synth for made heads")
    rng, tally, finder = np.random.default_rng(seed), _Tally(), FaceFinder()
    seen = counts = 0
    hands = [made_hand(make_portrait(np.random.default_rng(FIRST + 1000 + n)), rng, 192) for n in range(4) for _ in range(4)]
    for picture, mesh, spare in faces_of(_files(clips), frames):
        counts += 1
        _show(tally, finder, picture, mesh, Held(hands, spare), rng, 0.0)
        seen += 1
        if step is not None:
            step(seen)
    if synth:
        for number in range(people):
            for one in _made(tally, finder, number, rng):
                seen += one
                if step is not None:
                    step(seen)
    return {
        "gate_auroc": tally.area(),
        "gate_auroc_turned": tally.area("turned"),
        "gate_auroc_covered": tally.area("covered"),
        "cover_share_error": _mean(tally.share_errors),
        "yaw_error": _mean(tally.yaw_errors),
        "frames": counts,
        "faces": len(tally.wanted),
        "kept": int(sum(tally.wanted)),
        "lost_kept": int(sum(w and a == 0 for w, a in zip(tally.wanted, tally.apply, strict=True))),
    }


def faces_of(clips: Iterable[Path], frames: int) -> Iterator[tuple[Array, Array, Array]]:
    """Clean faces of clips: a picture of each alone, its mesh there, and the frame's part beside it."""
    from ..pose import WholeBody, pose_model

    for clip in clips:
        finder, whole, model = FaceFinder(gated=False), WholeBody(), pose_model("balanced")
        shown = list(_spread(clip, frames))
        for image in shown:
            people = model(image)
            points = np.asarray(whole(image, people).points)[:, 91:133, :2].reshape(-1, 2)
            for face in finder(image, people):
                if _clean(face, points):
                    yield _alone(image, face)


def _spread(clip: Path, frames: int) -> Iterator[Array]:
    """Pictures of a clip, evenly spaced; a clip is read twice rather than kept."""
    total = sum(1 for _ in open_source(str(clip)))
    wanted = set(np.linspace(0, max(total - 1, 0), min(frames, total)).round().astype(int).tolist())
    for number, frame in enumerate(open_source(str(clip))):
        if number in wanted:
            yield frame.image


def _clean(face: Face, hands: Array) -> bool:
    if face.mesh is None or face.score < FREE or max(abs(face.yaw), abs(face.pitch)) > TURNS[0]:
        return False
    room = 0.12 * float((face.box[2:] - face.box[:2]).max())
    with np.errstate(invalid="ignore"):
        near = (hands > face.box[:2] - room) & (hands < face.box[2:] + room)
    return not bool(near.all(axis=1).any()) and min(float(np.ptp(face.mesh[:, 0])), float(np.ptp(face.mesh[:, 1]))) > 16


def _alone(image: Array, face: Face) -> tuple[Array, Array, Array]:
    mesh = np.asarray(face.mesh, float)
    square = face_square(mesh)
    around = Turned(square.x, square.y, 1.9 * square.side, 0.0)
    matrix = around.matrix(SIZE)
    flat = mesh[:, :2] @ matrix[:, :2].T + matrix[:, 2]
    beside = Turned(square.x, square.y + 2.2 * square.side, 1.9 * square.side, 0.0)
    if beside.inside(image) < 0.6:
        beside = Turned(image.shape[1] * 0.2, image.shape[0] * 0.5, 1.9 * square.side, 0.0)
    return around.cut(image, SIZE), np.column_stack([flat, mesh[:, 2] * SIZE / around.side]), beside.cut(image, SIZE)


def _show(
    tally: _Tally, finder: FaceFinder, picture: Array, mesh: Array, held: Held, rng: np.random.Generator, turn: float
) -> None:
    """A face as it is, then covered by each kind; the finder has just seen it free, as in a video."""
    tally.add(_best(finder, picture, None, mesh), 0.0, turn, "turned" if turn > TURNS[1] else "free")
    for kind in COVERS:
        covered, share = covered_by(kind, picture, mesh, held, rng)
        tally.add(_best(finder, covered, picture, mesh), share, turn, "covered" if turn < TURNS[0] else "both")


def _best(finder: FaceFinder, picture: Array, before: Array | None, mesh: Array) -> Face | None:
    """The face that is where the mesh is."""
    finder.reset()
    if before is not None:
        finder(before)
    box = np.concatenate([mesh[:, :2].min(axis=0), mesh[:, :2].max(axis=0)])
    faces = finder(picture)
    near = [float(iou(face.box[None].astype(float), box[None])[0, 0]) for face in faces]
    return faces[int(np.argmax(near))] if near and max(near) > 0.25 else None


def _made(tally: _Tally, finder: FaceFinder, number: int, rng: np.random.Generator) -> Iterator[int]:
    """One made person: heads that turn, and heads behind hands."""
    portrait = make_portrait(np.random.default_rng(FIRST + number))
    hands = [made_hand(portrait, rng, 192) for _ in range(4)]
    for turn in (0.0, *rng.uniform(-30, 30, 3), *rng.uniform(-80, 80, 6)):
        head = made_head(portrait, rng, (float(turn), float(rng.normal(0, 8)), float(rng.normal(0, 10))), SIZE)
        grey = rng.uniform(30, 220, 3) + np.linspace(-25, 25, SIZE)[:, None, None]
        rest = (255 - head.picture[..., 3:].astype(float)) / 255
        picture = np.clip(head.picture[..., :3] + rest * np.clip(grey, 0, 255), 0, 255).astype(np.uint8)
        finder.reset()
        found = [face for face in finder(picture) if _at(face, head.points)]
        face = found[0] if found else None
        if face is not None and face.mesh is not None and abs(head.yaw) <= 60:
            tally.yaw_errors.append(abs(face.yaw - head.yaw))
        if face is not None and face.mesh is not None and abs(head.yaw) < TURNS[0]:
            _show(tally, finder, picture, np.asarray(face.mesh, float), Held(hands, picture[::-1, ::-1]), rng, abs(head.yaw))
        else:
            tally.add(face, 0.0, abs(head.yaw), "turned")
        yield 1


def _at(face: Face, points: Array) -> bool:
    nose = points[0]
    size = face.box[2:] - face.box[:2]
    return bool(((nose > face.box[:2] - 0.3 * size) & (nose < face.box[2:] + 0.3 * size)).all())


def _files(clips: Sequence[str | Path]) -> list[Path]:
    out: list[Path] = []
    for given in clips:
        path = Path(given)
        if path.is_dir():
            inside = sorted(p for p in path.iterdir() if p.suffix.lower() in ENDINGS)
            if not inside:
                raise SourceError(f"{path}: there are no clips in this folder; expected {', '.join(sorted(ENDINGS))}")
            out += inside
        else:
            out.append(path)
    return out


def _mean(values: Sequence[float]) -> float:
    return float(np.mean(values)) if values else float("nan")

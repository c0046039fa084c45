"""Clips to a person that can be drawn: what `kinesics fit` does."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from ..errors import JobError, UsageError, need
from ..video import save_image
from ..viewer import Footage, Person, fit_footage, save_person
from .backdrops import PLAIN, laid_over
from .filming import footage_of
from .training import check_place

__all__ = ["fit_person"]

SHOWN = 6  # pictures of a sheet


def _quiet(words: str) -> None:
    """Nobody listens."""


def fit_person(
    clips: str | Path | Sequence[str | Path],
    out: str | Path | None = None,
    *,
    name: str | None = None,
    licence: str = "",
    consent: str = "",
    source: str | None = None,
    keyframes: int = 128,
    train: bool = False,
    training: dict[str, Any] | None = None,
    progress: Callable[[str, float], object] | None = None,
    said: Callable[[str], object] = _quiet,
    **filming: Any,
) -> Person:
    """Make a person that can be drawn in any pose from clips of up to three minutes, or from one picture.

    Args:
        clips: a video or picture of one person, a folder of them, or several.
        out: the file to write, by custom ending in ".kin"; None to write none.
        name: how the person is called; by default as the file or the first clip.
        licence: under which the person's pictures may be used.
        consent: who agreed to what.
        source: where the clips are from; by default their names.
        keyframes: how many pictures of the person to keep, 64 to 256 are good.
        train: also train the nets that refine what is warped; kept only where they are better on pictures held out. Beside
            `out` a sheet of pictures shows how far it is, and a checkpoint lets training that was interrupted go on.
        training: options of `viewer.train_person`.
        progress: called with what is being done and the share of it, 0 to 1.
        said: called with remarks for people, one line each.
        filming: options of `footage_of`: person_id, longest, most, pose.

    Raises:
        SourceError: a clip cannot be read, or shows nobody.
        SinkError: the file cannot be written; found out before the work begins.
        UsageError: an option that cannot be.
        WeightsError: a net is not installed.

    Example:
        >>> import kinesics as ks
        >>> person = ks.fit_person("me.mp4", "me.kin", consent="I agree")  # doctest: +SKIP
        >>> ks.render("dance.pose", person, "dance.mp4")  # doctest: +SKIP
    """
    if out is not None:
        check_place(out)
    if train:
        need("torch", "train")  # found out before minutes of other work
    if not 1 <= keyframes <= 256:
        raise UsageError(f"expected 1 to 256 keyframes, got {keyframes}")
    given = [clips] if isinstance(clips, str | Path) else list(clips)
    footage = footage_of(given, progress=progress, said=said, **filming)
    step = progress or (lambda words, share: None)
    person = fit_footage(
        footage,
        keyframes=keyframes,
        name=name or Path(given[0] if out is None else out).stem,
        licence=licence,
        consent=consent,
        source=", ".join(Path(clip).name for clip in given) if source is None else source,
        about={"made": _made()},
        progress=lambda done, of: step("keeping keyframes", done / of),
    )
    if out is not None:
        save_person(out, person)  # before training too: whatever happens then, there is a person
    if train:
        person = _trained(person, footage, out, training or {}, step, said)
        if out is not None:
            save_person(out, person)
    return person


def _made() -> str:
    from .. import __version__

    return f"kinesics {__version__}, {datetime.date.today().isoformat()}"


def _trained(
    person: Person,
    footage: Footage,
    out: str | Path | None,
    options: dict[str, Any],
    step: Callable[[str, float], object],
    said: Callable[[str], object],
) -> Person:
    from ..viewer.training import train_person

    given: dict[str, Any] = {"progress": lambda done, of: step("training", done / of)}
    checkpoint = None if out is None else Path(f"{out}.training")
    if out is not None:
        given |= {
            "checkpoint": checkpoint,
            "sheet": lambda so_far, count: _sheet(so_far, footage, Path(out).with_suffix(".sheet.png")),
        }
    try:
        trained = train_person(person, footage, **{**given, **options})
    except JobError as error:
        said(f"{error}; the person is drawn by warping alone")
        return person
    if checkpoint is not None:
        checkpoint.unlink(missing_ok=True)
    if not trained.nets:
        said("the nets were no better than warping on pictures held out, so none is kept")
    return trained


def _sheet(person: Person, footage: Footage, path: Path) -> None:
    """Pictures of the footage, and the same poses drawn by warping and by the nets so far, one below the other."""
    from ..viewer.drawing import Artist

    artist = Artist(person)
    wall = np.full(footage.pictures.shape[1:], PLAIN, np.uint8)
    columns = []
    for index in np.linspace(0, len(footage) - 1, SHOWN + 2).round().astype(int)[1:-1]:
        brief = artist.begin(footage.points[index], footage.scores[index])
        share = footage.alpha[index, ..., None] / 255
        real = (footage.pictures[index] * share + wall * (1 - share)).astype(np.uint8)
        drawn = [laid_over(artist.draw(brief, tier), wall) for tier in range(len(artist.tiers))]
        columns.append(np.concatenate([real, *drawn])[::2, ::2])
    save_image(path, np.concatenate(columns, 1))

"""`kinesics eval viewer`: how near drawn people come to filmed ones."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ..errors import UsageError
from .output import Json, Output, Progress, ProgressOption, Quiet, folder_for, report

if TYPE_CHECKING:
    from ..evaluate.viewer_trial import Trial
    from ..viewer import Footage

MOST = 1800  # pictures of one person: a minute
WEIGHTS = ("movenet_multipose", "movenet_thunder", "palm_detection_full", "hand_landmark_full", "face_landmark")


def viewer(
    clips: Annotated[
        Path | None, typer.Option("--clips", metavar="DIR", help="A folder of clips, or one; or a folder a person.")
    ] = None,
    synth: Annotated[bool, typer.Option("--synth", help="Two made people instead, whose poses are exact.")] = False,
    person: Annotated[
        Path | None, typer.Option("--person", help="Already fitted (.kin), from the first part of the clips only.")
    ] = None,
    no_train: Annotated[bool, typer.Option("--no-train", help="Keyframes only: T0.")] = False,
    minutes: Annotated[float | None, typer.Option("--minutes", min=0, help="That training may take.")] = None,
    person_id: Annotated[int | None, typer.Option("--person-id", help="Whom, where clips show several people.")] = None,
    no_pck: Annotated[
        bool, typer.Option("--no-pck", help="Read no joints off the pictures, which takes most of the time.")
    ] = False,
    seconds: Annotated[float | None, typer.Option("--seconds", min=0.5, help="With --synth: of each person (20).")] = None,
    out: Annotated[Path | None, typer.Option("--out", "-o", help="Folder for report.html and sheet.png.")] = None,
    as_json: Json = False,
    progress: ProgressOption = Progress.auto,
    quiet: Quiet = False,
) -> None:
    """Fit a person on the first 70 % of the clips, draw the poses of the rest, and compare with what was filmed.

    Each person is drawn from own clips only. Beside each tier stand the mean picture, the nearest picture, and the nearest
    keyframe warped. In Python: kinesics.evaluate.viewer.eval_viewer(), eval_viewer_people() and eval_viewer_made().
    """
    _checked(clips, synth, person, person_id, seconds)
    output, trials = Output(as_json, progress, quiet), dict[str, Any]()
    place = None if out is None else folder_for(out)
    options: dict[str, Any] = {"train": not no_train, "read": not no_pck, "film": 0 if out is None else 48}
    options |= {} if minutes is None else {"minutes": minutes}
    if person is not None:
        from ..viewer import load_person

        options["person"] = load_person(person)
    with output.steps(None, "poses") as bar:
        options |= {"each": lambda name, done: trials.update({name: done}), "step": bar}
        if synth:
            from ..evaluate.viewer import eval_viewer_made

            options |= {} if seconds is None else {"seconds": seconds}
            values = eval_viewer_made(**options)
        else:
            values = _filmed(Path(str(clips)), person_id, options, output)
    if place is not None:
        _write(place, trials, values, "made people" if synth else Path(str(clips)).resolve().stem, output)
    if not as_json:
        values = {name: value for name, value in values.items() if not isinstance(value, dict) or name == "gate"}
    report(values, as_json, () if synth else WEIGHTS)


def _checked(clips: Path | None, synth: bool, person: Path | None, person_id: int | None, seconds: float | None) -> None:
    if synth == (clips is not None):
        raise UsageError("eval viewer: give either --clips DIR or --synth")
    if synth and (person is not None or person_id is not None):
        raise UsageError("eval viewer: --person and --person-id go with --clips; made people are fitted here")
    if not synth and seconds is not None:
        raise UsageError("eval viewer: --seconds goes with --synth")


def _filmed(folder: Path, person_id: int | None, options: dict[str, Any], output: Output) -> dict[str, Any]:
    """One person after the other: whose clips are whose, what they show, how well it is drawn."""
    from ..evaluate.viewer import eval_viewer_people
    from ..evaluate.viewer_people import casting
    from ..pipeline.filming import footage_of

    cast = casting(folder)
    for note in cast.notes:
        output.say(note)
    if options.get("person") is not None and len(cast.parts) > 1:
        raise UsageError(f"{folder}: --person is one person, and these are {len(cast.parts)}; give one person's clips")

    def seen(words: str, share: float) -> None:
        options["step"](100 * share, of=100, part=words)

    def filmed() -> Iterator[tuple[str, Footage, int]]:
        for part in cast.parts:
            if len(cast.parts) > 1 or cast.notes:
                output.say(f"{part.name}: {', '.join(clip.name for clip in part.clips)}")
            footage = footage_of(part.clips, person_id=person_id, most=MOST, said=output.say, progress=seen)
            yield part.name, footage, part.learned

    return eval_viewer_people(filmed(), **options)


def _write(place: Path, trials: dict[str, Trial], values: dict[str, Any], name: str, output: Output) -> None:
    from ..bench.provenance import provenance
    from ..evaluate.viewer_page import write_viewer_report

    about = {key: value for key, value in provenance().items() if value}
    written = write_viewer_report(place, trials, title=f"Drawn people: {name}", about=about)
    values |= {key: str(path) for key, path in written.items()}
    output.say(f"written to {written['report']} and {written['sheet'].name}")

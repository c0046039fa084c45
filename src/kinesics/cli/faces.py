"""`kinesics faces`: who is known by their face. It stays in one file, and nobody is looked for unasked."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ..errors import SinkError, UsageError
from .faces_check import check
from .output import Json, Output, Progress, ProgressOption, Quiet

if TYPE_CHECKING:
    from ..faces import KnownFaces

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None)

Store = Annotated[
    Path | None,
    typer.Option("--store", metavar="FILE.kin", help="Where known faces are kept; your data folder if not given."),
]


@app.callback()
def group() -> None:
    """Known faces: enrol, list, forget, find; check says which seconds look exchanged. Nobody is looked for unasked."""


@app.command()
def enrol(
    name: Annotated[str, typer.Argument(metavar="NAME", help="Who it is.")],
    pictures: Annotated[list[str], typer.Argument(metavar="PICTURE…", help="Pictures with this one face in each.")],
    store: Store = None,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Remember somebody's face: numbers made of it, no picture. In Python: kinesics.KnownFaces.enrol()."""
    from ..pipeline.identity import enrol_pictures

    out, place = Output(as_json, quiet=quiet), _place(store)
    known = _load(place)
    taken = enrol_pictures(known, name, pictures, say=out.say)
    _made(place)
    known.save(place)
    out.result(
        {"name": name, "pictures": taken, "encodings": known.count(name.strip()), "store": place},
        f"{name}: {taken} of {len(pictures)} pictures taken; kept in {place}",
    )


@app.command("list")
def list_(store: Store = None, as_json: Json = False) -> None:
    """Who is known, and by how many pictures. In Python: kinesics.KnownFaces.names."""
    place = _place(store)
    known = _load(place)
    words = "\n".join(f"{name}  {known.count(name)}" for name in known.names) or f"nobody is known in {place}"
    Output(as_json).result({"names": {name: known.count(name) for name in known.names}, "store": place}, words)


@app.command()
def forget(
    name: Annotated[str, typer.Argument(metavar="NAME", help="Who is to be forgotten.")],
    store: Store = None,
    as_json: Json = False,
) -> None:
    """Forget somebody: the file is written anew without them. In Python: kinesics.KnownFaces.forget()."""
    place = _place(store)
    known = _load(place)
    known.forget(name)
    if len(known):
        known.save(place)
    else:
        place.unlink()
    Output(as_json).result({"forgotten": name, "names": known.names, "store": place}, f"{name} is forgotten in {place}")


@app.command()
def find(
    source: Annotated[str, typer.Argument(metavar="PICTURE|CLIP", help="Where to look.")],
    known: Annotated[
        Path | None,
        typer.Option("--known", metavar="DIR", help="A folder of pictures by name, or a file of enrol; your own if not given."),
    ] = None,
    as_json: Json = False,
    progress: ProgressOption = Progress.auto,
    quiet: Quiet = False,
) -> None:
    """Whose faces are in a picture or a video. In Python: kinesics.compare_faces()."""
    from ..pipeline.identity import known_faces
    from ..pipeline.who import find_known

    out, place = Output(as_json, progress, quiet), known or _place(None)
    if known is None and not place.is_file():
        raise UsageError(f"nobody is known yet: give --known DIR, or run: kinesics faces enrol NAME PICTURE (kept in {place})")
    people = known_faces(place, say=out.say)
    with out.steps(None, "frames") as bar:
        seen = find_known(source, people, on_frame=bar)
    lines = [f"{one.name:20} {one.score:6.1%}  {_where(one.start, one.end, one.box)}" for one in seen]
    out.result({"known": len(people), "faces": [one.record() for one in seen]}, "\n".join(lines) or "no face was seen")


def _where(start: float, end: float, box: tuple[float, float, float, float]) -> str:
    x, y, right, low = (round(side) for side in box)
    at = f"{right - x}x{low - y} px at {x}, {y}"
    return f"{start:.1f}-{end:.1f} s  {at}" if end > 0 else at


def _place(store: Path | None) -> Path:
    from ..pipeline.identity import faces_store

    return store or faces_store()


def _load(place: Path) -> KnownFaces:
    from ..faces import KnownFaces

    return KnownFaces.load(place) if place.exists() else KnownFaces()


def _made(place: Path) -> None:
    try:
        place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise SinkError(f"{place.parent}: this folder cannot be made: {error.strerror or error}; give --store FILE") from error


app.command()(check)

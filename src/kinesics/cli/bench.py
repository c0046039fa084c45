"""`kinesics bench`: latency and throughput, with the machine, the versions and the weights they were measured with.

One function a measurement: it calls one function of `kinesics.bench`, and `report` adds the provenance.
"""

from __future__ import annotations

from typing import Annotated, Any

import typer

from .output import Json, report

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None)


@app.command()
def start(
    runs: Annotated[int, typer.Option(min=1, help="How often; the median counts.")] = 7,
    as_json: Json = False,
) -> None:
    """Seconds of `import kinesics` and of `kinesics --help`. In Python: kinesics.bench.start.start()."""
    from ..bench.start import start as measure

    report(measure(runs), as_json)


@app.command("run")
def run_chain(
    clip: Annotated[str | None, typer.Argument(metavar="CLIP", help="A video; the bundled one if not given.")] = None,
    pose: Annotated[str, typer.Option("--pose", help="fast, balanced, accurate.")] = "balanced",
    budget: Annotated[float | None, typer.Option(help="Milliseconds a frame may take.", metavar="MS")] = None,
    repeats: Annotated[int, typer.Option(min=1, help="How often; the fastest counts.")] = 1,
    as_json: Json = False,
) -> None:
    """The whole chain, from the file to the annotated film. In Python: kinesics.bench.run.bench_run()."""
    from ..bench.run import bench_run

    limit = None if budget is None else budget / 1000
    report(bench_run(clip, tier=pose, budget=limit, repeats=repeats), as_json, ("movenet_multipose",))


@app.command()
def memory(
    minutes: Annotated[float, typer.Option(min=1, help="Length of the long film.")] = 60.0,
    pose: Annotated[str, typer.Option("--pose", help="fast, balanced, accurate.")] = "fast",
    as_json: Json = False,
) -> None:
    """Peak memory of a long film against one of a minute. In Python: kinesics.bench.memory.bench_memory()."""
    from ..bench.memory import bench_memory

    report(bench_memory(minutes, tier=pose), as_json, ("movenet_multipose",))


@app.command()
def tracks(
    people: Annotated[int, typer.Option(min=1, help="How many people walk about.")] = 20,
    frames: Annotated[int, typer.Option(min=1, help="For how many frames, 30 a second.")] = 300,
    repeats: Annotated[int, typer.Option(min=1, help="How often; the fastest counts.")] = 5,
    as_json: Json = False,
) -> None:
    """The tracker alone on made people, of whom each frame misses one in twenty; one thread.

    In Python: kinesics.bench.tracks.bench_tracks().
    """
    from ..bench.tracks import bench_tracks

    report(bench_tracks(people, frames, repeats=repeats), as_json)


@app.command()
def actions(
    model: Annotated[
        str | None,
        typer.Option("--model", metavar="MODEL.kin", help="What kinesics train wrote; a quick one of made clips else."),
    ] = None,
    clips: Annotated[int, typer.Option(min=1, help="How many are asked about, one at a time.")] = 60,
    rounds: Annotated[int, typer.Option(min=1, help="How often; the best of each clip counts.")] = 5,
    as_json: Json = False,
) -> None:
    """An action model: milliseconds a clip, and a frame of one person as it streams; one thread.

    In Python: kinesics.bench.actions.bench_actions().
    """
    from ..bench.actions import bench_actions

    report(bench_actions(model, clips=clips, rounds=rounds), as_json)


@app.command()
def teach(
    classes: Annotated[int, typer.Option(min=1, max=10, help="Most labels that are taught.")] = 10,
    examples: Annotated[int, typer.Option(min=1, help="Examples a label.")] = 5,
    embedding: Annotated[
        str | None, typer.Option("--embedding", help="plain, or the file of a model; the one that ships else.")
    ] = None,
    repeats: Annotated[int, typer.Option(min=1, help="How often the last example is given, for each number of labels.")] = 5,
    as_json: Json = False,
) -> None:
    """Seconds from the last example until a frame is answered with it. In Python: kinesics.bench.teach.bench_teach()."""
    from ..bench.teach import bench_teach

    report(bench_teach(classes, examples, embedding=embedding, repeats=repeats), as_json)


@app.command("depth-render")
def depth_render(
    width: Annotated[int, typer.Option(min=1, help="Of the pictures, pixels.")] = 320,
    height: Annotated[int, typer.Option(min=1, help="Of the pictures, pixels.")] = 240,
    rounds: Annotated[int, typer.Option(min=1, help="How often; the median counts.")] = 9,
    as_json: Json = False,
) -> None:
    """Made people drawn as depth pictures: skin and render on one core, by processor time.

    In Python: kinesics.bench.depth_render.bench_depth_render().
    """
    from ..bench.depth_render import bench_depth_render

    report(bench_depth_render((width, height), rounds=rounds), as_json)


@app.command("depth-train")
def depth_train(
    views: Annotated[int, typer.Option(min=1, help="People that the tree learns from.")] = 2000,
    depth: Annotated[int | None, typer.Option(help="Of the tree.")] = None,
    pixels: Annotated[int | None, typer.Option(help="Drawn from each view.")] = None,
    offsets: Annotated[int | None, typer.Option(help="Pairs of places tried in each node.")] = None,
    cap: Annotated[
        int | None, typer.Option(help="Most pixels that choose a split; the more, the nearer to a full search.")
    ] = None,
    workers: Annotated[int, typer.Option(min=1, help="Threads.")] = 1,
    as_json: Json = False,
) -> None:
    """Votes a processor's second while a tree grows. In Python: kinesics.bench.depth_train.bench_depth_train()."""
    from ..bench.depth_train import bench_depth_train

    given = {"depth": depth, "pixels": pixels, "offsets": offsets, "cap": cap}
    options = {name: value for name, value in given.items() if value is not None}
    report(bench_depth_train(views, workers=workers, **options), as_json)


@app.command("depth-label")
def depth_label(
    model: Annotated[str | None, typer.Option("--model", metavar="MODEL.kin", help="The one that ships if not given.")] = None,
    pixels: Annotated[int, typer.Option(min=100, help="Of the person in each picture, about.")] = 6000,
    pictures: Annotated[int, typer.Option(min=1, help="How many.")] = 40,
    rounds: Annotated[int, typer.Option(min=1, help="How often; the best of each picture counts.")] = 7,
    as_json: Json = False,
) -> None:
    """Labels of all pixels of a person, 320x240, one thread. In Python: kinesics.bench.depth_label.bench_depth_label()."""
    from ..bench.depth_label import bench_depth_label

    report(bench_depth_label(model, pixels=pixels, pictures=pictures, rounds=rounds), as_json)


@app.command("depth-track")
def depth_track(
    model: Annotated[str | None, typer.Option("--model", metavar="MODEL.kin", help="The one that ships if not given.")] = None,
    people: Annotated[int, typer.Option(min=1, max=4, help="How many are followed.")] = 1,
    frames: Annotated[int, typer.Option(min=2, help="Pictures.")] = 120,
    decoder: Annotated[str | None, typer.Option(help="fit, votes or parts.")] = None,
    repeats: Annotated[int, typer.Option(min=1, help="How often; for each frame its fastest counts.")] = 3,
    as_json: Json = False,
) -> None:
    """The whole depth tracker on made people in a furnished room; CPU time, one core.

    In Python: kinesics.bench.depth_track.bench_depth_track().
    """
    from ..bench.depth_track import bench_depth_track

    report(bench_depth_track(model, people=people, frames=frames, decoder=decoder, repeats=repeats), as_json)


@app.command()
def viewer(
    person: Annotated[str, typer.Option("--person", metavar="PERSON.kin", help="What kinesics fit wrote.")] = "default",
    rounds: Annotated[int, typer.Option(min=1, help="Turns that each tier gets; the median counts.")] = 5,
    workers: Annotated[int, typer.Option(min=1, help="Pictures that are drawn at the same time.")] = 2,
    budget: Annotated[float, typer.Option(min=0.1, metavar="MS", help="Milliseconds a picture may take.")] = 40.0,
    pictures: Annotated[int, typer.Option(min=2, help="Drawn with that budget.")] = 400,
    starts: Annotated[int, typer.Option(min=1, help="Fresh processes that are timed to their first picture.")] = 3,
    reference: Annotated[bool, typer.Option(help="Rebuild the viewer of 2022 and time it in turns; needs onnx.")] = True,
    as_json: Json = False,
) -> None:
    """Pictures a second of each tier, pose to pixels, 512x512, beside the viewer of 2022.

    In Python: kinesics.bench.viewer.bench_viewer().
    """
    from ..bench.viewer import bench_viewer

    options: dict[str, Any] = {"rounds": rounds, "pictures": pictures, "starts": starts, "reference": reference}
    report(bench_viewer(person, workers=workers, budget=budget / 1000, **options), as_json)


@app.command("whole-body")
def whole_body(
    clip: Annotated[str | None, typer.Argument(metavar="CLIP", help="A video; the bundled one if not given.")] = None,
    frames: Annotated[int, typer.Option(min=1, help="Of its beginning, those with people.")] = 120,
    threads: Annotated[int, typer.Option(min=1, help="For the pass.")] = 2,
    as_json: Json = False,
) -> None:
    """Milliseconds a person for 33 joints, outline, hands and face. In Python: kinesics.bench.whole_body.bench_whole_body()."""
    from ..bench.whole_body import bench_whole_body

    nets = ("pose_landmark_full", "hand_landmark_full", "face_landmark", "palm_detection_full", "face_detection_short_range")
    report(bench_whole_body(clip, frames=frames, threads=threads), as_json, nets)


@app.command()
def masks(
    picture: Annotated[
        str | None, typer.Argument(metavar="PICTURE", help="A file; 4000x3000 made from the bundled clip if not given.")
    ] = None,
    repeats: Annotated[int, typer.Option(min=1, help="How often after the first time; the median counts.")] = 9,
    peer: Annotated[bool, typer.Option(help="Measure a plain chain for one picture beside it.")] = True,
    as_json: Json = False,
) -> None:
    """Seconds and peak memory from one big picture to its people's outlines. In Python: kinesics.bench.masks.bench_masks()."""
    from ..bench.masks import bench_masks

    weights = ("movenet_multipose", "pose_landmark_full", "selfie_segmentation")
    report(bench_masks(picture, repeats=repeats, peer=peer), as_json, weights)

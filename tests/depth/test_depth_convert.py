"""`kinesics depth convert`: pictures round through every container, trees into models and back; errors are one line."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from kinesics.bodies.pose_bank import PoseBank
from kinesics.bodies.views import ViewMaker
from kinesics.cli import main
from kinesics.depth import convert_depth, open_depth, read_glimpse_set, read_glimpse_trees, write_glimpse_set
from kinesics.depth.joints import JointFinder
from kinesics.depth.model_file import load_model
from kinesics.depth.synth import synthesize
from kinesics.errors import FormatError, SinkError, SourceError, UsageError
from kinesics.types.camera import Camera


@pytest.fixture
def clip(tmp_path: Path, made: Any) -> Path:
    np.savez(tmp_path / "clip.npz", depth=made(), camera=[40, 30, 37.5, 38.5, 19.0, 15.5], times=0.04 * np.arange(5))
    return tmp_path / "clip.npz"


def test_pictures_go_round_through_all_containers(clip: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    order = [str(clip), *(str(tmp_path / name) for name in ("a", "b", "c", "d.npz"))]
    for source, target, kind in zip(order[:-1], order[1:], ("png", "exr", "glimpse", None), strict=True):
        assert main(["depth", "convert", source, target, *(["--to", kind] if kind else [])]) == 0
    assert "5 pictures" in capsys.readouterr().out
    with np.load(clip) as first, np.load(tmp_path / "d.npz") as last:
        assert np.array_equal(first["depth"], last["depth"]) and last["depth"].dtype == np.uint16
        assert np.array_equal(first["camera"], last["camera"]) and np.allclose(first["times"], last["times"])


def test_json_says_what_was_written(clip: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["depth", "convert", str(clip), str(tmp_path / "a"), "--json"]) == 0
    said = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert said == {"out": [str(tmp_path / "a")], "kind": "png", "pictures": 5, "notes": []}


def test_a_camera_file_and_units_go_first(made: Any, clip: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "camera.json").write_text(json.dumps({"width": 40, "height": 30, "fx": 9, "fy": 9, "cx": 1, "cy": 2}))
    arguments = ["--camera", str(tmp_path / "camera.json"), "--units", "0.0005", "--fps", "10"]
    assert main(["depth", "convert", str(clip), str(tmp_path / "a"), *arguments]) == 0
    with open_depth(tmp_path / "a") as source:
        assert source.camera == Camera(40, 30, 9, 9, 1, 2)
        assert next(source).depth.max() == pytest.approx(made(1).max() * 0.0005, abs=1e-3)


def test_trees_become_a_model_and_trees_again(random_forest: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    forest = random_forest(1, trees=2)
    assert convert_depth(_trees(forest, tmp_path), tmp_path / "m.kin", people=0).trees == 2
    assert main(["depth", "convert", str(tmp_path / "m.kin"), str(tmp_path / "back.rdt")]) == 0
    assert [path.name for path in sorted(tmp_path.glob("back*"))] == ["back-0.rdt", "back-1.rdt"]
    assert read_glimpse_trees(sorted(tmp_path.glob("back*"))) == forest
    model = load_model(tmp_path / "m.kin")
    assert (model.forest.leaf_parts == forest.leaf_parts).all() and not model.forest.has_votes


def _trees(forest: object, place: Path) -> list[Path]:
    from kinesics.depth import write_glimpse_tree

    names = [place / "t0.json", place / "t1.json"]
    for tree, name in enumerate(names):
        write_glimpse_tree(name, forest, tree)  # type: ignore[arg-type]
    return names


@pytest.fixture(scope="module")
def bank() -> PoseBank:
    return PoseBank(0, poses=30)


def test_a_model_from_trees_finds_joints_by_parts(random_forest: Any, tmp_path: Path) -> None:
    forest = random_forest(1, trees=2)
    done = convert_depth(_trees(forest, tmp_path), tmp_path / "m.kin", people=20)
    model = load_model(tmp_path / "m.kin")
    if "parts" not in model.extras:
        assert "no part of anybody" in done.notes[-1]
        return
    assert set(model.extras) == {"parts"} and "from parts alone" in done.notes[-1]
    depth = np.zeros((60, 80), np.uint16)
    depth[5:55, 30:50] = 2500
    found = JointFinder(model, "parts")(depth, Camera.of_view(80, 60, 50.0))
    assert found.joints.shape == (23, 3) and np.isfinite(found.joints).any()
    with pytest.raises(UsageError, match="has not learned the decoder 'fit'"):
        JointFinder(model, "fit")


def test_other_labels_make_a_model_that_only_labels(random_forest: Any, tmp_path: Path) -> None:
    from kinesics.depth import write_glimpse_tree

    write_glimpse_tree(tmp_path / "t.json", random_forest(1, labels=("background", "horse")))
    done = convert_depth(tmp_path / "t.json", tmp_path / "m.kin")
    assert "other labels" in done.notes[-1]
    assert load_model(tmp_path / "m.kin", labels=None).labels == ("background", "horse")


def test_a_made_set_is_a_source(tmp_path: Path, bank: PoseBank) -> None:
    options: dict[str, Any] = {"size": (80, 60), "detail": "light", "bank": bank}
    synthesize(tmp_path / "set", count=3, picture=lambda views: np.zeros((8, 8, 3), np.uint8), **options)
    maker = ViewMaker(**options)
    with open_depth(tmp_path / "set") as source:
        for index, frame in enumerate(source):
            assert frame.size == (80, 60) and source.camera == maker.view(index).camera
        assert source.frames == 3 and source.status == "ok" and source.notes == []


def test_a_training_set_of_glimpse_reads_back(tmp_path: Path, bank: PoseBank) -> None:
    maker = ViewMaker(3, bank=bank, size=(86, 112), focal=100.0, damage=False, detail="light")
    views = [maker.view(index) for index in range(4)]
    count = write_glimpse_set(tmp_path / "set", views)
    samples = read_glimpse_set(tmp_path / "set")
    assert count == len(samples) == 4
    for index, view in enumerate(views):
        depth, parts, camera = samples.crop(index)
        keep = view.segment & (view.parts > 0) & (view.depth > 0)
        rows, columns = np.flatnonzero(keep.any(1)), np.flatnonzero(keep.any(0))
        box = slice(rows[0], rows[-1] + 1), slice(columns[0], columns[-1] + 1)
        assert np.array_equal(parts, np.where(keep, view.parts, 0)[box])
        assert np.abs(depth - np.where(keep, view.depth * 1000, 0)[box]).max() <= 2.5  # half a step of half a float
        assert camera.fy == pytest.approx(100.0, abs=1e-3)
    with open_depth(tmp_path / "set") as source:
        assert source.camera.fy == pytest.approx(100.0) and source.size == (86, 112) and len(list(source)) == 4
    meta = json.loads((tmp_path / "set" / "meta.json").read_text())
    assert meta["n_labels"] == len(meta["labels"]) == 32 and meta["camera"]["vertical_fov"] == pytest.approx(58.5, abs=0.1)


def test_a_training_set_needs_one_lens_and_somebody(tmp_path: Path, bank: PoseBank) -> None:
    lenses = [ViewMaker(1, bank=bank, size=(86, 112), focal=focal, detail="light").view(0) for focal in (100.0, 120.0)]
    with pytest.raises(FormatError, match="several lenses"):
        write_glimpse_set(tmp_path / "a", lenses)
    with pytest.raises(FormatError, match="nobody large enough"):
        write_glimpse_set(tmp_path / "a", [])
    assert list(tmp_path.iterdir()) == []


def test_a_set_that_is_none_says_why(tmp_path: Path) -> None:
    with pytest.raises(FormatError, match="no training set of glimpse"):
        read_glimpse_set(tmp_path)
    (tmp_path / "meta.json").write_text("[]")
    (tmp_path / "index.full").write_text("a\n")
    with pytest.raises(FormatError, match="not what train_rdt reads"):
        read_glimpse_set(tmp_path)


WRONG = {
    "no_input": (["no.npz", "out"], "there is no such file"),
    "tree_of_pictures": (["clip.npz", "out.json"], "train one from them"),
    "pictures_of_trees": (["t.json", "out.npz"], "trees become .kin, .json or .rdt"),
    "several_clips": (["clip.npz", "clip.npz", "out"], "must be trees of one forest"),
    "no_kind": (["clip.npz", "out", "--to", "mp4"], "no kind of depth file"),
    "no_unit": (["clip.npz", "out", "--units", "feet"], "expected m, mm or metres"),
    "a_full_folder": (["clip.npz", "."], "there is something already"),
    "no_folder": (["clip.npz", "no/where/out"], "cannot be written"),
    "a_png": (["clip.npz", "out.png"], "the name of a folder for pictures"),
    "units_of_trees": (["t.json", "out.kin", "--units", "m"], "these are trees"),
    "a_model_stays_one": (["m.kin", "out.kin"], "a model becomes .json or .rdt"),
    "no_tree": (["bad.json", "out.kin"], "expected a tree in JSON"),
    "only_one": (["clip.npz"], "Missing argument"),
}


@pytest.mark.parametrize(("arguments", "words"), WRONG.values(), ids=WRONG.keys())
def test_bad_input_is_one_line_and_leaves_nothing(
    random_forest: Any,
    arguments: list[str],
    words: str,
    clip: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    _trees(random_forest(1, trees=2), tmp_path)
    (tmp_path / "t0.json").rename("t.json")
    (tmp_path / "bad.json").write_text("{")
    before = sorted(path.name for path in tmp_path.iterdir())
    assert main(["depth", "convert", *arguments]) == 2
    said = capsys.readouterr()
    assert said.out == "" and words in said.err and len(said.err.splitlines()) == 1
    assert sorted(path.name for path in tmp_path.iterdir()) == before


def test_what_breaks_on_the_way_leaves_nothing(made: Any, tmp_path: Path) -> None:
    clip = made()
    (tmp_path / "in").mkdir()
    from kinesics.depth.png_folder import png_bytes

    for index, picture in enumerate(clip):
        (tmp_path / "in" / f"{index}.png").write_bytes(png_bytes(picture if index < 3 else picture[:20]))
    with pytest.raises(FormatError, match="pictures of one size"):
        convert_depth(tmp_path / "in", tmp_path / "out.npz")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["in"]
    done = convert_depth(tmp_path / "in", tmp_path / "out", kind="glimpse")
    assert done.pictures == 5 and any("size changes" in note for note in done.notes)
    with open_depth(tmp_path / "out") as source:
        assert [frame.size for frame in source] == [(40, 30)] * 3 + [(40, 20)] * 2


def test_an_interrupt_leaves_nothing_half_written(clip: Path, tmp_path: Path) -> None:
    code = (
        "import os, signal, sys\n"
        "from kinesics.depth import converting\n"
        "from kinesics.cli import main\n"
        "real = converting.save_depth\n"
        "def save(path, source, kind, step):\n"
        "    return real(path, source, kind=kind, step=lambda n: os.kill(os.getpid(), signal.SIGINT) if n == 2 else None)\n"
        "converting.save_depth = save\n"
        "sys.exit(main(sys.argv[1:]))\n"
    )
    run = subprocess.run(
        [sys.executable, "-c", code, "depth", "convert", str(clip), str(tmp_path / "out")],
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert run.returncode == 130 and run.stderr == "kinesics: interrupted\n"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["clip.npz"]


def test_the_library_raises_what_the_command_says(clip: Path, tmp_path: Path) -> None:
    with pytest.raises(SourceError):
        convert_depth(tmp_path / "no", tmp_path / "out")
    with pytest.raises(UsageError):
        convert_depth([], tmp_path / "out")
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "file").touch()
    with pytest.raises(SinkError, match="there is something already"):
        convert_depth(clip, tmp_path / "full")

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path
from typing import Any

import pytest

from kinesics.cli import main
from kinesics.errors import FormatError
from kinesics.evaluate.tracks import eval_tracks, find_sequences, read_sequence, table_row
from kinesics.testing.people import walking_people


@pytest.fixture(scope="module")
def mot(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two made sequences in MOTChallenge layout; one labelled box does not count."""
    folder = tmp_path_factory.mktemp("mot")
    for seed, name in enumerate(("north", "south")):
        for part, options in (("gt", {"drop": 0.0, "noise": 0.0}), ("det", {"drop": 0.1, "noise": 0.01, "false": 0.2})):
            rows = []
            for frame, (people, _) in enumerate(walking_people(4, 3, 10, seed=seed, **options), 1):
                for (x1, y1, x2, y2), score, identity in zip(people.boxes, people.score, people.ids, strict=True):
                    who, sure = (identity + 1, 1) if part == "gt" else (-1, score)
                    rows.append(f"{frame},{who},{x1:.2f},{y1:.2f},{x2 - x1:.2f},{y2 - y1:.2f},{sure:.4f},-1,-1,-1")
            if part == "gt":
                rows.append("1,99,5,5,10,10,0,-1,-1,-1")
            (folder / name / part).mkdir(parents=True)
            (folder / name / part / f"{part}.txt").write_text("\n".join(rows) + "\n")
        (folder / name / "seqinfo.ini").write_text(
            f"[Sequence]\nname={name}\nframeRate=10\nseqLength=30\nimWidth=1920\nimHeight=1080\n"
        )
    (folder / "notes").mkdir()
    return folder


def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, *words: str) -> tuple[int, str, str]:
    monkeypatch.setattr(sys, "argv", ["kinesics", *words])
    status = 0
    try:
        status = main() or 0
    except SystemExit as end:
        status = int(end.code or 0)
    captured = capsys.readouterr()
    return status, captured.out, captured.err


def test_labels_with_confidence_zero_are_left_out(mot: Path) -> None:
    sequence = read_sequence(mot / "north")
    assert len(sequence.truth) == len(sequence.detected) == len(sequence.times) == 30
    assert [len(people) for people in sequence.truth] == [4] * 30
    assert sequence.times[10] == pytest.approx(1.0)


def test_sequences_are_all_that_have_labels_and_detections(mot: Path) -> None:
    assert [path.name for path in find_sequences(mot)] == ["north", "south"]
    assert find_sequences(mot / "south") == [mot / "south"]


def test_numbers_come_for_each_sequence_and_together(mot: Path) -> None:
    rows: list[dict[str, Any]] = []
    values = eval_tracks(mot, each=rows.append)
    assert [row["sequence"] for row in rows] == ["north", "south"]
    assert values["frames"] == 60 == sum(row["frames"] for row in rows)
    assert values["id_switches"] == sum(row["id_switches"] for row in rows)
    assert values["MOTA"] > 75 and values["IDF1"] > 75 and values["HOTA"] > 50 and values["fps"] > 100
    assert len(table_row(None)) == len(table_row(rows[0]))


def test_another_tracker_can_be_scored(mot: Path) -> None:
    class Nobody:
        def update(self, people: Any, time: float) -> Any:
            return people

    values = eval_tracks(mot, ["north"], make=Nobody)
    assert values["MOTA"] == values["IDF1"] == 0


def test_the_command_prints_one_object_last_and_a_table(
    mot: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    status, out, err = run(capsys, monkeypatch, "eval", "tracks", "--mot", str(mot), "--sequences", "south", "--json")
    values = json.loads(out.splitlines()[-1])
    assert status == 0
    assert {"MOTA", "IDF1", "HOTA", "id_switches", "frames", "fps", "machine", "versions", "command"} <= set(values)
    assert [line.split()[0] for line in err.splitlines()] == ["sequence", "south", "together"]


def broken(kind: str, folder: Path) -> str:
    """Damage the sequence in one way; what the message should name."""
    det, gt, info = folder / "det" / "det.txt", folder / "gt" / "gt.txt", folder / "seqinfo.ini"
    lines = det.read_text().splitlines()
    table = {
        "nan": (det, [lines[0], lines[1].replace(lines[1].split(",")[2], "nan"), *lines[2:]], "det.txt:2"),
        "columns": (det, [*lines[:3], "1,2,3", *lines[4:]], "det.txt:4"),
        "empty": (gt, [], "gt.txt: expected rows"),
        "score": (det, [lines[0].replace(lines[0].split(",")[6], "37.5"), *lines[1:]], "scores of 0 to 1, got 37.5"),
        "late": (det, [*lines, lines[0].replace("1,", "31,", 1)], "has frame 31"),
        "info": (info, ["[Sequence]"], "seqinfo.ini"),
    }
    path, text, named = table[kind]
    path.write_text("\n".join(text))
    return named


@pytest.mark.parametrize("kind", ["nan", "columns", "empty", "score", "late", "info"])
def test_a_damaged_file_is_one_line_that_names_it(
    kind: str, mot: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(mot / "north", tmp_path / "north")
    named = broken(kind, tmp_path / "north")
    with pytest.raises(FormatError, match=named.replace("(", r"\(")):
        eval_tracks(tmp_path)
    status, out, err = run(capsys, monkeypatch, "eval", "tracks", "--mot", str(tmp_path), "--json", "--quiet")
    assert (status, out, len(err.splitlines())) == (2, "", 1)


@pytest.mark.parametrize(("folder", "names"), [("missing", None), ("notes", None), (".", ["east"])])
def test_sequences_that_are_not_there_are_named(folder: str, names: list[str] | None, mot: Path) -> None:
    with pytest.raises(FormatError, match=r"gt/gt\.txt|no sequence is called east; there are north, south"):
        eval_tracks(mot / folder, names)


def test_a_sequence_without_detections_is_named(mot: Path, tmp_path: Path) -> None:
    shutil.copytree(mot / "north", tmp_path / "north")
    (tmp_path / "north" / "det" / "det.txt").unlink()
    with pytest.raises(FormatError, match=r"det\.txt"):
        eval_tracks(tmp_path, ["north"])


def test_real_sequences_hold_their_numbers(data: Path) -> None:
    """The six of the SORT table, with some slack; the exact numbers are in docs/tracks.md."""
    names = ["TUD-Campus", "ETH-Sunnyday", "ETH-Pedcross2", "ADL-Rundle-8", "Venice-2", "KITTI-17"]
    values = eval_tracks(data / "tracking", names)
    assert values["frames"] == 2661
    assert values["MOTA"] >= 34.4
    assert values["IDF1"] >= 47.5
    assert values["HOTA"] >= 35.5
    assert values["id_switches"] <= 210

"""`kinesics eval actions`, `eval fewshot`, `bench actions` as people use them, and what they get wrong."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from kinesics.cli import main
from kinesics.formats import write_sequence
from kinesics.testing import made_clips


@pytest.fixture(scope="module")
def gym(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Made clips on disk: index.csv with two columns of splits."""
    folder = tmp_path_factory.mktemp("gym")
    clips, labels, subjects = made_clips(8, ["raise_right", "wave_right", "kick_left", "march"])
    with open(folder / "index.csv", "w", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["file", "label", "subject", "split", "split2"])
        for i, (clip, label, who) in enumerate(zip(clips, labels, subjects, strict=True)):
            write_sequence(folder / f"{i}.pose", clip)
            side = "train" if who in "13" else "test"
            rows.writerow([f"{i}.pose", label, who, side, "test" if side == "train" else "train"])
    return folder


def last(capsys: pytest.CaptureFixture[str]) -> dict[str, object]:
    return json.loads(capsys.readouterr().out.splitlines()[-1])


def test_numbers_of_both_columns_in_one_flat_object(gym: Path, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["eval", "actions", str(gym), "--split", "split*", "--seeds", "1", "--head", "statistics", "--early", "--json"]
    assert main(arguments) == 0
    found = last(capsys)
    assert found["accuracy"] > 90 and found["accuracy"] == pytest.approx(
        (found["accuracy_split"] + found["accuracy_split2"]) / 2
    )
    wanted = {
        "accuracy_sd",
        "seeds",
        "train_cpu_seconds",
        "train_wall_seconds",
        "parameters",
        "ms_per_clip",
        "ms_per_person_frame",
    }
    assert wanted | {"accuracy_at_25", "ece_at_25", "share_at_25", "machine", "versions", "command"} <= set(found)
    assert found["share_at_100"] == pytest.approx(1)


def test_mistakes_are_told_on_stderr_and_results_on_stdout(gym: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["eval", "actions", str(gym), "--seeds", "1", "--head", "statistics"]) == 0
    shown = capsys.readouterr()
    assert "split, seed 0:" in shown.err and "% of 16" in shown.err
    assert "accuracy" in shown.out and "split, seed" not in shown.out


def test_a_folder_alone_is_enough_and_the_report_is_of_the_test(
    gym: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "deep" / "page"
    assert main(["eval", "actions", str(gym), "--seeds", "1", "--head", "statistics", "--report", str(folder), "--json"]) == 0
    out, error = capsys.readouterr()
    found = json.loads(out.splitlines()[-1])
    assert found["columns"] == "split" and "judged by the column split; there are split2 too" in error
    page = (folder / "report.html").read_text("utf-8")
    assert f"{found['accuracy']:.1f}%" in page and "right of 16 clips it did not learn from" in page
    assert found["report"] == str(folder / "report.html")


def test_what_is_wrong_with_the_clips_is_said_and_ends_it_where_it_must(
    gym: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = (gym / "index.csv").read_text().splitlines()
    shared = [row.replace(",1,train", ",2,train") for row in rows]
    (gym / "shared.csv").write_text("\n".join(shared))
    (gym / "alone.csv").write_text("\n".join([rows[0], *(row for row in rows if "kick_left" in row)]))
    assert main(["eval", "actions", str(gym / "shared.csv"), "--seeds", "1", "--head", "statistics"]) == 0
    assert "the same person is in training and test (2)" in capsys.readouterr().err
    assert main(["eval", "actions", str(gym / "alone.csv"), "-q"]) == 2
    error = capsys.readouterr().err
    assert error.count("\n") == 1 and "all 8 clips have one label, 'kick_left'" in error


@pytest.mark.parametrize(
    "arguments,words",
    [
        (["actions"], "expected a folder of labelled clips, or --postures"),
        (["actions", "{gym}", "--split", "fold"], "no column of splits is called 'fold'; there are split, split2"),
        (["actions", "{gym}", "--head", "forest"], "'forest' is not one of 'auto', 'net', 'rocket'"),
        (["actions", "{gym}", "--minutes", "0"], "'--minutes': Input should be greater"),
        (["actions", "{gym}", "--false-alarms", "nowhere.mp4"], "nowhere.mp4: there is no such file"),
        (["actions", "{gym}", "--report", "/dev/null/page"], "this folder cannot be made"),
        (["actions", "{gym}/nowhere"], "there is no such folder"),
        (["fewshot"], "expected a folder of labelled clips"),
        (["fewshot", "{gym}", "--shot", "one"], "--shot: expected numbers of examples with commas, such as 1,3,5, got 'one'"),
        (["fewshot", "{gym}", "--shot", "1,0"], "got '1,0'"),
        (["fewshot", "{gym}", "--shot", ","], "got ','"),
        (["fewshot", "{gym}", "--way", "9"], "there are as many labels"),
    ],
)
def test_bad_input_is_one_line_and_status_2(
    arguments: list[str], words: str, gym: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["eval", *(word.format(gym=gym) for word in arguments), "--quiet"]) == 2
    shown = capsys.readouterr()
    assert shown.out == "" and shown.err.count("\n") == 1 and words in shown.err


def test_bench_of_what_is_no_model_is_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "model.kin").write_text("hello")
    assert main(["bench", "actions", "--model", str(tmp_path / "model.kin")]) == 2
    assert capsys.readouterr().err.count("\n") == 1

"""Models of taught actions on the disk: what was answered is there, and each change can be taken back."""

from __future__ import annotations

import json
import os
import random
import resource
import signal
import subprocess
import sys
import time
import zipfile
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from kinesics import ActionTeacher
from kinesics.errors import FormatError, SinkError, UsageError
from kinesics.server.library.clip_bytes import pack_clip
from kinesics.server.library.models import TICKETS, TaughtModels
from kinesics.server.library.versions import STEPS
from kinesics.server.refusals import Absent, Taken
from kinesics.testing import made_clips
from kinesics.types import PoseSequence, skeleton
from kinesics.weights.bundle import read_bundle, write_bundle

CLIPS, LABELS, _ = made_clips(4, ("wave_left", "curl_both"), joints="coco17", dims=2)
BYTES = [pack_clip(clip) for clip in CLIPS]


@pytest.fixture
def models(tmp_path: Path) -> TaughtModels:
    return TaughtModels(tmp_path)


def taught(models: TaughtModels, count: int = 6, name: str = "mine") -> TaughtModels:
    for k in range(count):
        models.learn(name, LABELS[k], BYTES[k])
    return models


def in_file(folder: Path, name: str = "mine") -> list[tuple[int, str]]:
    return [(example.id, example.label) for example in ActionTeacher.load(folder / "models" / f"{name}.kin").examples]


def test_what_is_answered_is_in_the_file(models: TaughtModels, tmp_path: Path) -> None:
    answer = models.learn("mine", " wave ", BYTES[0])
    assert answer["example"]["label"] == "wave" and answer["example"]["id"] == 1 and answer["example"]["seconds"] > 0.4
    assert answer["examples"] == 1 and answer["classes"] == {"wave": 1} and answer["model"] == "mine"
    assert in_file(tmp_path) == [(1, "wave")]
    json.dumps(answer)


def test_a_second_desk_goes_on_where_the_first_one_was(models: TaughtModels, tmp_path: Path) -> None:
    taught(models, 3)
    again = TaughtModels(tmp_path)
    assert again.learn("mine", "new", BYTES[4])["classes"] == {"new": 1, "wave_left": 2, "curl_both": 1}
    assert models.examples("mine")["classes"]["new"] == 1  # the file is newer than what the first one holds


def test_a_question_asked_twice_is_learned_once_also_by_the_next_desk(models: TaughtModels, tmp_path: Path) -> None:
    first = models.learn("mine", "wave", BYTES[0], "t1")
    models.learn("mine", "wave", BYTES[1], "t2")
    for desk in (models, TaughtModels(tmp_path)):
        again = desk.learn("mine", "wave", BYTES[0], "t1")
        assert again["example"] == first["example"] and again["again"] and again["examples"] == 2
    models.delete("mine", 1)
    assert models.learn("mine", "wave", BYTES[0], "t1")["examples"] == 1  # what was deleted does not come back


def test_only_the_last_questions_are_remembered(models: TaughtModels) -> None:
    taught(models, 1)
    models._teacher("mine").about["tickets"] = [[f"old {k}", 1] for k in range(TICKETS)]
    models.learn("mine", "wave", BYTES[1], "new")
    assert len(models._teacher("mine").about["tickets"]) == TICKETS
    assert models.learn("mine", "wave", BYTES[1], "old 0")["examples"] == 3


def test_changes_are_taken_back_one_by_one_after_a_restart_too(models: TaughtModels, tmp_path: Path) -> None:
    taught(models, 3)
    before = in_file(tmp_path)
    models.rename("mine", "wave_left", "hello")
    models.delete("mine", 2)
    models.delete_label("mine", "hello")
    assert models.examples("mine")["examples"] == []
    models = TaughtModels(tmp_path)
    assert [e["label"] for e in models.undo("mine")["examples"]] == ["hello", "hello"]
    assert [e["label"] for e in models.undo("mine")["examples"]] == ["hello", "curl_both", "hello"]
    assert models.undo("mine")["undone"] and in_file(tmp_path) == before
    for left in (2, 1, 0):
        assert len(models.undo("mine")["examples"]) == left
    assert models.undo("mine")["undone"] is False and models.models()[0]["undo"] == 0


def test_versions_are_bounded(models: TaughtModels, tmp_path: Path) -> None:
    taught(models, 2)
    for k in range(STEPS + 5):
        models.rename("mine", "wave_left" if k % 2 == 0 else "x", "x" if k % 2 == 0 else "wave_left")
    assert len(list((tmp_path / "models" / ".before" / "mine").iterdir())) == STEPS
    assert models.examples("mine")["undo"] == STEPS


def test_a_change_that_was_cut_off_is_no_step_back(models: TaughtModels, tmp_path: Path) -> None:
    taught(models, 2)
    models._versions.keep(tmp_path / "models" / "mine.kin")  # then the desk died
    (tmp_path / "models" / "mine.kin.partial").write_bytes(b"half")
    models = TaughtModels(tmp_path)
    assert not (tmp_path / "models" / "mine.kin.partial").exists()
    assert len(models.undo("mine")["examples"]) == 1


def test_a_disk_without_links_keeps_copies(models: TaughtModels, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Any) -> None:
        raise OSError(1, "Operation not permitted")

    monkeypatch.setattr(os, "link", refuse)
    taught(models, 3)
    assert len(models.undo("mine")["examples"]) == 2 and len(models.undo("mine")["examples"]) == 1


def test_films_are_what_was_shown(models: TaughtModels) -> None:
    film = CLIPS[0]
    scores = film.scores.copy()
    scores[:, :, 15] = 0
    models.learn("mine", "wave", pack_clip(PoseSequence(film.points, scores, film.times, film.skeleton)))
    answer = models.film("mine", 1)
    assert answer["label"] == "wave" and answer["times"][0] == 0 and len(answer["times"]) == len(answer["points"])
    assert {len(moment) for moment in answer["points"]} == {17} and answer["points"][3][15] is None
    x, y = answer["points"][0][9]
    clip = models._teacher("mine").examples[0].clip
    assert abs(x - clip.points[0, 0, 9, 0]) < 0.06 and abs(y - clip.points[0, 0, 9, 1]) < 0.06
    assert [5, 7] in answer["bones"] and answer["joints"][9] == "left_wrist"
    json.dumps(answer, allow_nan=False)
    with pytest.raises(Absent):
        models.film("mine", 9)


def test_what_is_confused_is_told(models: TaughtModels) -> None:
    for k, clip in enumerate(BYTES[:7]):
        models.learn("mine", "curl" if k == 6 else LABELS[k], clip)  # 6 is a wave
    told = models.confusions("mine")
    assert told["certainty"]["wave_left"] == [told["confusions"]["wave_left"].get("wave_left", 0), 3]
    assert sum(told["confusions"]["curl"].values()) == 1
    assert told["taken_for"].keys() == {str(number) for number in range(1, 8)}
    assert told["taken_for"]["7"] == "wave_left"
    models.create("empty")
    assert models.confusions("empty") == {"model": "empty", "taken_for": {}, "confusions": {}, "certainty": {}}


def test_models_are_listed_with_what_is_in_them(models: TaughtModels, tmp_path: Path) -> None:
    assert models.models() == []
    taught(models, 3)
    models.create("empty")
    (tmp_path / "models" / "broken.kin").write_bytes(b"hello")
    rows = {row["name"]: row for row in models.models()}
    assert rows["mine"]["classes"] == {"curl_both": 1, "wave_left": 2} and rows["mine"]["examples"] == 3
    assert rows["empty"]["examples"] == 0 and rows["empty"]["error"] == ""
    assert "no model" in rows["broken"]["error"] and str(tmp_path) not in rows["broken"]["error"]


def test_what_is_exported_can_be_brought_under_another_name(models: TaughtModels) -> None:
    data = taught(models).export("mine")
    row = models.bring("theirs", data)
    assert row["examples"] == 6 and row["classes"] == models.models()[0]["classes"]
    with pytest.raises(Taken, match="already"):
        models.bring("theirs", data)
    models.create("other")
    models.bring("other", data, replace=True)
    assert len(models.undo("other")["examples"]) == 0
    assert "tickets" not in models._teacher("theirs").about


def changed(data: bytes, tmp_path: Path, **head: Any) -> bytes:
    (tmp_path / "a.kin").write_bytes(data)
    said, parts = read_bundle(tmp_path / "a.kin")
    write_bundle(tmp_path / "b.kin", {**said, **head}, parts)
    return (tmp_path / "b.kin").read_bytes()


def test_files_that_are_no_model_are_refused_in_one_line(models: TaughtModels, tmp_path: Path) -> None:
    data = taught(models, 2).export("mine")
    bomb, many = BytesIO(), BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as box:
        box.writestr("model.json", bytes(60 << 20))
    with zipfile.ZipFile(many, "w") as box:
        for k in range(50):
            box.writestr(f"{k}", b"")
    cases = {
        "words": b"hello",
        "half": data[: len(data) // 2],
        "bomb": bomb.getvalue(),
        "many": many.getvalue(),
        "other kind": changed(data, tmp_path, kind="actions"),
        "another embedding": changed(data, tmp_path, embedding="/etc/passwd"),
        "no examples said": changed(data, tmp_path, examples=[]),
    }
    for case, wrong in cases.items():
        with pytest.raises(FormatError) as raised:
            models.bring("theirs", wrong)
        assert "\n" not in str(raised.value) and "/tmp" not in str(raised.value), case
    assert models.names() == ["mine"]


def test_damaged_files_are_refused_or_are_models(models: TaughtModels) -> None:
    chance, data = random.Random(3), taught(models, 2).export("mine")
    for _ in range(60):
        wrong = bytearray(data)
        for _ in range(chance.randint(1, 4)):
            wrong[chance.randrange(len(wrong))] = chance.randrange(256)
        try:
            models.bring("theirs", bytes(wrong), replace=True)
        except FormatError as error:
            assert "\n" not in str(error)


@pytest.mark.parametrize("name", ["", "..", "../x", "a/b", "a\0b", ".hidden", "x" * 80, "a\nb"])
def test_names_that_would_be_elsewhere_are_refused(models: TaughtModels, tmp_path: Path, name: str) -> None:
    for do in (models.create, models.examples, models.undo, models.remove, models.export):
        with pytest.raises(UsageError):
            do(name)
    with pytest.raises(UsageError):
        models.learn(name, "wave", BYTES[0])
    assert list(tmp_path.iterdir()) == []


def test_what_is_not_there_is_said_and_nothing_changes(models: TaughtModels) -> None:
    with pytest.raises(Absent, match="none yet"):
        models.examples("mine")
    taught(models, 2)
    with pytest.raises(Absent):
        models.delete("mine", 99)
    with pytest.raises(Absent):
        models.delete_label("mine", "nosuch")
    with pytest.raises(Absent):
        models.rename("mine", "nosuch", "x")
    with pytest.raises(UsageError, match="label"):
        models.rename("mine", "wave_left", "unknown")
    steps = models.examples("mine")["undo"]
    models.rename("mine", "wave_left", "wave_left")
    assert models.examples("mine")["undo"] == steps


def test_a_clip_in_which_nobody_is_seen_teaches_nothing(models: TaughtModels, tmp_path: Path) -> None:
    blind = PoseSequence(np.full((9, 1, 17, 2), np.nan), np.zeros((9, 1, 17)), np.arange(9) / 30, skeleton("coco17"))
    for clip, label in ((pack_clip(blind), "x"), (BYTES[0], "unknown")):
        with pytest.raises(UsageError):
            models.learn("mine", label, clip)
    with pytest.raises(FormatError):
        models.learn("mine", "x", b"no clip")
    assert models.names() == []


def test_a_model_and_its_versions_are_removed(models: TaughtModels, tmp_path: Path) -> None:
    taught(models, 3).remove("mine")
    assert models.names() == [] and not any(path.is_file() for path in tmp_path.rglob("*"))


def test_a_folder_that_cannot_be_written_keeps_nothing_and_says_so(models: TaughtModels, tmp_path: Path) -> None:
    taught(models, 2)
    before = in_file(tmp_path)
    home = tmp_path / "models"
    (home / "mine.kin.partial").mkdir()  # in the way of what is written
    with pytest.raises(SinkError, match=r"was not kept \(is a directory\); .*show it again"):
        models.learn("mine", "wave", BYTES[3], "t9")
    (home / "mine.kin.partial").rmdir()
    assert in_file(tmp_path) == before and len(models.examples("mine")["examples"]) == 2
    assert models.learn("mine", "wave", BYTES[3], "t9")["examples"] == 3
    assert len(models.undo("mine")["examples"]) == 2


def test_a_full_disk_keeps_nothing_and_damages_nothing(models: TaughtModels, tmp_path: Path) -> None:
    taught(models, 2)
    before = in_file(tmp_path)
    _, most = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (2000, most))  # as a disk that has no room for more
    try:
        with pytest.raises(SinkError, match="was not kept"):
            models.learn("mine", "wave", BYTES[3], "t9")
        with pytest.raises(SinkError, match="nothing was changed"):
            models.rename("mine", "wave_left", "x")
        with pytest.raises(SinkError, match="not brought"):
            models.bring("theirs", models.export("mine"))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))
    assert in_file(tmp_path) == before and models.names() == ["mine"]
    assert not list((tmp_path / "models").glob("*.partial"))
    assert models.learn("mine", "wave", BYTES[3], "t9")["examples"] == 3


CHILD = """
import sys
from kinesics.server.library.models import TaughtModels
folder, first = sys.argv[1], int(sys.argv[2])
clips = [open(path, "rb").read() for path in sys.argv[3:]]
models = TaughtModels(folder)
print("ready", flush=True)
for k in range(first, first + 1000):
    answer = models.learn("mine", f"label {k % 3}", clips[k % len(clips)], f"t{k}")
    print(f"t{k}", flush=True)
    if k % 5 == 4:
        models.undo("mine")
        print("undone", flush=True)
"""


def test_an_answered_example_survives_kills_at_random_moments(tmp_path: Path) -> None:
    chance, folder, first, answered = random.Random(11), tmp_path / "data", 0, set[str]()
    paths = []
    for k, data in enumerate(BYTES[:3]):
        paths.append(str(tmp_path / f"{k}.npz"))
        Path(paths[-1]).write_bytes(data)
    for _ in range(5):
        command = [sys.executable, "-c", CHILD, str(folder), str(first), *paths]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as child:
            assert child.stdout is not None and child.stdout.readline() == "ready\n"
            lines = [child.stdout.readline() for _ in range(chance.randint(1, 12))]
            time.sleep(chance.uniform(0, 0.1))
            child.send_signal(signal.SIGKILL)
            lines += child.stdout.read().splitlines(keepends=True)
        last = ""
        for line in (whole.strip() for whole in lines if whole.endswith("\n")):
            if line == "undone":
                answered.discard(last)
            else:
                last, first = line, int(line[1:])
                answered.add(last)
        kept = kept_tickets(folder)
        undoing = {last} if (first % 5 == 4) else set()  # to take it back may have been under way
        assert answered - undoing <= kept
        answered &= kept
        first += 5 - first % 5
    assert len(answered) >= 5


def kept_tickets(folder: Path) -> set[str]:
    """Whose examples are in the file."""
    path = folder / "models" / "mine.kin"
    teacher = ActionTeacher.load(path) if path.exists() else ActionTeacher()
    numbers = {example.id for example in teacher.examples}
    return {ticket for ticket, number in teacher.about.get("tickets", []) if number in numbers}

"""A run does what is missing, all of it, once; what was bad is said; one driver at a time."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from kinesics.batch import Config, Limits, run
from kinesics.batch.folder import CLIPS, forget_others, held
from kinesics.batch.hashing import rows_sha256
from kinesics.batch.limits import PATIENCE
from kinesics.batch.listing import find_clips
from kinesics.batch.shards import FOLDER
from kinesics.errors import SinkError, SourceError, UsageError
from kinesics.testing.video import make_video

SHOTS = Config(jobs=("shots",))


def names(corpus: Any, leave_out: Path | None = None) -> list[str]:
    return [os.path.basename(clip.path) for clip in find_clips(corpus, leave_out).clips]


@pytest.fixture
def many(tmp_path: Path) -> Path:
    """A folder of all sorts of files; those that count have their size as name."""
    for place, size in {
        "a/3.mp4": 3, "a/b/9.MKV": 9, "5.jpg": 5, "a/05.png": 5, "notes.txt": 7, "a/sound.mp3": 8,
        ".hidden.mp4": 2, ".cache/4.mp4": 4, "out/shards/6.mp4": 6,
    }.items():  # fmt: skip
        (tmp_path / place).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / place).write_bytes(b"x" * size)
    return tmp_path


def test_a_folder_gives_its_clips_the_largest_first(many: Path) -> None:
    listing = find_clips(many, many / "out")
    assert [(Path(path).name, size) for path, size in listing.clips] == [
        ("9.MKV", 9),
        ("5.jpg", 5),
        ("05.png", 5),
        ("3.mp4", 3),
    ]
    assert listing.others == 2 and not listing.unreadable
    assert all(os.path.isabs(clip.path) for clip in listing.clips)


def test_globs_files_and_lists_give_each_clip_once(many: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(many)
    assert names("a") == names(many / "a") == ["9.MKV", "05.png", "3.mp4"]
    assert names("**/*.m[pk]*") == ["sound.mp3", "6.mp4", "3.mp4"]
    assert names("**/*.m[pk]*", many / "out") == ["sound.mp3", "3.mp4"]
    assert names("notes.txt") == ["notes.txt"]
    assert names(iter(["a/3.mp4", many / "a" / "3.mp4", "a/../a/3.mp4", "absent.mp4"])) == ["3.mp4", "absent.mp4"]
    assert names("out", many / "out") == ["6.mp4"]  # who asks for it by name gets it


@pytest.mark.parametrize("corpus", ["absent", "absent/*.mp4", [], ".cache/none"])
def test_nothing_to_do_is_an_error(many: Path, corpus: Any) -> None:
    with pytest.raises(SourceError, match=r"no such file|no videos or pictures"):
        find_clips(str(many / corpus) if corpus else corpus)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read every folder")
def test_folders_that_cannot_be_read_are_said(many: Path) -> None:
    (many / "a" / "b").chmod(0)
    try:
        assert find_clips(many).unreadable == (str(many / "a" / "b"),)
    finally:
        (many / "a" / "b").chmod(0o700)


def test_limits_go_by_size_unless_told() -> None:
    assert Limits().seconds(0) == PATIENCE < Limits().seconds(10**9) and Limits(timeout=5).seconds(10**9) == 5
    for wrong in ({"timeout": 0}, {"memory": -1}, {"timeout": float("nan")}):
        with pytest.raises(UsageError):
            Limits(**wrong)


def test_a_rerun_does_only_what_is_missing(tiny_clips: Path, tmp_path: Path) -> None:
    out, steps = tmp_path / "out", []
    first = run(tiny_clips, out, SHOTS, workers=1, step=steps.append)
    assert (first["clips"], first["done"], first["skipped"], first["failed"]) == (4, 4, 0, {})
    assert [(step["done"], step["total"]) for step in steps] == [(n, 4) for n in (1, 2, 3, 4)]
    assert steps[-1]["bytes_done"] == steps[-1]["bytes_total"] == sum(place.stat().st_size for place in tiny_clips.iterdir())
    assert [step["bytes"] for step in steps] == sorted((step["bytes"] for step in steps), reverse=True)
    shards = sorted((out / FOLDER).iterdir())
    shards[0].unlink()
    shards[1].write_bytes(b"")  # not whole: as good as missing
    kept = {place: place.stat().st_mtime_ns for place in shards[2:]}
    again = run(str(tiny_clips / "*.mp4"), out, SHOTS, workers=1)
    assert (again["done"], again["skipped"]) == (2, 2)
    assert {place: place.stat().st_mtime_ns for place in shards[2:]} == kept
    nothing = run([tiny_clips], out, SHOTS)
    assert nothing["done"] == 0 and nothing["skipped"] == 4
    assert first["rows_sha256"] == again["rows_sha256"] == nothing["rows_sha256"] == rows_sha256(shards)
    forget_others(out, SHOTS.key)
    assert (out / CLIPS).exists()
    forget_others(out, "another")
    assert not (out / CLIPS).exists()


def test_bad_files_each_have_their_reason_and_are_retried_when_asked(tiny_clips: Path, tmp_path: Path) -> None:
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    whole = (tiny_clips / "3.mp4").read_bytes()
    (corpus / "good.mp4").write_bytes(whole)
    (corpus / "empty.mp4").touch()
    (corpus / "noise.mp4").write_bytes(b"no video " * 500)
    (corpus / "beheaded.mp4").write_bytes(whole[: len(whole) // 2])
    make_video(corpus / "short.mp4", size=(96, 64), frames=40, container={"movflags": "faststart"})
    data = (corpus / "short.mp4").read_bytes()
    (corpus / "short.mp4").write_bytes(data[: len(data) // 2])
    os.mkfifo(corpus / "pipe.mp4")
    (corpus / os.fsdecode(b"stray\xff.mp4")).write_bytes(whole)
    (corpus / "gone.mp4").symlink_to("nowhere")
    result = run(corpus, tmp_path / "out", SHOTS, workers=2)
    table = pq.read_table(tmp_path / "out" / "clips.parquet").to_pylist()
    assert [row["path"] for row in table] == sorted(row["path"] for row in table)
    said = {Path(row["path"]).name: (row["status"], row["error"]) for row in table}
    assert {name: status for name, (status, _) in said.items()} == {
        "good.mp4": "ok", "stray\\udcff.mp4": "ok", "short.mp4": "truncated", "empty.mp4": "unreadable",
        "noise.mp4": "unreadable", "beheaded.mp4": "unreadable", "pipe.mp4": "unreadable", "gone.mp4": "unreadable",
    }  # fmt: skip
    for name, words in {
        "empty": "empty",
        "noise": "not a video",
        "beheaded": "moov",
        "pipe": "pipe",
        "gone": "no such",
    }.items():
        assert words in said[f"{name}.mp4"][1] and "\n" not in said[f"{name}.mp4"][1]
    assert result["failed"] == {"unreadable": 5} and result["statuses"]["truncated"] == 1
    assert run(corpus, tmp_path / "out", SHOTS)["done"] == 0
    (corpus / "gone.mp4").unlink()
    (corpus / "gone.mp4").write_bytes(whole)  # now it has a size, which is another shard
    again = run(corpus, tmp_path / "out", SHOTS, workers=1, retry=True)
    assert again["done"] == 5 and again["failed"] == {"unreadable": 4}


def test_the_folder_says_what_was_asked_and_what_came(tiny_clips: Path, tmp_path: Path) -> None:
    result = run(tiny_clips, tmp_path / "out", SHOTS, workers=1)
    told = json.loads((tmp_path / "out" / "corpus.json").read_text())
    assert told["finished"] and told["version"] == 1 and told["result"] == result and told["clips"] == 4
    assert Config(**{**told["config"], "jobs": tuple(told["config"]["jobs"])}) == SHOTS and told["key"] == SHOTS.key
    assert told["schema"]["path"] == "string" and "struct" in told["schema"]["shots"] and str(tiny_clips) in told["corpus"]
    file = pq.read_table(tmp_path / "out" / "clips.parquet")
    rows = file.to_pylist()
    assert file.schema.metadata[b"kinesics.key"].decode() == SHOTS.key
    assert {row["shard"] for row in rows} == {place.name for place in (tmp_path / "out" / FOLDER).iterdir()}
    assert [(row["frames"], row["width"], row["height"]) for row in rows] == [(8 + 4 * i, 96, 64) for i in range(4)]
    assert all(row["work_seconds"] > 0 and row["attempts"] == 1 and row["rows"] == 2 for row in rows)
    assert result["video_seconds"] == pytest.approx(sum(row["seconds"] for row in rows), abs=1e-3)


def test_a_second_driver_is_refused_and_a_killed_one_forgotten(tiny_clips: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    code = f"import time, pathlib, kinesics.batch.folder as f\nwith f.held(pathlib.Path({str(out)!r})):\n"
    code += " print('held', flush=True); time.sleep(99)"
    driver = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE)
    with driver:
        assert driver.stdout is not None and driver.stdout.readline() == b"held\n"
        with pytest.raises(UsageError, match=f"another run \\(process {driver.pid}\\) works in this folder"):
            run(tiny_clips, out, SHOTS)
        driver.kill()
    with held(out):
        pass


def test_what_makes_no_sense_is_said_before_any_work(tiny_clips: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="engine"):
        run(tiny_clips, tmp_path / "out", SHOTS, engine="horse")
    with pytest.raises(UsageError, match="workers"):
        run(tiny_clips, tmp_path / "out", SHOTS, workers=0)
    (tmp_path / "file").touch()
    with pytest.raises(SinkError, match="cannot be written"):
        run(tiny_clips, tmp_path / "file", SHOTS)


def test_importing_it_leaves_the_heavy_packages_alone() -> None:
    code = "import sys, kinesics.batch; print(sorted({'pyarrow', 'cv2', 'av', 'scipy', 'pyspark'} & set(sys.modules)))"
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert "pyarrow" not in said and "cv2" not in said and "scipy" not in said and "pyspark" not in said, said

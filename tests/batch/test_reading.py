"""What is read back from a corpus' folder is what was written, and what is not there is told by name."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from kinesics.batch import Config, read_scenes, run
from kinesics.batch.reading import clips, rows, shards
from kinesics.batch.rows import batch_of
from kinesics.batch.shards import FOLDER, write_shard
from kinesics.errors import FormatError
from kinesics.formats.table import schema, to_batch, to_rows
from kinesics.types import People, Scene, skeleton


def scene(index: int, people: int) -> Scene:
    """A frame with so many people, whose numbers say which frame and person they are of."""
    body = skeleton("coco17")
    points = np.full((people, 17, 2), float(index)) + np.arange(people)[:, None, None]
    boxes, score = np.tile([0.0, 0.0, 9.0, 9.0], (people, 1)), np.ones(people)
    there = People(boxes, score, points, np.ones((people, 17)), body, np.arange(people))
    return Scene(index, index / 25, (640, 360), there)


def keep(done: Path, scenes: list[Scene], size: int) -> None:
    """Put scenes into the shard of the clip 0.mp4, in batches of `size` rows."""
    found = [row for one in scenes for row in to_rows(one, None)]
    values = to_batch(found, schema(None)).to_struct_array()
    place = next(p for p, clip in zip(shards(done), clips(done), strict=True) if clip["path"].endswith("0.mp4"))
    parts = [batch_of("0.mp4", "people", i, values[i : i + size]) for i in range(0, len(values), size)]
    write_shard(place, parts, {})
    about = json.loads((done / "corpus.json").read_text())
    about["config"]["jobs"] = ["people"]
    (done / "corpus.json").write_text(json.dumps(about))


@pytest.mark.parametrize("size", [1, 3, 5000])
def test_scenes_come_back_whole_wherever_batches_end(done: Path, size: int) -> None:
    made = [scene(i, i % 4) for i in range(30)] if size < 5000 else [scene(i, 3) for i in range(3000)]
    keep(done, made, size)
    read = list(read_scenes(done, "0.mp4"))
    assert [s.index for s in read] == [s.index for s in made]
    assert [len(s.people) for s in read] == [len(s.people) for s in made]
    assert all(np.array_equal(a.people.points, b.people.points) for a, b in zip(read, made, strict=True))


def test_a_clip_that_is_not_there_is_told_with_those_called_alike(done: Path) -> None:
    with pytest.raises(FormatError, match=r"00\.mp4: no such clip in .*close: .*0\.mp4"):
        read_scenes(done, "00.mp4")
    with pytest.raises(FormatError, match="it has 5 others"):
        read_scenes(done, "something else entirely")


def test_a_clip_that_failed_says_its_status(done: Path) -> None:
    with pytest.raises(FormatError, match=r"bad\.mp4: nothing to read, its status is unreadable: not a video"):
        read_scenes(done, "bad.mp4")


def test_people_who_were_not_looked_for_are_told_so(done: Path) -> None:
    with pytest.raises(FormatError, match="people were not looked for, only shots"):
        read_scenes(done, "0.mp4")


def test_two_clips_of_one_name_must_be_told_apart(done: Path) -> None:
    table = pq.read_table(done / "clips.parquet")
    twice = [f"/a/{'same' if i < 2 else i}.mp4".replace("/a", "/b" if i else "/a") for i in range(len(table))]
    pq.write_table(table.set_column(0, "path", pa.array(twice)), done / "clips.parquet")
    with pytest.raises(FormatError, match=r"2 clips are called so, /a/same\.mp4 and /b/same\.mp4"):
        read_scenes(done, "same.mp4")


def test_rows_of_one_kind_are_those_of_all_shards(done: Path) -> None:
    table = pa.Table.from_batches(list(rows(done, "clip", "frames")))
    frames = dict(zip(table["path"].to_pylist(), table["frames"].to_pylist(), strict=True))
    assert sorted(frames.values(), key=lambda n: n or 0) == [None, 8, 12, 16, 20]
    with pytest.raises(FormatError, match=r"expected a kind of row \(clip, people"):
        rows(done, "persons")


def test_only_the_newest_configuration_counts(tiny_clips: Path, done: Path) -> None:
    before = set(shards(done))
    run(tiny_clips, done, Config(jobs=("shots",), seconds=0.2), workers=1)
    after = set(shards(done))
    assert len(after) == 4 and not after & before
    assert len(list((done / FOLDER).glob("*.parquet"))) == 9


def test_a_folder_without_a_finished_corpus_says_what_to_do(done: Path, tmp_path: Path) -> None:
    with pytest.raises(FormatError, match="no corpus in this folder; run: kinesics batch CORPUS -o"):
        shards(tmp_path)
    about: dict[str, Any] = json.loads((done / "corpus.json").read_text())
    (done / "corpus.json").write_text(json.dumps({**about, "key": "other", "finished": False}))
    with pytest.raises(FormatError, match="has not finished; run it again"):
        shards(done)
    (done / "corpus.json").write_text(json.dumps({**about, "version": 999}))
    with pytest.raises(FormatError, match="version 999 is newer than this program"):
        shards(done)
    (done / "corpus.json").write_text("{")
    with pytest.raises(FormatError, match="not what kinesics batch writes"):
        shards(done)

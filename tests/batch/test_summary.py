"""A corpus' numbers are those of its rows; its page stands alone, shows what it says and no more."""

from __future__ import annotations

import dataclasses
import re
import shutil
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from kinesics.batch import Config, summarize
from kinesics.batch.folder import write_clips, write_corpus
from kinesics.batch.rows import batch_of, struct_of
from kinesics.batch.shards import FOLDER, shard_name, write_shard
from kinesics.batch.sheets import shot_sheet
from kinesics.batch.summary_page import summary_html, write_page
from kinesics.errors import FormatError, SinkError

NASTY = "<script>alert('x')<&>\".mp4"


def jpeg(level: int) -> bytes:
    return bytes(cv2.imencode(".jpg", np.full((10, 16, 3), level, np.uint8))[1].tobytes())


def a_corpus(out: Path, config: Config, clips: dict[str, tuple[str, str | None, int]]) -> None:
    """Tables of clips that never were: name -> status, error, shots of four seconds."""
    (out / FOLDER).mkdir(parents=True)
    told = []
    for name, (status, error, shots) in clips.items():
        path, place = f"/films/{name}", out / FOLDER / shard_name(f"/films/{name}", 1000, config.key)
        found = [
            {
                "shot": i,
                "start": 4.0 * i,
                "end": 4.0 * i + 4,
                "before": "cut" if i else "start",
                "picture": jpeg(i) if config.pictures else None,
            }
            for i in range(shots)
        ]
        clip: dict[str, Any] = {"bytes": 1000, "notes": []}
        if shots:
            clip |= {"frames": 100 * shots, "seconds": 4.0 * shots}
        rows = [batch_of(path, "shots", 0, struct_of("shots", found))] if shots else []
        rows.append(batch_of(path, "clip", 0, struct_of("clip", [clip]), status=status, error=error))
        told.append({**write_shard(place, rows, {"attempts": 1}), "shard": place.name, "seconds": 2.0})
    write_clips(out, config.key, told)
    write_corpus(out, config, {"corpus": ["/films"], "finished": True})


@pytest.fixture
def made(tmp_path: Path) -> Path:
    clips = {f"{i}.mp4": ("ok", None, i) for i in range(1, 6)}
    bad = {f"bad {i}.mp4": ("unreadable", f"packet {i} of 9 is broken", 0) for i in range(4)}
    a_corpus(
        tmp_path / "out",
        Config(jobs=("shots", "duplicates", "faces")),
        {**clips, **bad, NASTY: ("truncated", "it ends at 1.5 s", 1)},
    )
    groups = [{"group": 0, "path": f"/films/{i}.mp4", "shot": 0, "exemplar": i == 2, "likeness": 0.9} for i in (1, 2, 3)]
    groups += [{"group": 1, "path": f"/films/{i}.mp4", "shot": None, "exemplar": i == 4, "likeness": 0.9} for i in (4, 5)]
    pq.write_table(
        pa.Table.from_pylist([{**one, "start": 0.0, "end": 4.0} for one in groups]), tmp_path / "out" / "duplicates.parquet"
    )
    who = [
        {"who": w, "path": f"/films/{i}.mp4", "start": 0.0, "end": 2.0, "picture": jpeg(9)}
        for w, i in ((0, 1), (0, 2), (-1, 3))
    ]
    pq.write_table(pa.Table.from_pylist(who), tmp_path / "out" / "who.parquet")
    return tmp_path / "out"


def test_numbers_are_those_of_the_rows(made: Path) -> None:
    found = summarize(made)
    assert found["clips"] == 10 and found["statuses"] == {"ok": 5, "unreadable": 4, "truncated": 1} and found["failed"] == 4
    assert found["hours"] == pytest.approx(16 * 4 / 3600) and found["frames"] == 1600 and found["bytes"] == 10_000
    assert found["shots"] == 16 and found["boundaries"] == {"cut": 10}
    assert (found["groups"], found["copies"], found["groups_clips"], found["copies_clips"]) == (1, 2, 1, 1)
    assert (found["who"], found["appearances"], found["unsure"]) == (1, 3, 1)
    assert found["speed"]["video_per_work_second"] == pytest.approx(64 / 12)
    assert found["table_bytes"] == sum(p.stat().st_size for p in made.rglob("*.parquet"))


def test_reasons_that_differ_in_a_number_are_one_reason(made: Path) -> None:
    first = summarize(made)["failures"][0]
    assert (first["status"], first["clips"], len(first["examples"])) == ("unreadable", 4, 3)
    assert first["reason"] == "packet 0 of 9 is broken"


def test_people_are_counted_clip_by_clip_and_epoch_by_epoch(done: Path) -> None:
    from kinesics.formats.table import schema, to_batch, to_rows
    from kinesics.types import Action, People, Scene, skeleton

    def scene(index: int, epoch: int, ids: list[int]) -> Any:
        n = len(ids)
        people = People(
            np.tile([0.0, 0.0, 9.0, 9.0], (n, 1)),
            np.ones(n),
            np.ones((n, 17, 2)),
            np.ones((n, 17)),
            skeleton("coco17"),
            np.array(ids),
        )
        acts = [Action(one, "waving", 0.9, 0.0, 1.0) for one in ids if one >= 0]
        return dataclasses.replace(Scene(index, index / 25, (64, 48), people), epoch=epoch, actions=acts)

    for place in (done / FOLDER).glob("*.parquet"):
        path = pq.read_table(place)["path"][0].as_py()
        if path.endswith("bad.mp4"):
            continue
        scenes = [scene(0, 0, [1, 2]), scene(1, 0, [1, -1]), scene(2, 1, [1])]
        rows = [row for one in scenes for row in to_rows(one, None)]
        write_shard(place, [batch_of(path, "people", 0, to_batch(rows, schema(None)).to_struct_array())], {})
    text = (done / "corpus.json").read_text().replace('"shots"', '"people"')
    (done / "corpus.json").write_text(text)
    found = summarize(done)
    assert (found["people"], found["person_frames"]) == (4 * 3, 4 * 5)
    clips = pq.read_table(done / "clips.parquet").to_pylist()
    expected = sum(4 * one["seconds"] / (one["frames"] - 1) for one in clips if one["frames"]) / 3600
    assert found["actions"]["waving"] == pytest.approx(expected, rel=0.01)


class Page(HTMLParser):
    """Tags, what is fetched, and whether every tag that is opened is closed."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.sources: list[str] = []
        self.alts: list[str | None] = []
        self.open: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        given = dict(attrs)
        self.sources += [str(given[name]) for name in ("src", "href", "srcset", "action") if name in given]
        if tag == "img":
            self.alts.append(given.get("alt"))
        if tag not in ("meta", "img", "br"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def test_the_page_stands_alone_and_believes_no_name(made: Path) -> None:
    page = Page(write_page(made).read_text("utf-8"))
    assert "script" not in page.tags and not page.open
    assert all(source.startswith(("data:image/jpeg;base64,", "#")) for source in page.sources)
    assert all(page.alts) and any(alt and NASTY in alt for alt in page.alts)
    assert page.tags.count("img") == 16 + 5 + 2  # shots, members of groups, faces of those who are sure


def test_the_page_marks_the_one_to_keep(made: Path) -> None:
    kept = re.findall(r'<figure class="chosen" title="([^"]*)"', summary_html(made))
    assert kept == ["2.mp4, 0.0 to 4.0 s", "4.mp4, 0.0 to 4.0 s"]


def test_without_pictures_the_page_has_none_and_says_so(tmp_path: Path) -> None:
    a_corpus(tmp_path / "out", Config(jobs=("shots",), pictures=False), {"a.mp4": ("ok", None, 3)})
    text = summary_html(tmp_path / "out")
    assert "img" not in Page(text).tags and "No pictures: the corpus was asked for none" in text


def test_a_sheet_is_evenly_taken_and_never_longer_than_asked(made: Path) -> None:
    for limit in (1, 3, 7, 15, 16, 100):
        taken, there = shot_sheet(made, limit)
        assert there == 16 and len(taken) == len(range(0, 16, -(-16 // limit)))
        assert len({(row["path"], row["shot"]) for row in taken}) == len(taken)


def test_the_page_of_what_is_no_corpus_is_one_line(made: Path, tmp_path: Path) -> None:
    with pytest.raises(FormatError, match="no corpus in this folder"):
        write_page(tmp_path)
    with pytest.raises(SinkError, match="the page could not be written"):
        write_page(made, tmp_path / "nowhere" / "page.html")
    shutil.rmtree(made / FOLDER)
    (made / "clips.parquet").unlink()
    with pytest.raises(FormatError, match="has not finished"):
        summarize(made)

"""Movements as rows, and what is found among them by an example."""

from __future__ import annotations

import dataclasses
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from kinesics.actions.live import frames
from kinesics.actions.motion_embedding import shipped_embedding
from kinesics.batch import Config, Hit, process, search
from kinesics.batch.cells import make_cells, open_cells
from kinesics.batch.example import Example
from kinesics.batch.folder import write_clips, write_corpus
from kinesics.batch.hits import WINDOW, Found, united
from kinesics.batch.movements import Movements, motions_of
from kinesics.batch.nearness import RARE, Nearness, placed
from kinesics.batch.rows import batch_of, struct_of
from kinesics.batch.shards import FOLDER, write_shard
from kinesics.bodies import motion_clips
from kinesics.errors import FormatError, SinkError, UsageError
from kinesics.formats import write_sequence
from kinesics.formats.table import schema as scene_schema
from kinesics.formats.table import to_batch, to_rows
from kinesics.types import Array, People, PoseSequence, Scene, skeleton
from kinesics.weights import find

KINDS, EACH = 6, 3


@pytest.fixture(scope="module")
def motions() -> tuple[list[PoseSequence], list[str]]:
    """Kinds of made motion that no training saw, each by several people."""
    return motion_clips(KINDS, EACH, 9301, view="2d", fps=15.0)


def rows_of(clip: PoseSequence, epoch: int = 0) -> list[dict[str, Any]]:
    movements = Movements(shipped_embedding(2))
    return [row for people, time in frames(clip) for row in movements.push(people, time, epoch)] + movements.end()


def told(name: str) -> dict[str, Any]:
    """A row of `clips.parquet`."""
    facts = {"status": "ok", "error": None, "clip": None, "rows": 1, "seconds": 0.0, "attempts": 1}
    return {"path": f"/videos/{name}.mp4", "shard": f"{name}.parquet", **facts}


def shard(folder: Path, name: str, clip: PoseSequence) -> dict[str, Any]:
    """A clip of a corpus as `process` would have written it, had it seen these people."""
    path = f"/videos/{name}.mp4"

    def batches() -> Iterator[Any]:
        scenes = [Scene(i, time, (640, 480), people) for i, (people, time) in enumerate(frames(clip))]
        rows = [row for scene in scenes for row in to_rows(scene, None)]
        yield batch_of(path, "people", 0, to_batch(rows, scene_schema(None)).to_struct_array())
        found = rows_of(clip)
        if found:
            yield batch_of(path, "search", 0, struct_of("search", found))
        yield batch_of(path, "clip", 0, struct_of("clip", [{"notes": []}]), status="ok")

    place = folder / FOLDER / f"{name}.parquet"
    place.parent.mkdir(parents=True, exist_ok=True)
    write_shard(place, batches(), {})
    return told(name)


def corpus_of(folder: Path, clips: dict[str, PoseSequence], config: Config | None = None) -> Path:
    config = config or Config(jobs=("people", "search"))
    folder.mkdir(exist_ok=True)
    write_corpus(folder, config, {"finished": True})
    write_clips(folder, config.key, [shard(folder, name, clip) for name, clip in clips.items()])
    return folder


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory, motions: tuple[list[PoseSequence], list[str]]) -> Path:
    clips, labels = motions
    named = {f"{label}-{i % EACH}": clip for i, (clip, label) in enumerate(zip(clips, labels, strict=True))}
    return corpus_of(tmp_path_factory.mktemp("corpus") / "out", named)


def kind(hit: Hit) -> str:
    return Path(hit.path).stem.rpartition("-")[0]


def waving(seconds: float, fps: float = 25.0, start: float = 0.0) -> PoseSequence:
    """One person, whose wrists go to and fro twice a second."""
    times = start + np.arange(round(seconds * fps) + 1) / fps
    body = skeleton("coco17")
    upright = np.column_stack([np.tile([-20.0, 20.0], 9)[:17], np.linspace(0, 200, 17)])
    points = np.repeat(upright[None], len(times), 0)
    points[:, 9:11, 0] += 30 * np.sin(4 * np.pi * times)[:, None]
    return PoseSequence(points[:, None] + 200, np.full((len(times), 1, 17), 0.9), times, body, np.array([4]))


@pytest.mark.parametrize(
    ("seconds", "starts"),
    [
        (0.4, []),
        (0.8, [0.0]),
        (2.0, [0.0]),
        (2.6, [0.0, 0.6]),
        (3.2, [0.0, 0.0, 1.0]),
        (6.0, [0.0, 0.0, 1.0, 2.0, 2.0, 3.0, 4.0]),
    ],
)
def test_windows_cover_what_is_there(seconds: float, starts: list[float]) -> None:
    rows = rows_of(waving(seconds, start=5.0))
    assert sorted(round(row["start"] - 5.0, 6) for row in rows) == pytest.approx(starts)
    assert all(row["person"] == 4 and row["end"] - row["start"] <= 4.0 + 1e-6 and row["speed"] > 0.3 for row in rows)
    if rows:
        assert max(row["end"] for row in rows) == pytest.approx(5.0 + seconds, abs=0.51)


def test_a_gap_and_a_cut_begin_anew() -> None:
    clip = waving(6.0)
    movements = Movements(shipped_embedding(2))
    rows = []
    for people, time in frames(clip):
        if not 2.5 < time < 3.5:
            rows += movements.push(people, time, 0 if time < 4.5 else 1)
    rows += movements.end()
    assert [row["epoch"] for row in rows] == [0, 0, 1]
    assert not any(row["start"] < 2.6 and row["end"] > 3.4 for row in rows)
    assert not any(row["start"] < 4.45 and row["end"] > 4.5 for row in rows)


def test_one_persons_rows_do_not_depend_on_who_else_is_there(motions: tuple[list[PoseSequence], list[str]]) -> None:
    one, other = (motions[0][i] for i in (0, 4))
    movements, rows = Movements(shipped_embedding(2)), []
    second = dict(zip((time for _, time in frames(other)), (people for people, _ in frames(other)), strict=True))
    for people, time in frames(one):
        beside = second.get(time)
        both = people.with_ids(np.array([9]))
        if beside is not None:
            columns = [np.concatenate(pair) for pair in zip(parts(beside.with_ids(np.array([2]))), parts(both), strict=True)]
            both = People(*columns[:4], people.skeleton, columns[4])
        rows += movements.push(both, time)
    rows += movements.end()
    alone = rows_of(one)
    together = [row for row in rows if row["person"] == 9]
    assert len(rows) > len(together) == len(alone) > 0
    for a, b in zip(alone, together, strict=True):
        assert np.array_equal(a["embedding"], b["embedding"]) and (a["start"], a["score"]) == (b["start"], b["score"])


def parts(people: People) -> list[Array]:
    return [people.boxes, people.score, people.points, people.point_scores, people.ids]


def test_whole_bodies_give_the_rows_of_their_first_joints() -> None:
    clip = waving(2.4)
    whole = skeleton("wholebody133")
    points = np.concatenate([clip.points, np.full((len(clip), 1, 116, 2), 77.0)], 2)
    scores = np.concatenate([clip.scores, np.full((len(clip), 1, 116), 0.2)], 2)
    rows = rows_of(PoseSequence(points, scores, clip.times, whole, clip.ids))
    for a, b in zip(rows, rows_of(clip), strict=True):
        assert np.array_equal(a["embedding"], b["embedding"]) and a["score"] == b["score"]


def test_frame_rate_hardly_matters_and_memory_does_not_grow() -> None:
    slow, fast = rows_of(waving(4.0, 25.0)), rows_of(waving(4.0, 100.0))
    assert len(slow) == len(fast)
    assert min(float(a["embedding"] @ b["embedding"]) for a, b in zip(slow, fast, strict=True)) > 0.95
    movements = Movements(shipped_embedding(2))
    kept = []
    for people, time in frames(waving(16.0, 100.0)):
        movements.push(people, time)
        kept.append(len(movements._there[4]._frames))
    assert max(kept[: len(kept) // 2]) == max(kept) <= 180


def test_what_is_hardly_seen_scores_less() -> None:
    clip = waving(2.0)
    faint = PoseSequence(clip.points, clip.scores / 3, clip.times, clip.skeleton, clip.ids)
    assert rows_of(faint)[0]["score"] == pytest.approx(rows_of(clip)[0]["score"] / 3, rel=1e-4)
    assert rows_of(clip[::10])[0]["score"] == pytest.approx(0.9 * 0.25 / 0.4, rel=1e-3)


def test_likeness_is_what_a_head_says_of_one_example(motions: tuple[list[PoseSequence], list[str]]) -> None:
    embedding = shipped_embedding(2)
    rows = motions_of(embedding, [clip for clip in motions[0][:8]])
    near = Nearness(embedding, rows[:1])
    head = embedding.head()
    head.add(rows[0], "it")
    unknown = np.asarray(head.fit().unknown(rows), float)
    likeness = near.likeness(near.ranks(placed(rows, head.crowded(rows))))
    odds = (1 - unknown) / unknown / RARE
    assert likeness == pytest.approx(odds / (1 + odds), rel=1e-3)


def windows_of(rng: np.random.Generator, n: int) -> Array:
    windows = np.zeros(n, WINDOW)
    windows["clip"], windows["epoch"] = np.sort(rng.integers(0, 3, n)), rng.integers(0, 2, n)
    windows["person"], windows["start"] = rng.integers(0, 2, n), rng.integers(0, 40, n)
    windows["end"], windows["likeness"] = windows["start"] + rng.choice([2, 4], n), rng.uniform(0, 1, n)
    windows["at"] = (windows["start"] + windows["end"]) / 2
    return windows


def test_hits_are_what_overlaps_united() -> None:
    rng = np.random.default_rng(5)
    for _ in range(20):
        windows = windows_of(rng, 30)
        hits = united(windows)
        covered = {(*key(w), s) for w in windows for s in range(int(w["start"]), int(w["end"]))}
        assert {(*key(h), s) for h in hits for s in range(int(h["start"]), int(h["end"]))} == covered
        assert sum(h["end"] - h["start"] for h in hits) == len(covered)  # none overlaps another
        for hit in hits:
            own = [w for w in windows if key(w) == key(hit) and hit["start"] <= w["start"] < hit["end"]]
            assert hit["likeness"] == max(w["likeness"] for w in own)


def key(window: Any) -> tuple[int, int, int]:
    return int(window["clip"]), int(window["epoch"]), int(window["person"])


def test_found_does_not_depend_on_how_windows_come() -> None:
    rng = np.random.default_rng(6)
    windows = windows_of(rng, 400)
    rows = Example(np.zeros((1, 3), np.float32), clip=1, epoch=0, person=1, start=10.0, end=20.0)
    told = []
    for step in (400, 7):
        found = Found(rows, 6)
        for i in range(0, len(windows), step):
            found.add(windows[i : i + step])
        told.append([hit.tolist() for hit in found.best(6)])
    assert told[0] == told[1] and len(told[0]) == 6
    assert all(np.diff([hit[-1] for hit in told[0]]) <= 0)
    assert not any(hit[:3] == (1, 0, 1) and hit[3] < 20 and hit[4] > 10 for hit in told[0])


def test_an_example_finds_its_kind(corpus: Path, motions: tuple[list[PoseSequence], list[str]], tmp_path: Path) -> None:
    right = alike = 0
    for i in range(0, len(motions[0]), EACH):
        own = f"{motions[1][i]}-0.mp4"
        hits = search(corpus, own, start=0.0, count=EACH - 1)
        assert len(hits) == EACH - 1 and not any(hit.path.endswith("/" + own) for hit in hits)
        assert [hit.likeness for hit in hits] == sorted((hit.likeness for hit in hits), reverse=True)
        assert all(hit.start <= hit.at <= hit.end and hit.unknown == (hit.likeness < 0.5) for hit in hits)
        right += sum(kind(hit) == motions[1][i] for hit in hits)
        alike += sum(not hit.unknown for hit in hits if kind(hit) == motions[1][i])
    assert right >= 0.5 * KINDS * (EACH - 1) and alike >= 0.5 * right


def test_a_file_of_poses_asks_what_a_stretch_asks(
    corpus: Path, motions: tuple[list[PoseSequence], list[str]], tmp_path: Path
) -> None:
    clip, name = motions[0][EACH], f"{motions[1][EACH]}-0"
    write_sequence(tmp_path / "example.jsonl", clip)
    first, *rest = search(corpus, tmp_path / "example.jsonl", count=4)
    assert Path(first.path).stem == name and not first.unknown and first.likeness > 0.9  # itself is there, too
    stretch = search(corpus, f"/videos/{name}.mp4", start=0.0, end=float(clip.times[-1]) + 1, count=3)
    assert [dataclasses.replace(hit, score=0.0) for hit in rest] == [dataclasses.replace(hit, score=0.0) for hit in stretch]


def test_a_clip_asks_by_its_windows_where_no_joints_are_kept(
    corpus: Path, motions: tuple[list[PoseSequence], list[str]], tmp_path: Path
) -> None:
    folder, config = tmp_path / "out", Config(jobs=("search",))
    shutil.copytree(corpus, folder)
    write_corpus(folder, config, {"finished": True})
    write_clips(folder, config.key, [told(place.stem) for place in (folder / FOLDER).iterdir()])
    right = 0
    for label in sorted(set(motions[1])):
        hits = search(folder, f"{label}-0.mp4", count=EACH - 1)
        assert hits == search(folder, f"{label}-0.mp4", count=EACH - 1, person=0)
        right += sum(kind(hit) == label for hit in hits)
    assert right >= 0.4 * KINDS * (EACH - 1)


def test_nothing_like_it_is_said(corpus: Path, tmp_path: Path) -> None:
    still = waving(2.5)
    points = np.repeat(still.points[:1], len(still), 0) + np.linspace(0, 900, len(still))[:, None, None, None]
    write_sequence(tmp_path / "slides.jsonl", PoseSequence(points, still.scores, still.times, still.skeleton, still.ids))
    assert all(hit.unknown for hit in search(corpus, tmp_path / "slides.jsonl"))


def test_an_index_finds_the_same_and_follows_the_shards(motions: tuple[list[PoseSequence], list[str]], tmp_path: Path) -> None:
    clips = dict(zip((f"c{i}" for i in range(6)), motions[0][::2], strict=False))
    folder = corpus_of(tmp_path / "out", clips)
    exact = search(folder, "c0.mp4", count=5)
    assert not (folder / "index").exists()
    assert search(folder, "c0.mp4", count=5, index=True) == exact and (folder / "index" / "index.json").is_file()
    made = (folder / "index" / "rows.npy").stat().st_mtime_ns
    assert search(folder, "c0.mp4", count=5, index=True) == exact
    assert (folder / "index" / "rows.npy").stat().st_mtime_ns == made  # nothing has changed: it is not made again
    corpus_of(folder, {**clips, "c0again": clips["c0"]})
    first = search(folder, "c0.mp4", count=5)[0]
    assert Path(first.path).stem == "c0again" == Path(search(folder, "c0.mp4", index=True)[0].path).stem
    assert search(folder, "c0.mp4", count=5, index=True)[0] == first
    with (folder / "index" / "rows.npy").open("r+b") as file:
        file.seek(-3, 2)
        file.write(b"xyz")
    assert search(folder, "c0.mp4", count=5)[0] == first  # a damaged one is not used
    assert not list(folder.glob("*.tmp"))


def unit(x: Array) -> Array:
    return np.asarray(x / np.linalg.norm(x, axis=1, keepdims=True), np.float32)


@pytest.mark.parametrize("name", ["random", "clustered"])
def test_cells_recall_nearly_all(tmp_path: Path, name: str) -> None:
    rng = np.random.default_rng(11)
    rows = unit(rng.normal(size=(6000, 64)))
    if name == "clustered":
        rows = unit(rows[rng.integers(0, 60, 6000)] + 0.05 * rng.uniform(0.5, 2, (6000, 1)) * rng.normal(size=(6000, 64)))
    about = np.zeros(6000, [("number", "i8")])
    about["number"] = np.arange(6000)
    cells = make_cells(lambda: ((rows[i : i + 999], about[i : i + 999]) for i in range(0, 6000, 999)), tmp_path)
    assert sorted(cells.windows["number"].tolist()) == list(range(6000))
    questions = unit(rows[::150] + 0.02 * rng.normal(size=(40, 64)))
    recall = []
    for question in questions:
        wanted = np.argsort(-(rows @ question), kind="stable")[:10]
        places, products = cells.nearest(question, 10)
        recall.append(len(set(cells.windows["number"][places].tolist()) & set(wanted.tolist())) / 10)
        assert products == pytest.approx(np.asarray(cells.rows[places], np.float32) @ question, abs=1e-5)
        assert (np.diff(products) <= 0).all()
    assert np.mean(recall) >= 0.95


def test_an_index_is_there_whole_or_not(tmp_path: Path) -> None:
    def broken() -> Iterator[tuple[Array, Array]]:
        yield np.ones((9, 4), np.float32), np.zeros(9, [("number", "i8")])
        raise RuntimeError("the disk is gone")

    with pytest.raises(RuntimeError):
        open_cells(tmp_path, [], broken, make=True)
    assert list(tmp_path.iterdir()) == [] and open_cells(tmp_path, [], broken, make=False) is None
    assert open_cells(tmp_path, [], lambda: iter(()), make=True) is None
    assert list(tmp_path.iterdir()) == []
    (tmp_path / "file").write_text("")
    with pytest.raises(SinkError, match="search without"):
        open_cells(tmp_path / "file", [], lambda: iter([(np.ones((9, 4), np.float32), np.zeros(9, WINDOW))]), make=True)


@pytest.mark.parametrize(
    ("wish", "words"),
    [
        ({"example": "nowhere.mp4"}, "no such file"),
        ({"example": "-0.mp4"}, "no such file"),
        ({"count": 0}, "1 or more"),
        ({"start": 3.0, "end": 2.0}, "one before the other"),
        ({"start": 90.0}, "nobody is seen"),
        ({"start": 1.0, "end": 1.1}, "lasts 0.3 s or more"),
        ({"person": 77}, "77"),
        ({"person": 77, "start": 0.0}, "77"),
    ],
)
def test_wrong_questions_are_told(corpus: Path, motions: tuple[Any, list[str]], wish: dict[str, Any], words: str) -> None:
    asked = {"example": f"{motions[1][0]}-0.mp4", **wish}
    with pytest.raises(UsageError, match=words):
        search(corpus, asked.pop("example"), **asked)


def test_a_corpus_without_movements_is_told(tmp_path: Path) -> None:
    write_sequence(tmp_path / "example.jsonl", waving(2.0))
    with pytest.raises(FormatError, match="no corpus"):
        search(tmp_path, tmp_path / "example.jsonl")
    folder = corpus_of(tmp_path / "out", {"short": waving(0.3)})
    with pytest.raises(UsageError, match="no movements"):
        search(folder, tmp_path / "example.jsonl")


def test_a_shard_that_is_gone_or_damaged_is_told(corpus: Path, tmp_path: Path) -> None:
    write_sequence(tmp_path / "example.jsonl", waving(2.0))
    folder = tmp_path / "out"
    shutil.copytree(corpus, folder)
    place = sorted((folder / FOLDER).iterdir())[1]
    place.write_bytes(place.read_bytes()[:-200])
    for index in (None, True, False):
        with pytest.raises(FormatError, match=place.name):
            search(folder, tmp_path / "example.jsonl", index=index)
    place.unlink()
    with pytest.raises(FormatError, match=place.name):
        search(folder, tmp_path / "example.jsonl")


def test_the_other_way_round_is_found_if_asked_for(tmp_path: Path) -> None:
    clip = waving(3.0)
    one_arm = clip.points.copy()
    one_arm[:, :, 10] = one_arm[:1, :, 10]
    clip = PoseSequence(one_arm, clip.scores, clip.times, clip.skeleton, clip.ids)
    other = list(clip.skeleton.mirror_order)
    turned = PoseSequence(one_arm[:, :, other] * [-1, 1] + [900, 0], clip.scores, clip.times, clip.skeleton, clip.ids)
    folder = corpus_of(tmp_path / "out", {"turned": turned})
    write_sequence(tmp_path / "example.jsonl", clip)
    (plain,) = search(folder, tmp_path / "example.jsonl", count=1)
    (mirrored,) = search(folder, tmp_path / "example.jsonl", count=1, mirrored=True)
    assert mirrored.likeness > 0.9 and mirrored.likeness > plain.likeness


def test_a_video_finds_itself_in_the_rows_of_the_job(tmp_path: Path) -> None:
    path, config = str(find("demo_clip")), Config(jobs=("search",), pose="fast", actions=None, seconds=1.7)
    batches = list(process([path], config))
    rows = [row["search"] for batch in batches for row in batch.to_pylist() if row["kind"] == "search"]
    assert rows and batches[-1].column("status").to_pylist() == ["ok"]
    for row in rows:
        assert 0 <= row["start"] < row["end"] <= 1.8 and row["score"] > 0.2
        assert np.linalg.norm(row["embedding"]) == pytest.approx(1, abs=0.01)
        assert (np.array(row["embedding"]) * 2048 % 1 == 0).all()
    folder = corpus_of(tmp_path / "out", {"still": waving(2.0)}, config)
    write_shard(folder / FOLDER / "demo.parquet", iter(batches), {})
    write_clips(folder, config.key, [told("demo"), told("still")])
    first = search(folder, path, end=1.6)[0]
    assert first.path == "/videos/demo.mp4" and first.likeness > 0.9
    with pytest.raises(UsageError, match="keeps no joints"):
        search(folder, "demo.mp4", mirrored=True)

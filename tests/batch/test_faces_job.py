from __future__ import annotations

import stat
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq
import pytest

from kinesics.batch import Config, process
from kinesics.batch.alike import Groups, alike
from kinesics.batch.face_looks import FaceLook, quality
from kinesics.batch.jobs import Clip, check_jobs
from kinesics.batch.jobs.faces import KEPT, Faces, _Stretch
from kinesics.batch.rows import batch_of, struct_of
from kinesics.batch.shards import write_shard
from kinesics.batch.who import FILE, cluster, schema
from kinesics.errors import SinkError, SourceError, UsageError, WeightsError
from kinesics.faces import Face, Gates
from kinesics.types import Array, Frame, People, Scene, skeleton
from kinesics.weights import find

AXES = np.eye(128, dtype=np.float32)
CONFIG = Config(jobs=("faces",), actions=None)
SOMEBODY = People(np.zeros((1, 4)), np.ones(1), np.zeros((1, 17, 2)), np.ones((1, 17)), skeleton("coco17"))


@pytest.fixture(scope="module")
def encoder() -> None:
    try:
        find("face_resnet")
    except WeightsError as error:
        pytest.skip(str(error))


# ------------------------------------------------------------------------------------------------------------------- grouping
def crowd(seed: int, people: int, most: int, cosine: float = 0.8) -> tuple[Array, Array]:
    """Faces of people: vectors whose mean cosine is about `cosine` within one of them, and whose each one is."""
    random = np.random.default_rng(seed)
    whose = np.repeat(np.arange(people), random.integers(1, most + 1, people))
    whose = random.permutation(whose)
    centres = random.normal(size=(people, 128))
    centres /= np.linalg.norm(centres, axis=1, keepdims=True)
    noise = random.normal(size=(len(whose), 128)) / np.sqrt(128)
    rows = centres[whose] + noise * np.sqrt(1 / cosine - 1)
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32), whose


def partition(labels: Array) -> set[frozenset[int]]:
    return {frozenset(np.flatnonzero(labels == label).tolist()) for label in np.unique(labels)}


@pytest.mark.parametrize("seed", range(3))
def test_planted_people_are_found_and_the_order_of_rows_does_not_matter(seed: int) -> None:
    rows, whose = crowd(seed, people=40, most=12)
    labels = alike(rows, 0.6)
    assert partition(labels) == partition(whose)
    assert all(label == np.flatnonzero(labels == label)[0] for label in labels)
    order = np.random.default_rng(seed + 100).permutation(len(rows))
    again = alike(rows[order], 0.6)
    assert partition(labels) == {frozenset(order[list(group)].tolist()) for group in partition(again)}


def test_it_agrees_with_average_linkage_where_groups_are_apart() -> None:
    from scipy.cluster.hierarchy import fcluster, linkage
    from scipy.spatial.distance import squareform

    rows, _ = crowd(7, people=25, most=6, cosine=0.7)
    apart = np.clip(1 - rows.astype(float) @ rows.T, 0, 2)
    np.fill_diagonal(apart, 0)
    theirs = fcluster(linkage(squareform(apart, checks=False), "average"), 0.4, "distance")
    assert partition(alike(rows, 0.6)) == partition(theirs)


def test_no_two_groups_are_left_that_should_be_one() -> None:
    rows, _ = crowd(3, people=30, most=10, cosine=0.55)  # where it is hard
    labels = alike(rows, 0.6)
    means = np.stack([rows[labels == label].mean(axis=0) for label in np.unique(labels)])
    between = means @ means.T
    np.fill_diagonal(between, -1)
    assert between.max() < 0.6 + 1e-5
    for label in np.unique(labels):
        inside = rows[labels == label]
        n = len(inside)
        assert n == 1 or (float((inside.sum(axis=0) ** 2).sum()) - n) / (n * (n - 1)) > 0.5


def test_pairs_that_must_stay_apart_do_even_if_they_are_the_same() -> None:
    rows, whose = crowd(5, people=6, most=9, cosine=0.9)
    rows = np.concatenate([rows, rows[:1], rows[:1]])
    pairs = [(0, len(rows) - 1), (len(rows) - 2, len(rows) - 1)]
    labels = alike(rows, 0.6, pairs)
    assert all(labels[a] != labels[b] for a, b in pairs)
    assert (np.unique(labels).size, labels[-2]) == (np.unique(whose).size + 1, labels[0])
    everybody = [(a, b) for a in range(20) for b in range(a)]
    assert np.unique(alike(np.tile(AXES[:1], (20, 1)), 0.6, everybody)).size == 20


def test_a_thousand_copies_take_few_rounds() -> None:
    groups = Groups(np.tile(AXES[:1], (1000, 1)))
    rounds = 0
    while groups.join(0.9, 0.6):
        rounds += 1
    assert rounds <= 12 and set(groups.labels()) == {0}


def test_of_nothing_there_are_no_groups() -> None:
    assert alike(np.zeros((0, 128), np.float32), 0.6).shape == (0,)
    assert alike(AXES[:3], 0.6).tolist() == [0, 1, 2]


# -------------------------------------------------------------------------------------------------------------------- the job
BY = {"hand": 0.0, "person": 0.0, "edge": 0.0, "other": 0.0}
NOW: list[Sequence[Face]] = []


class Looks:
    """Finds the faces of the test's scene, and sees the axis that a face's score names, in hundredths; and counts."""

    def __init__(self) -> None:
        self.asked = self.found = 0

    def reset(self) -> None:
        pass

    def find(self, image: Array, people: People) -> Sequence[Face]:
        self.found += 1
        return NOW[0]

    def look(self, image: Array, face: Face, *, picture: bool = False) -> FaceLook:
        self.asked += 1
        return FaceLook(AXES[round(face.score * 100)], b"jpeg" if picture else None)


@pytest.fixture
def look(monkeypatch: pytest.MonkeyPatch) -> Looks:
    made = Looks()
    monkeypatch.setattr("kinesics.batch.face_looks.FaceLooks", lambda threads, still: made)
    return made


def face(person: int, axis: int = 0, apply: float = 1.0, side: float = 80.0) -> Face:
    gates = Gates(0.0, 0.0, BY, apply)
    return Face(np.array([0.0, 0.0, side, side]), axis / 100, person=person, gates=gates)


Shown = tuple[Scene, Sequence[Face]]


def scene(time: float, *faces: Face, epoch: int = 0) -> Shown:
    frame = Frame(np.zeros((8, 8, 3), np.uint8), time=time, epoch=epoch)
    return Scene(0, time, (8, 8), SOMEBODY, epoch=epoch, frame=frame), faces


def show(job: Faces, shown: Shown) -> None:
    NOW[:] = [shown[1]]
    job.scene(shown[0])


def done(scenes: Iterable[Shown], config: Config = CONFIG, *, still: bool = False) -> list[dict[str, Any]]:
    job = Faces(Clip("clip", (8, 8), 30.0, None, still), config)
    for one in scenes:
        show(job, one)
    job.end()
    return job.rows()


def test_a_person_is_a_row_with_the_mean_of_the_looks(look: Looks) -> None:
    (row,) = done(scene(k / 30, face(3)) for k in range(90))
    assert (row["person"], row["start"], row["looks"]) == (3, 0.0, 6)
    assert row["end"] == pytest.approx(2.5) and row["score"] > 0.99 and row["picture"] == b"jpeg"
    np.testing.assert_allclose(row["embedding"], AXES[0])


def test_looks_are_few_however_long_a_person_stays_and_memory_is_bounded(look: Looks) -> None:
    job = Faces(Clip("clip", (8, 8), 30.0, None, False), CONFIG)
    for k in range(3000):
        show(job, scene(k / 10, face(0), face(k // 20 + 1, axis=1)))  # one stays, others come and go
        assert len(job._open) <= 6
        assert sum(len(one.kept) + len(one.beside) for one in job._open.values()) < 6 * (KEPT + 64)
    assert look.asked < 3000 / 10 / 2 + 10 + 150 * 5
    assert len(job.rows()) > 140 and not job.rows()


def test_a_row_ends_when_the_person_is_gone_and_at_an_epoch(look: Looks) -> None:
    gone = [scene(t, *([face(0)] if t < 1 or t > 7 else [])) for t in np.arange(0, 9, 0.5)]
    assert [(row["start"], row["end"]) for row in done(gone)] == [(0.0, 0.5), (7.5, 8.5)]
    back = [scene(t, *([face(0)] if t < 1 or t > 5 else [])) for t in np.arange(0, 9, 0.5)]
    assert [(row["start"], row["end"]) for row in done(back)] == [(0.0, 8.5)]
    cut = [scene(t, face(0), epoch=int(t >= 2)) for t in np.arange(0, 4, 0.5)]
    assert [(row["start"], row["end"]) for row in done(cut)] == [(0.0, 1.5), (2.0, 3.5)]


def test_an_id_that_goes_to_somebody_else_begins_a_new_row(look: Looks) -> None:
    rows = done(scene(t, face(0, axis=int(t >= 3))) for t in np.arange(0, 6, 0.25))
    assert [(row["person"], int(np.argmax(row["embedding"]))) for row in rows] == [(0, 0), (0, 1)]
    assert all(row["score"] > 0.99 for row in rows)


@pytest.mark.parametrize(("cosine", "sure"), [(0.8, True), (0.5, True), (0.2, False)])
def test_a_row_is_sure_of_being_one_person_as_far_as_its_looks_agree(cosine: float, sure: bool) -> None:
    def of(axes: list[int]) -> float:
        stretch = _Stretch(0, 0.0)
        rows = {0: AXES[0], 1: cosine * AXES[0] + np.sqrt(1 - cosine**2) * AXES[1]}
        for time, axis in enumerate(axes):
            stretch.add(1.0, float(time), FaceLook(rows[axis], None))
        return stretch.sure()

    assert (of([0, 0, 0, 1, 1, 1]) > 0.5) is sure  # it went to somebody else at some time
    assert of([0, 0, 0, 0]) > 0.99 and of([0, 0, 1]) <= of([0, 0, 0])


@pytest.mark.parametrize("bad", [face(0, apply=0.1), face(0, side=20.0), replace(face(0), gates=None)])
def test_faces_turned_away_covered_or_small_are_not_looked_at(look: Looks, bad: Face) -> None:
    assert quality(bad) == 0 and not done(scene(k / 4, bad) for k in range(9)) and not look.asked


def test_faces_of_nobody_who_is_followed_do_not_count(look: Looks) -> None:
    assert not done([scene(0, face(-1)), scene(1, face(-1))]) and not look.asked


def test_faces_are_looked_for_twice_a_second_and_never_without_people(look: Looks) -> None:
    done(scene(k / 30, face(0)) for k in range(300))
    assert look.found == 20
    empty, nobody = scene(0, face(0))[0], People.empty(skeleton("coco17"))
    assert not done([(replace(empty, people=nobody), [face(0)])]) and look.found == 20


def test_who_was_there_at_the_same_time_is_kept(look: Looks) -> None:
    rows = done([scene(0, face(0), face(1, axis=1)), scene(1, face(1, axis=1), face(2, axis=2))])
    assert {row["person"]: row["beside"] for row in rows} == {0: [1], 1: [0, 2], 2: [1]}


def test_one_look_alone_says_nothing_of_agreement_and_pictures_can_be_left_out(look: Looks) -> None:
    (row,) = done([scene(0, face(0))], Config(jobs=("faces",), pictures=False))
    assert row["score"] == pytest.approx(0.9) and row["picture"] is None


def test_in_one_picture_each_face_is_a_row(look: Looks) -> None:
    rows = done([scene(0, face(-1, axis=1), face(-1, axis=2), face(-1, apply=0.0))], still=True)
    assert [int(np.argmax(row["embedding"])) for row in rows] == [1, 2]


# ----------------------------------------------------------------------------------------------------------------- the corpus
Make = Callable[..., Path]


@pytest.fixture
def shard(tmp_path: Path) -> Make:
    """A shard of faces: (person, start, end, axis, more) each."""

    def make(name: str, *faces: tuple[int, float, float, int, dict[str, Any]]) -> Path:
        rows = []
        for person, start, end, axis, more in faces:
            facts = {"person": person, "start": start, "end": end, "best": start, "looks": 3, "score": 0.9, "beside": []}
            rows.append({**facts, "embedding": AXES[axis], "picture": f"{name} {person}".encode(), **more})
        place = tmp_path / f"{hash(name) & 0xFFFF:04x}-{name}.parquet"
        batches = [batch_of(f"/films/{name}", "faces", 0, struct_of("faces", rows))] if rows else []
        write_shard(place, [*batches, batch_of(f"/films/{name}", "clip", 0, struct_of("clip", [{}]), status="ok")], {})
        return place

    return make


def who_of(places: list[Path], out: Path, config: Config = CONFIG) -> tuple[dict[str, int], list[dict[str, Any]]]:
    counts = cluster(places, out, config)
    table = pq.read_table(out / FILE)
    assert table.schema.equals(schema())
    return counts, table.to_pylist()


def test_people_get_one_number_over_all_clips_in_the_order_of_paths_and_times(shard: Make, tmp_path: Path) -> None:
    places = [shard("b", (0, 0, 1, 5, {}), (1, 9, 12, 7, {})), shard("c"), shard("a", (3, 4, 5, 7, {}), (2, 2, 3, 5, {}))]
    counts, rows = who_of(places, tmp_path)
    assert counts == {"people": 2, "faces": 4, "unknown": 0}
    assert [(row["path"], row["person"], row["who"]) for row in rows] == [
        ("/films/a", 3, 1),
        ("/films/a", 2, 0),
        ("/films/b", 0, 0),
        ("/films/b", 1, 1),
    ]
    assert [row["picture"] for row in rows] == [b"a 3", b"a 2", b"b 0", b"b 1"]
    assert all(row["likeness"] == pytest.approx(1, abs=1e-5) and row["name"] is None for row in rows)
    before = (tmp_path / FILE).read_bytes()
    cluster(places[::-1], tmp_path, CONFIG)
    assert (tmp_path / FILE).read_bytes() == before


def test_a_table_that_cannot_be_written_is_said_and_leaves_nothing_half_done(shard: Make, tmp_path: Path) -> None:
    (tmp_path / FILE).mkdir()
    with pytest.raises(SinkError, match=r"who\.parquet: cannot be written"):
        cluster([shard("a", (0, 0, 1, 5, {}))], tmp_path, CONFIG)
    assert not list(tmp_path.glob("*.tmp")) and not list(tmp_path.glob(".*.tmp"))


def test_people_seen_at_the_same_time_are_two(shard: Make, tmp_path: Path) -> None:
    together = shard("a", (0, 0, 5, 1, {"beside": [1]}), (1, 1, 4, 1, {}))
    _, rows = who_of([together, shard("b", (0, 0, 1, 1, {}))], tmp_path)
    assert rows[0]["who"] != rows[1]["who"]
    later = shard("c", (0, 0, 5, 1, {"beside": [1]}), (1, 6, 7, 1, {}))  # that id is somebody else by then
    _, rows = who_of([later], tmp_path)
    assert rows[0]["who"] == rows[1]["who"]
    picture = shard("d", (-1, 0, 0, 1, {}), (-1, 0, 0, 1, {}))
    _, rows = who_of([picture], tmp_path)
    assert rows[0]["who"] != rows[1]["who"]


def test_who_cannot_be_told_is_nobody_in_particular(shard: Make, tmp_path: Path) -> None:
    mixed, glance = {"score": 0.2}, {"looks": 1}
    places = [shard("a", (0, 0, 1, 1, mixed), (1, 2, 3, 2, glance), (2, 4, 5, 3, glance)), shard("b", (0, 0, 1, 3, glance))]
    counts, rows = who_of([*places, shard("c", (0, 0, 1, 4, {}))], tmp_path)
    assert [row["who"] for row in rows] == [-1, -1, 0, 0, 1] and counts["unknown"] == 2
    assert [row["likeness"] is None for row in rows] == [True, True, False, False, True]


def test_without_a_face_there_is_an_empty_table(shard: Make, tmp_path: Path) -> None:
    assert who_of([shard("a")], tmp_path) == ({"people": 0, "faces": 0, "unknown": 0}, [])
    assert who_of([], tmp_path)[1] == []


def test_what_is_known_of_faces_is_readable_by_nobody_else(shard: Make, tmp_path: Path) -> None:
    place, bare = shard("a", (0, 0, 1, 1, {})), shard("b")
    before = stat.S_IMODE(bare.stat().st_mode)
    cluster([place, bare], tmp_path, CONFIG)
    assert [stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / FILE, place, bare)] == [0o600, 0o600, before]
    assert not list(tmp_path.glob("*.tmp"))


# --------------------------------------------------------------------------------------------------------------- before a run
def test_without_the_encoder_nothing_is_begun(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kinesics.weights.store.folders", lambda: [tmp_path])
    with pytest.raises(WeightsError, match="kinesics weights pull faces"):
        check_jobs(CONFIG)


def test_known_faces_are_asked_for_with_faces_and_are_there(tmp_path: Path, encoder: None) -> None:
    with pytest.raises(UsageError, match='add the job "faces"'):
        Config(known="known")
    with pytest.raises(SourceError, match="no such folder"):
        check_jobs(Config(jobs=("faces",), known=str(tmp_path / "known")))
    assert Config(jobs=("faces",), known="known").key == CONFIG.__class__(jobs=("faces",)).key


# ------------------------------------------------------------------------------------------------------------------ real faces
def test_faces_of_one_picture_are_different_people(data: Path, tmp_path: Path, encoder: None) -> None:
    picture = str(data / "keypoints" / "masks" / "three_people.jpg")
    rows, again = (
        [row for batch in process([picture], replace(CONFIG, pose="fast")) for row in batch.to_pylist()] for _ in "ab"
    )
    assert rows == again
    faces = [row["faces"] for row in rows[:-1]]
    assert rows[-1]["status"] == "ok" and len(faces) >= 2
    for face in faces:
        assert np.linalg.norm(face["embedding"]) == pytest.approx(1, abs=1e-5) and face["picture"][:2] == b"\xff\xd8"
    others = [row for batch in process([picture], Config(jobs=("people",), pose="fast")) for row in batch.to_pylist()]
    assert all(row["faces"] is None and not (row["people"] or {}).get("faces") for row in others)


def test_signers_are_told_apart_over_clips_and_named(data: Path, tmp_path: Path, encoder: None) -> None:
    import cv2

    from kinesics.video import open_source

    config = Config(jobs=("faces",), actions=None, seconds=0.55, pose="fast")
    places = []
    for name in ("again", "help", "milk"):
        path = str(data / "video" / "asl" / f"{name}.mkv")
        places.append(tmp_path / f"{name}.parquet")
        write_shard(places[-1], process([path], config), {})
    known = tmp_path / "known"
    known.mkdir()
    with open_source(str(data / "video" / "asl" / "bird.mkv")) as frames:
        cv2.imwrite(str(known / "bea.png"), next(iter(frames)).image[:, :, ::-1])
    counts, rows = who_of(places, tmp_path, Config(**{**config.__dict__, "known": str(known)}))
    by = {Path(row["path"]).stem: row["who"] for row in rows}
    assert counts["people"] == 2 and by["again"] == by["help"] != by["milk"]
    assert {Path(row["path"]).stem: row["name"] for row in rows} == {"again": "unknown", "help": "unknown", "milk": "bea"}

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq
import pytest

from kinesics.batch import Config, process
from kinesics.batch.duplicates import find_duplicates
from kinesics.batch.duplicates.agreement import distance
from kinesics.batch.duplicates.alike import likeness
from kinesics.batch.duplicates.buckets import MEETS, meetings
from kinesics.batch.duplicates.groups import grouped
from kinesics.batch.duplicates.prints import HEIGHT, WIDTH, change_prints, picture_prints
from kinesics.batch.duplicates.units import Units, gather
from kinesics.batch.jobs import Clip, Shot
from kinesics.batch.jobs.duplicates import Duplicates
from kinesics.batch.shards import read_rows, write_shard
from kinesics.types import Frame
from kinesics.video import VideoWriter, save_image

CONFIG = Config(jobs=("duplicates",))
SIZE = (192, 144)
TAMPERINGS = ("as it was", "hard", "scaled", "cropped", "logo", "darker")


def room(seed: int) -> Any:
    """(144, 192, 3) uint8: a place, with things in it."""
    chance = np.random.default_rng(seed)
    picture = np.empty((SIZE[1], SIZE[0], 3), np.uint8)
    picture[:] = chance.integers(60, 180, 3)
    for _ in range(25):
        x, y, w, h = chance.integers((0, 0, 10, 10), (180, 130, 60, 60))
        picture[y : y + h, x : x + w] = chance.integers(20, 235, 3)
    return picture


def film(place: int, people: int, frames: int = 20) -> Iterator[Any]:
    """Three people walk through a place; the same numbers give the same film."""
    import cv2

    chance = np.random.default_rng(people)
    back = room(place)
    paths = [(chance.uniform(0, 150), chance.uniform(0, 80), chance.uniform(-4, 4), chance.uniform(-2, 2)) for _ in range(3)]
    looks = [tuple(int(c) for c in chance.integers(0, 255, 3)) for _ in paths]
    for t in range(frames):
        picture = back.copy()
        for (x, y, dx, dy), look in zip(paths, looks, strict=True):
            left, top = int(x + dx * t), int(y + dy * t)
            cv2.rectangle(picture, (left, top), (left + 18, top + 50), look, -1)
        yield picture


def tampered(picture: Any, how: str) -> Any:
    import cv2

    if how == "scaled":
        return cv2.resize(picture, (128, 96), interpolation=cv2.INTER_AREA)
    if how == "cropped":
        return np.ascontiguousarray(picture[5:-3, 3:-7])
    if how == "logo":
        return cv2.rectangle(picture.copy(), (4, 4), (34, 18), (255, 240, 0), -1)
    if how == "darker":
        return np.clip(picture * 0.8 + 8.0, 0, 255).astype(np.uint8)
    return picture


def write_film(path: Path, pictures: Iterator[Any], how: str = "as it was") -> Path:
    if how == "hard":
        return write_hard(path, pictures)
    with VideoWriter(path) as writer:
        for i, picture in enumerate(pictures):
            writer.write(tampered(picture, how), i / 10)
    return path


def write_hard(path: Path, pictures: Iterator[Any]) -> Path:
    import av

    with av.open(str(path), "w") as file:
        stream = file.add_stream("libx264", rate=10, options={"crf": "36", "threads": "1"})
        stream.width, stream.height, stream.pix_fmt = *SIZE, "yuv420p"
        for picture in pictures:
            file.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")))
        file.mux(stream.encode(None))
    return path


def shards(paths: list[Path], folder: Path, config: Config = CONFIG) -> list[Path]:
    folder.mkdir()
    places = [folder / f"{path.name}.parquet" for path in paths]
    for path, place in zip(paths, places, strict=True):
        write_shard(place, process([str(path)], config), {})
    return places


def groups_in(out: Path) -> list[set[str]]:
    rows = pq.read_table(out / "duplicates.parquet").to_pylist()
    found = [list(members) for _, members in itertools.groupby(rows, lambda row: row["group"])]
    assert all(sum(row["exemplar"] for row in members) == 1 and members[0]["exemplar"] for members in found)
    return [{Path(row["path"]).stem for row in members} for members in found]


def duplicates_in(out: Path) -> list[set[str]]:
    """The groups that are part of no other."""
    found = groups_in(out)
    return sorted(
        (g for i, g in enumerate(found) if not any(g < h or (g == h and j < i) for j, h in enumerate(found))), key=min
    )


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> tuple[list[Path], list[Path], Path]:
    """Five films of two cameras, each in six copies: the files, their shards, and a folder."""
    out = tmp_path_factory.mktemp("copies")
    paths = [
        write_film(out / f"{place}{people}-{how.replace(' ', '_')}.mp4", film(place, people), how)
        for place, people in ((1, 1), (1, 2), (1, 3), (2, 4), (2, 5))
        for how in TAMPERINGS
    ]
    return paths, shards(paths, out / "shards"), out


def test_copies_are_found_and_pieces_of_one_camera_are_not_taken_for_copies(
    corpus: tuple[list[Path], list[Path], Path],
) -> None:
    paths, places, out = corpus
    counts = find_duplicates(places, out, CONFIG)
    wanted = {name: {path.stem for path in paths if path.stem.startswith(name)} for name in ("11", "12", "13", "24", "25")}
    assert duplicates_in(out) == list(wanted.values())
    assert counts["groups_clips"] == 5 and counts["groups"] >= 5 and counts["duplicates"] >= 20
    assert counts["pairs_all"] >= 30 * 29 // 2 and 25 <= counts["pairs_compared"] <= 80  # of 435, of which 75 are real


def test_the_order_of_shards_does_not_matter(corpus: tuple[list[Path], list[Path], Path], tmp_path: Path) -> None:
    _, places, out = corpus
    find_duplicates(places, out, CONFIG)
    find_duplicates(places[::-1], tmp_path, CONFIG)
    assert (out / "duplicates.parquet").read_bytes() == (tmp_path / "duplicates.parquet").read_bytes()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["duplicates.parquet"]


def test_without_pictures_hashes_decide_and_nothing_of_them_is_kept(
    corpus: tuple[list[Path], list[Path], Path], tmp_path: Path
) -> None:
    config = Config(jobs=("duplicates",), pictures=False)
    paths = [path for path in corpus[0] if path.stem.startswith(("11", "12"))]
    places = shards(paths, tmp_path / "shards", config)
    assert all(batch.column("small").null_count == len(batch) for batch in read_rows(places, "duplicates"))
    counts = find_duplicates(places, tmp_path, config)
    assert counts["pairs_compared"] == 0
    assert [len(group) for group in duplicates_in(tmp_path)] == [6, 6]


def test_a_still_is_found_among_stills_and_not_in_films(tmp_path: Path) -> None:
    import cv2

    paths = []
    for place in (3, 4):
        paths += [tmp_path / f"{place}.png", tmp_path / f"{place}-again.jpg", tmp_path / f"{place}-cropped.jpg"]
        save_image(paths[-3], room(place))
        cv2.imwrite(str(paths[-2]), cv2.cvtColor(room(place), cv2.COLOR_RGB2BGR), [cv2.IMWRITE_JPEG_QUALITY, 30])
        save_image(paths[-1], tampered(room(place), "cropped"))
    paths.append(write_film(tmp_path / "3-film.mp4", film(3, 1)))
    find_duplicates(shards(paths, tmp_path / "shards"), tmp_path, CONFIG)
    assert duplicates_in(tmp_path) == [{"3", "3-again", "3-cropped"}, {"4", "4-again", "4-cropped"}]


def test_black_clips_and_files_that_cannot_be_read_are_nobodys_duplicates(tmp_path: Path) -> None:
    paths = [write_film(tmp_path / f"black{i}.mp4", iter(np.zeros((10, 96, 96, 3), np.uint8))) for i in range(3)]
    paths.append(tmp_path / "broken.mp4")
    paths[-1].write_bytes(b"no video")
    counts = find_duplicates(shards(paths, tmp_path / "shards"), tmp_path, CONFIG)
    assert set(counts.values()) == {0}
    assert pq.read_table(tmp_path / "duplicates.parquet").num_rows == 0


def looked_at(job: Duplicates, times: Any, shots: list[Shot], late: float = 1.9) -> list[dict[str, Any]]:
    """The rows of a job that is shown made pictures, and told of shots as late as may be."""
    waiting, picture = list(shots), room(5)
    for i, time in enumerate(times):
        job.frame(Frame(np.roll(picture, i, 1), index=i, time=float(time)))
        while waiting and waiting[0].end + late <= time:
            job.shot(waiting.pop(0))
    for shot in waiting:
        job.shot(shot)
    job.end()
    return list(job.rows())


def job() -> Duplicates:
    return Duplicates(Clip("film.mp4", SIZE, 10.0, None, False), CONFIG)


def test_moments_lie_in_their_shots_however_late_these_are_told() -> None:
    cuts = [0.0, 0.31, 1.5, 9.0, 30.0]
    told = [Shot(i, a, b, 1, "fade", 1.0) for i, (a, b) in enumerate(itertools.pairwise(cuts))]
    rows = looked_at(job(), np.arange(300) / 10, told)
    for shot in told:
        times = [row["time"] for row in rows if row["shot"] == shot.index]
        assert 1 <= len(times) <= 16 and shot.start - 0.01 <= min(times) and max(times) < shot.end
        assert len(times) >= min(8, int((shot.end - shot.start) / 0.25))
        apart = np.diff(times)
        assert not len(apart) or apart.max() <= 2 * max(0.3, apart.min())


def test_an_hour_costs_what_a_minute_costs() -> None:
    long = job()
    rows = looked_at(long, np.arange(0, 3600, 2.0), [Shot(0, 0.0, 3600.0, 1800, "start", 1.0)])
    assert 8 <= len(rows) <= 16
    assert np.ptp(np.diff([row["time"] for row in rows])) < 1e-6
    assert max(row["time"] for row in rows) > 3000


def stack(seed: int, n: int = 6) -> Any:
    chance = np.random.default_rng(seed)
    coarse = chance.uniform(40, 200, (n, 9, 12)).astype(np.float32)
    return np.repeat(np.repeat(coarse, HEIGHT // 9, 1), WIDTH // 12, 2)


def test_prints_do_not_see_light_and_changes_do_not_see_what_stands_still() -> None:
    shot = stack(1)
    assert np.array_equal(picture_prints(shot), picture_prints(shot * 0.7 + 20))
    prints, moves = change_prints(shot)
    again, more = change_prints(shot * 1.5 + stack(2, 1))
    apart = distance(prints.view(np.uint64), again.view(np.uint64))
    assert apart.max() <= 1 and np.allclose(more, 1.5 * moves, rtol=1e-4)
    other = change_prints(stack(3))[0]
    assert distance(prints.view(np.uint64), other.view(np.uint64)).mean() > 20


def test_likeness_finds_a_cropped_part_and_forgives_light() -> None:
    import cv2

    whole = np.stack([cv2.GaussianBlur(picture, (0, 0), 1.5) for picture in stack(4)])
    part = np.stack([cv2.resize(picture[1:-1, 2:-1], (WIDTH, HEIGHT), interpolation=cv2.INTER_LINEAR) for picture in whole])
    assert likeness(whole, whole * 0.8 + 10) > 0.98
    assert likeness(whole, part) > 0.9 and likeness(part, whole) > 0.9
    assert likeness(whole, np.stack([cv2.GaussianBlur(picture, (0, 0), 1.5) for picture in stack(5)])) < 0.6


def test_a_chain_of_small_steps_does_not_join_its_ends() -> None:
    places = np.arange(10) * 1.0  # each is like the next two, and no others
    asked: list[tuple[int, int]] = []

    def alike(a: int, b: int) -> float | None:
        asked.append((a, b))
        return 1 - abs(places[a] - places[b]) / 10 if abs(places[a] - places[b]) <= 2 else None

    found = grouped(itertools.combinations(range(10), 2), -places, alike)
    for exemplar, members in found.items():
        assert exemplar in members and all(abs(places[exemplar] - places[member]) <= 2 for member in members)
    assert len(asked) == len(set(asked)) and all(a < b for a, b in asked)
    everyone = [member for members in found.values() for member in members]
    assert len(everyone) == len(set(everyone)) >= 6


def made_units(shots: int, moments: int, seed: int, *, alike: bool) -> Units:
    chance = np.random.default_rng(seed)
    n = shots * moments
    hashes = chance.integers(0, 2**63, (1 if alike else n, 3), np.uint64, endpoint=True)
    change = np.broadcast_to(hashes, (n, 3)).copy()
    count = np.arange(shots)
    times = np.tile(np.arange(moments) * 0.25, shots)
    paths = [f"{i:06d}.mp4" for i in count]
    ends, offsets = np.full(shots, moments * 0.25), np.arange(shots + 1) * moments
    yes, zeros = np.ones(shots, bool), np.zeros(shots)
    facts: dict[str, Any] = {"clip": count, "shot": count * 0, "alone": yes, "still": ~yes, "start": zeros, "end": ends}
    moments: dict[str, Any] = {"row": times, "time": times, "picture": change, "change": change, "moves": np.full(n, 5.0)}
    return Units(paths, zeros + 1, **facts, offsets=offsets, **moments)


def test_a_giant_bucket_does_not_make_all_pairs() -> None:
    met = meetings(made_units(1000, 4, 0, alike=True))
    assert 1000 <= len(met) <= 1000 * MEETS * 4 < 1000 * 999 / 2
    assert (met[:, 0] < met[:, 1]).all() and len(np.unique(met, axis=0)) == len(met)


def test_strangers_seldom_meet() -> None:
    assert len(meetings(made_units(3000, 8, 1, alike=False))) < 3000 * 2999 / 2 * 1e-4


def test_units_hold_every_shot_and_a_clip_of_several_shots_as_a_whole(tmp_path: Path) -> None:
    def two() -> Iterator[Any]:
        yield from film(1, 1)
        yield from film(2, 4)

    paths = [write_film(tmp_path / "a.mp4", two()), write_film(tmp_path / "b.mp4", film(1, 1))]
    units = gather(shards(paths, tmp_path / "shards"))
    for clip, seconds in enumerate((4.0, 2.0)):
        shots = units.shot[units.clip == clip].tolist()  # as the cutter sees it
        assert shots in ([0], [*range(len(shots) - 1), -1])
        assert units.alone[units.clip == clip].tolist() == [len(shots) == 1] * len(shots)
        assert units.start[units.clip == clip].min() == 0 and units.end[units.clip == clip].max() == pytest.approx(
            seconds, abs=0.2
        )
    assert units.offsets[-1] == len(units.time) == len(units.change)

from __future__ import annotations

import gc
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from kinesics.errors import SourceError, UsageError
from kinesics.masks.redaction import FLAT
from kinesics.pipeline import record, watch
from kinesics.pipeline.redacting import HOWS, WHATS, redacted, without_pixels
from kinesics.types import Array, Frame, Masks, People, Scene, skeleton

COCO = skeleton("coco17")
SIZE = (160, 120)
HEAD = (80.0, 40.0)
BODY = np.array([
    (0, 2), (2.5, 0), (-2.5, 0), (5, 1), (-5, 1), (12, 18), (-12, 18), (15, 38), (-15, 38), (16, 52), (-16, 52),
    (7, 50), (-7, 50), (7, 68), (-7, 68), (7, 75), (-7, 75),
], float)  # fmt: skip


def nobody(image: Array, people: People) -> Array:
    """A finder that finds no faces."""
    return np.zeros((0, 4))


def people(x: float = HEAD[0], y: float = HEAD[1], score: float = 0.9) -> People:
    points = BODY + (x, y)
    low, high = points.min(axis=0) - 5, points.max(axis=0) + 5
    return People([[*low, *high]], [score], points[None], np.full((1, 17), score), COCO, [3])


def scene(index: int, who: People | None = None, **known: Any) -> Scene:
    image = np.random.default_rng(index).integers(40, 255, (SIZE[1], SIZE[0], 3)).astype(np.uint8)
    frame = Frame(image, index=index, time=index / 30, epoch=known.get("epoch", 0), corrupt=known.pop("torn", False))
    return Scene(index, index / 30, SIZE, People.empty(COCO) if who is None else who, frame=frame, **known)


def clean(done: Scene, x: float = HEAD[0], y: float = HEAD[1], radius: float = 8) -> bool:
    """Whether a face at this place is covered by the flat colour."""
    assert done.frame is not None
    rows, columns = np.mgrid[: SIZE[1], : SIZE[0]]
    disc = (columns - x) ** 2 + (rows - y) ** 2 < radius**2
    return bool((done.frame.image[disc] == FLAT).all())


def flat(done: Scene) -> bool:
    assert done.frame is not None
    return bool((done.frame.image == FLAT).all())


def covered(scenes: Any, what: str = "face", how: str = "solid", **options: Any) -> list[Scene]:
    return list(redacted(scenes, what, how, **{"finder": nobody, **options}))


@pytest.mark.parametrize("how", HOWS)
@pytest.mark.parametrize("what", WHATS)
def test_the_same_scenes_come_out_in_order_and_nothing_of_the_old_frames(what: str, how: str) -> None:
    given = [scene(i, people(score=0.3 if i == 4 else 0.9)) for i in range(20)]
    outlines = Masks.dense(np.zeros((1, SIZE[1], SIZE[0]), bool))
    out = covered(iter(given), what, how, outliner=lambda image, who: outlines)
    assert out == given
    old = {id(one.frame) for one in given}
    for before, done in zip(given, out, strict=True):
        assert done.frame is not None and done.frame.planes is None and done.frame.depth is None
        assert (done.frame.index, done.frame.time, done.frame.epoch) == (before.index, before.time, before.epoch)
        assert not np.shares_memory(done.frame.image, before.frame.image)  # type: ignore[union-attr]
        reach, seen = [done], set()
        while reach:
            for thing in gc.get_referents(reach.pop()):
                if id(thing) not in seen and not isinstance(thing, type):
                    seen.add(id(thing))
                    reach.append(thing) if isinstance(thing, dict | tuple | list | Scene | Frame) else None
        assert not seen & old


def test_a_head_is_covered_and_the_rest_is_not() -> None:
    given = [scene(i, people()) for i in range(5)]
    for before, done in zip(given, covered(given), strict=True):
        assert clean(done)
        assert (done.frame.image[100:] == before.frame.image[100:]).all()  # type: ignore[union-attr]


def test_a_face_of_nobody_is_covered() -> None:
    out = covered([scene(i) for i in range(5)], finder=lambda image, who: [[100, 80, 116, 96]])
    assert all(clean(done, 108, 88) for done in out)
    given = [scene(0, faces=({"box": [20.0, 20.0, 36.0, 36.0], "score": 0.1},))]
    assert clean(covered(given)[0], 28, 28)


def test_every_missed_frame_is_covered() -> None:
    random = np.random.default_rng(0)
    missed = random.random(150) < 0.3
    out = covered(scene(i, None if missed[i] else people(40 + i / 2)) for i in range(150))
    assert all(clean(done, 40 + i / 2) for i, done in enumerate(out) if 0 < i < 149)


def test_before_the_first_and_after_the_last_sighting_it_is_covered() -> None:
    out = covered(scene(i, people() if 12 <= i < 40 else None) for i in range(80))
    assert all(clean(done) for done in out[1:69])
    assert not clean(out[79])


@pytest.mark.parametrize("what", WHATS)
def test_whatever_fails_covers_the_whole_frame(what: str) -> None:
    told: list[str] = []
    body = np.zeros((1, SIZE[1], SIZE[0]), bool)
    body[:, 28:118, 62:98] = True

    def failing(image: Array, who: People) -> Any:
        if failing.calls in (3, 7):  # type: ignore[attr-defined]
            failing.calls += 1  # type: ignore[attr-defined]
            raise RuntimeError("out of luck\nsecond line")
        failing.calls += 1  # type: ignore[attr-defined]
        return np.zeros((0, 4)) if what == "face" else Masks.dense(body)

    failing.calls = 0  # type: ignore[attr-defined]
    options: dict[str, Any] = {"finder": failing} if what == "face" else {"outliner": failing}
    out = covered([scene(i, people()) for i in range(10)], what, note=told.append, **options)
    assert [i for i, done in enumerate(out) if flat(done)] == [3, 7]
    assert len(told) == 1 and "out of luck" in told[0] and "\n" not in told[0]


def test_a_face_found_at_nan_covers_the_whole_frame() -> None:
    assert all(map(flat, covered([scene(0), scene(1)], finder=lambda image, who: [[np.nan, 0, 1, 1]])))


def test_damaged_frames_are_covered_wholly_and_do_not_end_a_track() -> None:
    told: list[str] = []
    given = [scene(i, people() if i < 10 else None, corrupt=10 <= i < 50, torn=10 <= i < 50) for i in range(55)]
    out = covered(given, note=told.append)
    assert [flat(done) for done in out] == [10 <= i < 50 for i in range(55)]
    assert clean(out[52])
    assert len(told) == 1 and "damaged" in told[0]


def test_when_nobody_has_looked_for_long_the_whole_frame_is_covered() -> None:
    out = covered((scene(i, people() if i < 10 else None, skipped=("pose",) if i >= 10 else ()) for i in range(60)), hold=0.5)
    assert all(clean(done) for done in out)
    assert [flat(done) for done in out] == [i > 9 + 15 for i in range(60)]


def test_people_are_covered_by_boxes_where_outlines_cannot_be_trusted() -> None:
    empty = Masks.dense(np.zeros((1, SIZE[1], SIZE[0]), bool))
    done = covered([scene(0, people())], "person", outliner=lambda image, who: empty)[0]
    x1, y1, x2, y2 = np.rint(people().boxes[0]).astype(int)
    assert done.frame is not None and (done.frame.image[max(y1, 0) : y2, x1:x2] == FLAT).all()


def test_people_are_covered_by_their_outlines() -> None:
    mask = np.zeros((SIZE[1], SIZE[0]), bool)
    mask[28:118, 62:98] = True
    done = covered([scene(0, people())], "person", outliner=lambda image, who: Masks.dense(mask[None]))[0]
    assert done.frame is not None and (done.frame.image[mask] == FLAT).all()
    assert (done.frame.image[:, :30] != FLAT).any(axis=2).mean() > 0.9


def test_of_a_background_nothing_is_left() -> None:
    mask = np.zeros((SIZE[1], SIZE[0]), bool)
    mask[28:118, 62:98] = True
    given = scene(0, people())
    done = covered([given], "background", outliner=lambda image, who: Masks.dense(mask[None]))[0]
    assert done.frame is not None and given.frame is not None
    assert (done.frame.image[~mask] == FLAT).all()
    assert (done.frame.image[60:90, 70:90] == given.frame.image[60:90, 70:90]).all()
    assert flat(covered([scene(0)], "background")[0]), "nobody there"


def test_of_a_skeleton_nothing_depends_on_the_picture() -> None:
    pair = [covered([scene(i, people())], "person", "skeleton")[0].frame for i in (0, 1)]
    assert pair[0] is not None and pair[1] is not None
    assert (pair[0].image == pair[1].image).all()
    assert (pair[0].image != FLAT).any()


def test_another_size_or_epoch_in_the_middle_begins_anew() -> None:
    small = Frame(np.full((60, 80, 3), 99, np.uint8), index=7, time=7 / 30, epoch=2)
    given = [*(scene(i, people()) for i in range(5)), *(scene(i, epoch=1) for i in (5, 6))]
    given.append(Scene(7, 7 / 30, (80, 60), People.empty(COCO), epoch=2, frame=small))
    out = covered(given)
    assert out == given
    assert [clean(done) for done in out[:5]] == [True] * 5
    assert (out[5].frame.image == given[5].frame.image).all()  # type: ignore[union-attr]
    assert out[7].frame is not None and out[7].frame.image.shape == (60, 80, 3)


def dying(number: int, error: BaseException) -> Iterator[Scene]:
    for i in range(number):
        yield scene(i, people())
    raise error


def test_when_a_camera_dies_what_waits_comes_out_covered() -> None:
    out = []
    with pytest.raises(SourceError, match="gone"):
        for done in redacted(dying(20, SourceError("gone")), how="solid", finder=nobody):
            out.append(done)
    assert [done.index for done in out] == list(range(20))
    assert all(map(clean, out))


def test_an_interrupt_leaves_a_complete_and_covered_file(tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt):
        record(redacted(dying(20, KeyboardInterrupt()), how="solid", finder=nobody), tmp_path / "out.mp4")
    from kinesics.video import open_source

    with open_source(tmp_path / "out.mp4") as film:
        frames = [frame.image for frame in film]
    assert 1 <= len(frames) <= 20
    assert all(np.median(frame[30:50, 70:90]) < 60 < np.median(frame) for frame in frames)


def test_closing_early_closes_the_source() -> None:
    closed = []

    def source() -> Iterator[Scene]:
        try:
            for i in range(1000):
                yield scene(i, people())
        finally:
            closed.append(True)

    stream = redacted(source(), finder=nobody)
    next(stream)
    stream.close()
    assert closed == [True]


def test_large_pictures_wait_in_bounded_memory() -> None:
    pulled = []

    def source() -> Iterator[Scene]:
        for i in range(30):
            pulled.append(i)
            yield scene(i, people())

    bytes_each = SIZE[0] * SIZE[1] * 3
    stream = redacted(source(), finder=nobody, memory=4 * bytes_each)
    assert next(stream).index == 0
    assert len(pulled) <= 6
    stream.close()


def test_scenes_without_frames_pass() -> None:
    bare = Scene(0, 0.0, SIZE, people())
    assert covered([bare]) == [bare] and covered([bare])[0].frame is None


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"what": "hat"}, "face, person, background"),
        ({"how": "smear"}, "blur, pixelate, solid, skeleton"),
        ({"hold": -1}, "hold"),
        ({"ahead": float("nan")}, "ahead"),
    ],
)
def test_what_nobody_knows_is_said_before_anything_is_read(options: dict[str, Any], words: str) -> None:
    with pytest.raises(UsageError, match=words):
        redacted(iter([]), **options)


def test_without_pixels_nothing_pictorial_stays() -> None:
    masks = Masks.dense(np.ones((1, SIZE[1], SIZE[0]), bool))
    who = people()
    who = People(who.boxes, who.score, who.points, who.point_scores, COCO, who.ids, masks=masks)
    face = {
        "box": [1.0, 2.0, 3.0, 4.0],
        "crop": np.zeros((4, 4, 3), np.uint8),
        "png": b"\x89PNG",
        "gates": {"by": {"png": b"x"}},
    }
    given = scene(0, who, faces=(face,))
    (done,) = without_pixels([given])
    assert done.frame is None and done.people.masks is None
    assert dict(done.faces[0]) == {"box": [1.0, 2.0, 3.0, 4.0], "gates": {"by": {}}}
    assert (done.people.points == given.people.points).all()
    (kept,) = without_pixels([given], outlines=True)
    assert kept.people.masks == masks


def test_no_face_is_left_on_a_real_clip(data: Path) -> None:
    from kinesics.evaluate.face_judges import face_judge

    judge, before, left = face_judge("mesh"), 0, 0
    clip = data / "video" / "asl" / "help.mkv"
    originals: dict[int, Array] = {}

    def kept() -> Iterator[Scene]:
        for one in watch(clip):
            if one.index > 24:
                break
            if one.index % 8 == 0 and one.frame is not None:
                originals[one.index] = one.frame.image
            yield one

    for done in redacted(kept()):
        if done.index in originals and done.frame is not None:
            before += len(judge(originals[done.index])) > 0
            left += len(judge(done.frame.image)) > 0
    assert before == 4 and left == 0

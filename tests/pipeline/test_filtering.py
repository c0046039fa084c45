"""A filter on a video: there on a clear face, gone from one that is turned away or covered, and in time."""

from __future__ import annotations

from collections.abc import Generator, Iterator

import numpy as np
import pytest

from kinesics.bodies.kinematics import DOFS
from kinesics.bodies.portraits import make_portrait, render
from kinesics.bodies.standpoints import close_up
from kinesics.errors import UsageError
from kinesics.faces import FaceFinder
from kinesics.faces.wearing import Wearers
from kinesics.pipeline.filtering import filtered
from kinesics.pipeline.redacting import redacted
from kinesics.types import Array, Frame, People, Scene, skeleton

RATE = 30
STEPS = (0, 10, 20, 30, 40, 50, 60, 70)


def heads(seed: int) -> dict[int, Array]:
    """Pictures (360, 360, 3) of somebody who turns his head by degrees."""
    portrait = make_portrait(np.random.default_rng(seed))
    made = {}
    for yaw in STEPS:
        pose = np.zeros(len(DOFS))
        pose[DOFS.index("neck_turn")] = yaw if seed % 2 else -yaw
        shot = render(portrait, pose, camera=close_up(portrait.actor.height, size=360), size=360)
        cover = shot.picture[..., 3:] / 255
        made[yaw] = np.rint(shot.picture[..., :3] + (1 - cover) * [120, 130, 140]).astype(np.uint8)
    return made


@pytest.fixture(scope="module")
def somebody() -> dict[int, Array]:
    return heads(1)


def nobody() -> People:
    return People.empty(skeleton("coco17"))


def scenes(pictures: list[Array], people: list[People] | None = None, epochs: list[int] | None = None) -> Generator[Scene]:
    for i, picture in enumerate(pictures):
        size = picture.shape[1], picture.shape[0]
        epoch = epochs[i] if epochs else 0
        frame = Frame(picture, index=i, time=i / RATE, epoch=epoch)
        yield Scene(i, i / RATE, size, people[i] if people else nobody(), epoch=epoch, frame=frame)


def changes(before: list[Array], after: list[Scene]) -> Array:
    """(n,) how much each picture was changed."""
    assert [scene.index for scene in after] == list(range(len(before)))
    return np.array(
        [np.abs(old.astype(int) - new.frame.image).mean() for old, new in zip(before, after, strict=True) if new.frame]
    )


@pytest.mark.parametrize("seed", [1, 2])
def test_it_goes_when_the_face_turns_and_comes_back(seed: int) -> None:
    made = heads(seed)
    course = [0] * 20 + list(STEPS[1:-1]) + [70] * 14 + list(STEPS[-2:0:-1]) + [0] * 15
    finder, wearers, shown = FaceFinder(), Wearers("sunglasses"), []
    for i, yaw in enumerate(course):
        wearers.update(made[yaw], finder(made[yaw], nobody()), i / RATE)
        shown.append(sum(wearers.opacities.values()))
    course_, opacity = np.array(course), np.array(shown)
    assert (opacity[10:20] > 0.9).all() and (opacity[-5:] > 0.9).all()
    first = int((course_ >= 60).argmax())  # beyond any limit
    gone = slice(first + round(0.15 * RATE), int(len(course_) - (course_[::-1] >= 60).argmax()))
    assert (opacity[gone] < 0.1).all()
    assert np.abs(np.diff(opacity)).max() <= 1 / RATE / 0.15 + 1e-9


def hand_at(x: float, y: float, wide: float) -> Array:
    """(21, 2) a flat hand, fingers up."""
    fingers = np.linspace(0, 1, 4)[:, None] * [0, -wide]
    palm = [np.array([[x, y + wide]])]
    return np.concatenate(palm + [np.array([x + (k - 2) * wide / 4, y]) + fingers for k in range(5)])


def test_it_goes_when_a_hand_is_before_the_face(somebody: dict[int, Array]) -> None:
    face = next(iter(FaceFinder()(somebody[0])))
    x, y = (face.box[:2] + face.box[2:]) / 2
    points = np.zeros((1, 133, 2), np.float32)
    points[0, 91:112] = hand_at(float(x), float(y), float(face.box[2] - face.box[0]))
    sure = np.zeros((1, 133), np.float32)
    sure[0, 91:112] = 0.9
    covered = People(np.array([[0, 0, 360, 360]]), np.ones(1), points, sure, skeleton("wholebody133"), np.array([-1]))
    pictures = [somebody[0]] * 50
    people = [covered if 20 <= i < 32 else nobody() for i in range(50)]
    change = changes(pictures, list(filtered(scenes(pictures, people), "sunglasses")))
    clear = change[12:20].mean()
    assert clear > 0.5 and change[25:32].max() < 0.05 * clear and change[-6:].min() > 0.9 * clear
    assert change[0] == 0  # it comes, it does not pop up


def test_closing_early_closes_the_source(somebody: dict[int, Array]) -> None:
    closed = []

    def source() -> Iterator[Scene]:
        try:
            yield from scenes([somebody[0]] * 100)
        finally:
            closed.append(True)

    stream = filtered(source(), "glasses")
    next(stream)
    stream.close()
    assert closed == [True]


def test_an_unknown_filter_is_said_before_anything_is_read() -> None:
    source = scenes([np.zeros((9, 9, 3), np.uint8)])
    with pytest.raises(UsageError, match="there are beard"):
        filtered(source, "no such")
    assert next(source).index == 0


def test_scenes_without_pictures_or_faces_pass_as_they_are() -> None:
    bare = Scene(0, 0.0, (64, 48), nobody())
    deep = Scene(1, 0.1, (64, 48), nobody(), frame=Frame(depth=np.ones((48, 64), np.float32)))
    black = Scene(2, 0.2, (640, 480), nobody(), frame=Frame(np.zeros((480, 640, 3), np.uint8), time=0.2))
    tiny = Scene(3, 0.3, (2, 2), nobody(), frame=Frame(np.zeros((2, 2, 3), np.uint8), time=0.3))
    for before, after in zip([bare, deep, black, tiny], filtered([bare, deep, black, tiny], "crown"), strict=True):
        assert after is before


def test_all_else_of_a_scene_is_kept_and_the_source_is_not_changed(somebody: dict[int, Array]) -> None:
    picture = somebody[0].copy()
    before = list(scenes([picture] * 12))
    after = list(filtered(before, "tiger"))
    assert (picture == somebody[0]).all()
    last = after[-1]
    assert last.frame is not None and (last.frame.image != picture).any()
    assert (last.frame.index, last.frame.time, last.frame.size) == (11, 11 / RATE, (360, 360))
    assert last == before[-1]  # frames are not compared


def test_a_new_epoch_starts_anew(somebody: dict[int, Array]) -> None:
    pictures = [somebody[0]] * 24
    change = changes(pictures, list(filtered(scenes(pictures, epochs=[0] * 14 + [1] * 10), "glasses")))
    assert change[13] > 0 and change[14] == 0 and change[-1] > 0


def test_one_s_own_picture(somebody: dict[int, Array]) -> None:
    mine = np.zeros((512, 512, 4), np.uint8)
    mine[60:140, 200:312] = (0, 255, 0, 255)  # above the head
    pictures = [somebody[0]] * 14
    last = list(filtered(scenes(pictures), mine))[-1]
    assert last.frame is not None
    green = (last.frame.image[..., 1].astype(int) - last.frame.image[..., 0] > 120).nonzero()
    face = FaceFinder()(somebody[0])[0]
    assert len(green[0]) > 200 and green[0].max() < face.box[1]


def test_it_goes_when_something_is_held_before_the_face(somebody: dict[int, Array]) -> None:
    face = FaceFinder()(somebody[0])[0]
    x1, y1, x2, y2 = face.box.astype(int)
    hidden = somebody[0].copy()
    hidden[(y1 + y2) // 2 - 5 : y2 + 20, x1 - 10 : x2 + 10] = (150, 60, 70)  # a folder before nose, mouth and chin
    pictures = [somebody[0]] * 16 + [hidden] * 10 + [somebody[0]] * 14
    change = changes(pictures, list(filtered(scenes(pictures), "sunglasses")))
    clear = change[12:16].mean()
    assert change[22:26].max() < 0.05 * clear and change[-3:].min() > 0.9 * clear


@pytest.mark.parametrize("first", ["filter", "redaction"])
def test_it_goes_along_with_redaction(somebody: dict[int, Array], first: str) -> None:
    pictures = [somebody[0]] * 6
    source = scenes(pictures)
    if first == "filter":
        out = list(redacted(filtered(source, "glasses"), "face", "solid"))
    else:
        out = list(filtered(redacted(source, "face", "solid"), "glasses"))
    face = FaceFinder()(somebody[0])[0]
    x, y = ((face.box[:2] + face.box[2:]) / 2).astype(int)
    assert len(out) == 6
    for scene in out:  # whatever comes first, nothing of the face is left but what a filter drew
        assert scene.frame is not None
        assert (scene.frame.image[y + 20, x - 5 : x + 5] != somebody[0][y + 20, x - 5 : x + 5]).any()

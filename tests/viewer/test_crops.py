from __future__ import annotations

import dataclasses

import cv2
import numpy as np
import pytest
from made_poses import pose

from kinesics.errors import JobError
from kinesics.types import Array
from kinesics.viewer import Footage, Person
from kinesics.viewer.crop_frames import crop_frames
from kinesics.viewer.crop_lessons import CropLessons, CropSample, crop_lessons, crop_samples
from kinesics.viewer.crop_pictures import ANSWERS, bent, by_twos, crop_input, from_twos, line_maps, seam, stitched
from kinesics.viewer.crop_training import crop_gain, train_crops
from kinesics.viewer.crops import CropRefiner
from kinesics.viewer.drawing import Artist


def texture(seed: int) -> Array:
    """(512, 512, 4) uint8 premultiplied: soft colours, see-through in a corner."""
    rng = np.random.default_rng(seed)
    colour = cv2.resize(rng.integers(40, 250, (48, 48, 3)).astype(np.uint8), (512, 512), interpolation=cv2.INTER_CUBIC)
    alpha = np.full((512, 512), 255, np.uint8)
    alpha[:60, :60] = 0
    return np.dstack([np.where(alpha[..., None] > 0, colour, 0), alpha]).astype(np.uint8)


def person(poses: list[tuple[Array, Array]], nets: dict[str, bytes] | None = None) -> Person:
    encoded = [
        cv2.imencode(".webp", cv2.cvtColor(texture(i), cv2.COLOR_RGBA2BGRA), [cv2.IMWRITE_WEBP_QUALITY, 101])[1].tobytes()
        for i in range(len(poses))
    ]
    boxes = np.tile(np.array([0, 0, 512, 512], np.int32), (len(poses), 1))
    points, scores = (np.stack([p[i] for p in poses]).astype(np.float32) for i in (0, 1))
    return Person("made", tuple(encoded), boxes, points, scores, nets=nets or {})


@pytest.fixture(scope="module")
def two() -> Person:
    """Two keyframes: an open hand and a fist."""
    points, scores = pose(1)
    fist = points.copy()
    for start in (91, 112):
        for tip in (8, 12, 16, 20):
            fist[start + tip - 2 : start + tip + 1] = fist[start + tip - 3] + [[0, 6], [0, 12], [0, 16]]
    return person([(points, scores), (fist, scores)])


def test_pixels_by_twos_and_back_are_the_same() -> None:
    pictures = np.random.default_rng(0).random((2, 3, 64, 64)).astype(np.float32)
    blocks = by_twos(pictures)
    assert blocks.shape == (2, 12, 32, 32)
    assert blocks[1, 4 + 2, 5, 7] == pictures[1, 1, 11, 14]  # channel 1, second row, first column of the block
    np.testing.assert_array_equal(from_twos(blocks), pictures)


def test_the_lines_run_through_the_points_and_missing_points_draw_none() -> None:
    for frame in crop_frames(*pose()):
        maps = line_maps(frame)
        assert maps.shape == (6, 64, 64) and maps.max() <= 1
        assert (maps.reshape(6, -1).max(axis=1) > 0.8).all()
        at = np.rint(frame.points[8]).astype(int)
        assert maps[:, at[1], at[0]].max() > 0.3
        lost = dataclasses.replace(frame, points=np.full_like(frame.points, np.nan))
        assert line_maps(lost).max() == 0


def test_a_crop_bent_to_its_own_pose_is_not_bent() -> None:
    for frame in crop_frames(*pose()):
        places = bent(frame, frame)
        back = cv2.invertAffineTransform(frame.matrix)
        y, x = np.mgrid[:64, :64]
        np.testing.assert_allclose(
            places[2:-2, 2:-2], (np.stack([x, y], -1) @ back[:, :2].T + back[:, 2])[2:-2, 2:-2], atol=0.05
        )


def test_a_bent_crop_shows_the_points_where_they_are_wanted(two: Person) -> None:
    wanted = crop_frames(two.points[0], two.scores[0])[1]
    held = crop_frames(two.points[1], two.scores[1])[1]
    places = bent(wanted, held)
    for joint in (0, 5, 12, 17):
        x, y = np.rint(wanted.points[joint]).astype(int)
        assert np.linalg.norm(places[y, x] - two.points[1, 91 + joint]) < 4


def test_an_answer_of_nothing_leaves_the_picture_and_one_of_all_takes_the_keyframe_inside_only() -> None:
    picture, keyframe = texture(5), texture(6)
    for frame in crop_frames(*pose()):
        places = bent(frame, frame)
        made = picture.copy()
        stitched(made, keyframe, places, np.zeros((ANSWERS, 64, 64), np.float32), frame)
        np.testing.assert_array_equal(made, picture)
        answer = np.zeros((ANSWERS, 64, 64), np.float32)
        answer[4] = 1
        stitched(made, keyframe, places, answer, dataclasses.replace(frame, room=1.0))
        whole = cv2.warpAffine(seam(), frame.matrix, (512, 512), flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP)
        np.testing.assert_array_equal(made[whole == 0], picture[whole == 0])
        np.testing.assert_allclose(made[whole > 0.999].astype(float), keyframe[whole > 0.999], atol=3)
        assert (made[..., :3] <= made[..., 3:]).all()


def test_without_a_net_a_picture_stays_as_it_is(two: Person) -> None:
    refiner = CropRefiner(two)
    picture = texture(3)
    assert not refiner.available
    assert refiner.draw(picture, two.points[0], two.scores[0]) is picture


def test_the_hand_with_the_most_similar_shape_is_found_and_none_across(two: Person) -> None:
    refiner = CropRefiner(two)
    for key in (0, 1):
        moved = two.points[key] * 0.8 + 40
        chosen = refiner.choose(moved, two.scores[key])
        assert (chosen["left"], chosen["right"]) == (key, key)
    alone = two.scores[1].copy()
    alone[91:112] = 0
    points, scores = two.points.copy(), two.scores.copy()
    points[:, 112:133], scores[:, 112:133] = np.nan, 0
    lefts = CropRefiner(dataclasses.replace(two, points=points, scores=scores))
    assert lefts.choose(two.points[1], alone)["right"] == -1  # left hands are no right hands
    assert refiner.choose(two.points[0], two.scores[0], allowed=np.array([False, True]))["left"] in (1, -1)


def test_a_choice_is_held_on_to(two: Person) -> None:
    refiner = CropRefiner(two)
    between = 0.5 * (two.points[0] + two.points[1])
    for before in (0, 1):
        assert refiner.choose(between, two.scores[0], before={"left": before})["left"] == before


def test_missing_hands_are_never_drawn_and_an_untrained_net_changes_nothing(two: Person) -> None:
    pytest.importorskip("torch")
    sample = CropSample(texture(8), texture(9), two.points[0], two.scores[0])
    graph = train_crops(two, [sample], steps=0)
    assert len(graph) < 300_000
    refiner = CropRefiner(dataclasses.replace(two, nets={"crops": graph}))
    assert refiner.available
    picture = texture(8)
    np.testing.assert_array_equal(refiner.draw(picture, two.points[0], two.scores[0]), picture)
    points, scores = np.full((133, 2), np.nan, np.float32), np.zeros(133, np.float32)
    assert refiner.draw(picture, points, scores) is picture


def test_a_net_learns_to_make_crops_better_and_leaves_the_rest(two: Person) -> None:
    pytest.importorskip("torch")
    real = two.keyframe(0)
    samples = [CropSample(cv2.GaussianBlur(real, (0, 0), 3), real, two.points[0], two.scores[0])]
    losses: list[float] = []
    graph = train_crops(two, samples, steps=30, progress=lambda step, loss: losses.append(loss))
    assert len(losses) == 30 and np.mean(losses[-5:]) < 0.8 * losses[0]
    before, after = crop_gain(two, samples, graph)
    assert after > before + 1
    made = CropRefiner(two, graph=graph).draw(samples[0].drawn, two.points[0], two.scores[0])
    np.testing.assert_array_equal(made[400:], samples[0].drawn[400:])
    assert train_crops(two, samples, steps=3, start=graph) != graph


def test_what_the_net_is_told_has_its_channels_in_order() -> None:
    frame = crop_frames(*pose())[0]
    drawn, kept = np.full((64, 64, 4), 51, np.uint8), np.full((64, 64, 4), 102, np.uint8)
    told = crop_input(drawn, kept, frame)
    assert told[:4] == pytest.approx(0.2) and told[4:8] == pytest.approx(0.4) and told[-1] == pytest.approx(1)


@pytest.mark.parametrize("known", [False, True])
def test_samples_are_drawn_from_allowed_keyframes_beside_the_frame_without_its_background(two: Person, known: bool) -> None:
    alpha = np.zeros((3, 512, 512), np.uint8)
    alpha[:, 100:400, 100:400], alpha[:, 90:100, 100:400] = 255, 128
    behind = np.full((512, 512, 3), 200, np.uint8)
    share = alpha[..., None] / 255
    pictures = np.rint(60 * share + behind * (1 - share)).astype(np.uint8)
    points = np.stack([two.points[0], two.points[1], two.points[0]])
    scores = np.full((3, 133), 0.9, np.float32) * np.isfinite(points[..., 0])
    footage = Footage(pictures, alpha, points, scores, np.arange(3.0), np.zeros(3, np.int32), behind if known else None)
    allowed = np.array([[False, True], [True, False], [False, False]])
    made = list(crop_samples(Artist(two), footage, allowed))
    assert len(made) == 2  # the third one has no keyframe that it may be drawn from
    np.testing.assert_array_equal(made[0].allowed, allowed[0])
    assert made[0].real[200, 200].tolist() == [60, 60, 60, 255] and made[0].real[10, 10].tolist() == [0, 0, 0, 0]
    if known:
        assert np.abs(made[0].real[95, 200].astype(int) - [30, 30, 30, 128]).max() <= 1
    assert len(list(crop_samples(Artist(two), footage, np.ones((3, 2), bool), most=1))) == 1


def test_lessons_of_several_persons_are_joined_and_nothing_to_learn_is_told(two: Person) -> None:
    sample = CropSample(texture(8), texture(9), two.points[0], two.scores[0])
    one = crop_lessons(two, [sample])
    assert len(one) == 3 and len(CropLessons.joined([one, one])) == 6
    with pytest.raises(JobError, match="nothing to teach"):
        crop_lessons(two, [dataclasses.replace(sample, scores=np.zeros(133, np.float32))])

"""The classifier as its users have it: what it learns, what it says, what it refuses."""

from __future__ import annotations

import tracemalloc
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from made_clips import BODIES, fitted, lossy, one_by_one, shown, wandering
from made_motions import BODY, clip, examples, motion, still

from kinesics import ActionClassifier
from kinesics.errors import KinesicsError, NotFittedError, UsageError
from kinesics.types import PoseSequence, Skeleton

LABELS = ["pull", "raise", "squat"]


def blank(frames: int, seen: bool = False) -> PoseSequence:
    """A clip of one person, standing or not seen at all."""
    points = np.repeat(shown("raise").points[:1], frames, 0)
    return PoseSequence(points, np.full(points.shape[:3], float(seen)), np.arange(frames) / 30, BODY)


@pytest.mark.parametrize("head", ["rocket", "statistics", "boost"])
def test_it_tells_motions_it_was_shown(head: str) -> None:
    model = fitted(head)
    assert model.classes_ == ("pull", "raise", "squat") and model.skeleton_.joints == BODY.joints
    for seed in (7, 8):
        assert model.predict([shown(label, seed=seed) for label in LABELS]) == LABELS
    assert model.score([shown(label) for label in LABELS], LABELS) == 1.0


@pytest.mark.parametrize("head", ["rocket", "statistics", "boost"])
def test_probabilities_sum_to_one_and_asking_changes_nothing(head: str) -> None:
    clips = [shown("raise"), lossy(shown("squat"), 0.6), blank(3, True), blank(9), blank(0)]
    model = fitted(head)
    proba = model.predict_proba(clips)
    assert proba.shape == (5, 3) and np.allclose(proba.sum(1), 1) and (proba >= 0).all()
    assert np.array_equal(proba, model.predict_proba(clips))
    assert np.array_equal(proba[::-1], model.predict_proba(clips[::-1]))
    assert model.predict_proba([]).shape == (0, 3)


@pytest.mark.parametrize("head", ["rocket", "statistics"])
def test_the_same_clips_and_seed_give_the_same_model(head: str) -> None:
    again = ActionClassifier(head=head).fit(*examples(each=4))
    assert np.array_equal(again.predict_proba([shown("pull")]), fitted(head).predict_proba([shown("pull")]))


@pytest.mark.parametrize("label", LABELS)
def test_place_size_and_frame_rate_hardly_matter(label: str) -> None:
    model = fitted()
    asked = [
        shown(label),
        shown(label, tall=90.0, at=(10.0, 10.0)),
        shown(label, tall=900.0, at=(1500.0, 700.0)),
        shown(label, fps=15.0),
        shown(label, fps=60.0),
    ]
    proba = model.predict_proba(asked)
    assert [model.classes_[i] for i in proba.argmax(1)] == [label] * 5
    assert np.abs(proba - proba[0]).max() < 0.3


def test_a_third_of_the_joints_may_be_missing() -> None:
    assert fitted().predict([lossy(shown(label), 0.33, seed=3) for label in LABELS]) == LABELS


@pytest.mark.parametrize(
    ("frames", "seen"), [(0, False), (1, True), (1, False), (2, True), (40, False)], ids=["0", "1", "1-", "2", "40-"]
)
def test_clips_with_hardly_anything_in_them_are_answered(frames: int, seen: bool) -> None:
    model = fitted()
    proba = model.predict_proba([blank(frames, seen)])
    assert proba.sum() == pytest.approx(1) and np.isfinite(proba).all()
    if not seen:
        assert np.allclose(proba, 1 / 3) and model.predict([blank(frames)]) == ["unknown"]
        assert not model.embed([blank(frames)]).any()
    moments, over = model.proba_over_time(blank(frames, seen))
    assert len(moments) == len(over) == (frames > 0 and seen) * len(moments)


def test_an_hour_takes_seconds_and_little_room() -> None:
    frames = 3600 * 15
    part = shown("squat", 15.0)
    points = np.resize(part.points, (frames, 1, 17, 2))
    hour = PoseSequence(points, np.ones((frames, 1, 17)), np.arange(frames) / 15, BODY)
    model = fitted("statistics")
    tracemalloc.start()
    proba = model.predict_proba([hour])
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert proba.sum() == pytest.approx(1) and most < 120 << 20
    short = PoseSequence(hour.points[:400], hour.scores[:400], hour.times[:400], BODY)
    assert model.classes_[int(proba.argmax())] == model.predict([short])[0]


def test_a_long_clip_is_one_clip_whatever_it_is_cut_into(monkeypatch: pytest.MonkeyPatch) -> None:
    long = clip(*[part for label in LABELS for part in (still(1.0), motion(label))], seed=4)
    whole = [(m.predict_proba([long]), *m.proba_over_time(long), m.embed([long])) for m in (fitted(), fitted("statistics"))]
    monkeypatch.setattr("kinesics.actions.reader.PIECE", 17)
    for model, before in zip((fitted(), fitted("statistics")), whole, strict=True):
        for a, b in zip(before, (model.predict_proba([long]), *model.proba_over_time(long), model.embed([long])), strict=True):
            assert np.allclose(a, b, atol=1e-4)


def test_joints_of_another_body_are_found_by_name_or_refused() -> None:
    names = ["Nose", "EyeLeft", "EyeRight", "EarLeft", "EarRight"]
    parts = ("Shoulder", "Elbow", "Wrist", "Hip", "Knee", "Ankle")
    names += [f"{part}{side}" for part in parts for side in ("Left", "Right")]
    order = np.random.default_rng(0).permutation(17)
    other = Skeleton("elsewhere", tuple(names[i] for i in order), ())
    asked = shown("raise")
    renamed = PoseSequence(asked.points[:, :, order], asked.scores[:, :, order], asked.times, other)
    assert np.allclose(fitted().predict_proba([renamed]), fitted().predict_proba([asked]), atol=1e-6)
    with pytest.raises(UsageError, match=r"^the joints of unnamed do not fit those of coco17: it has nothing for .*"):
        fitted().predict([wandering("unnamed", 2)])


def test_pictures_are_not_read_by_a_model_of_3d_and_3d_is_by_one_of_pictures() -> None:
    deep = [wandering("kinect20", 3, seed=seed) for seed in range(6)]
    model = ActionClassifier(head="statistics").fit(deep, ["a", "b"] * 3)
    with pytest.raises(UsageError, match="--view 2d"):
        model.predict([wandering("kinect20", 2)])
    flat = ActionClassifier(head="statistics", view="2d").fit(deep, ["a", "b"] * 3)
    assert flat.layout_.dims == 2 and flat.predict_proba(deep).shape == (6, 2)
    assert flat.predict_proba([wandering("coco17", 2)]).sum() == pytest.approx(1)
    with pytest.raises(UsageError, match="some have joints in a picture"):
        ActionClassifier(view="3d").fit([wandering("coco17", 2)] * 2, ["a", "b"])


def test_two_people_are_learned_together_and_one_is_picked_from_two() -> None:
    pairs = [wandering("coco17", 2, 2, seed=seed) for seed in range(8)]
    for i, pair in enumerate(pairs):
        if i % 2:
            pairs[i] = PoseSequence(pair.points[:, :1] + np.array([[0.0], [3.0]])[:, None], pair.scores, pair.times, BODY)
    model = ActionClassifier(head="statistics").fit(pairs, ["near", "far"] * 4)
    assert model.layout_.people == 2 and model.predict(pairs) == ["near", "far"] * 4
    assert model.predict_proba([shown("raise")]).sum() == pytest.approx(1)  # one of the two is not there
    one = shown("squat")
    both = PoseSequence(
        np.concatenate([np.full_like(one.points, np.nan), one.points], 1),
        np.concatenate([0 * one.scores, one.scores], 1),
        one.times,
        BODY,
    )
    assert np.allclose(fitted().predict_proba([both]), fitted().predict_proba([one]))


def test_names_of_any_kind_are_kept(tmp_path: Path) -> None:
    clips, labels = examples(each=2)
    names = {"pull": "a/b\\c", "raise": "x" * 300, "squat": "Kniebeuge ü 深蹲"}
    model = ActionClassifier(head="statistics").fit(clips, [names[label] for label in labels])
    model.save(tmp_path / "named.kin")
    assert set(ActionClassifier.load(tmp_path / "named.kin").predict(clips)) == set(names.values())


def test_decide_at_says_unknown_where_the_risk_is_higher() -> None:
    model = fitted("statistics")
    unsure = lossy(shown("raise")[:8], 0.5)
    risk = 1 - float(model.predict_proba([unsure]).max())
    assert 0 < risk < 1
    try:
        model.decide_at = risk * 0.9
        assert model.predict([unsure]) == ["unknown"]
        model.decide_at = min(risk * 1.1, 0.999)
        assert model.predict([unsure]) != ["unknown"]
    finally:
        model.decide_at = None


def one_class() -> tuple[list[PoseSequence], list[str]]:
    return [shown("raise"), shown("raise", seed=2)], ["raise"] * 2


@pytest.mark.parametrize(
    ("clips", "labels", "words"),
    [
        ([], [], "two clips"),
        ([shown("raise")], ["raise"], "two clips"),
        (*one_class(), "two actions"),
        ([shown("raise")] * 2, ["raise"], "a label"),
        ([blank(0), blank(0)], ["a", "b"], "two clips with somebody"),
        ([blank(9), blank(9)], ["a", "b"], "two clips with somebody"),
        ([shown("raise"), blank(9)], ["a", "b"], "two clips with somebody"),
        ([shown("raise"), wandering("kinect20", 3)], ["a", "b"], "apart"),
        ([shown("raise"), wandering("unnamed", 2)], ["a", "b"], "joints in common"),
    ],
    ids=["none", "one", "one class", "labels", "empty", "nobody", "one with nobody", "2D and 3D", "bodies"],
)
def test_what_cannot_be_learned_from_is_said_in_one_line(clips: list[PoseSequence], labels: list[str], words: str) -> None:
    with pytest.raises(KinesicsError, match=words) as caught:
        ActionClassifier(head="statistics").fit(clips, labels)
    assert isinstance(caught.value, UsageError) and "\n" not in str(caught.value)


def test_the_least_there_can_be_is_enough() -> None:
    clips = [shown("raise"), shown("squat"), blank(5), blank(0)]
    model = ActionClassifier(head="auto").fit(clips, ["raise", "squat", "raise", "squat"])
    assert model.predict(clips) == ["raise", "squat", "unknown", "unknown"]
    tiny = ActionClassifier(head="statistics").fit([blank(1, True), shown("squat")], ["stand", "squat"])
    assert tiny.predict_proba([blank(1, True)]).sum() == pytest.approx(1)


@pytest.mark.parametrize(
    "options", [{"view": "4d"}, {"decide_at": 0}, {"decide_at": 1.5}, {"minutes": 0}, {"minutes": float("nan")}]
)
def test_options_that_make_no_sense_are_refused(options: dict[str, Any]) -> None:
    with pytest.raises(UsageError, match=f"{next(iter(options))}: expected"):
        ActionClassifier(**options)


def test_an_unknown_head_is_refused_with_those_there_are() -> None:
    with pytest.raises(UsageError, match="auto, net, boost, rocket, statistics"):
        ActionClassifier(head="magic").fit(*examples(each=2))


def test_before_it_has_learned_it_says_so(tmp_path: Path) -> None:
    model = ActionClassifier()
    asks = (
        lambda: model.predict([]),
        lambda: model.predict_proba([]),
        lambda: model.embed([]),
        lambda: model.stepper(),
        lambda: model.proba_over_time(shown("raise")),
        lambda: model.save(tmp_path / "x.kin"),
        lambda: model.parameters_,
    )
    for ask in asks:
        with pytest.raises(NotFittedError, match="call fit"):
            ask()


def test_held_out_clips_are_of_people_it_has_not_learned_from() -> None:
    clips, labels = examples(each=6)
    who = [f"p{i % 3}" for i in range(len(clips))]
    model = ActionClassifier(head="statistics").fit(clips, labels, subjects=who)
    held = model.validation_
    assert held is not None and np.allclose(held["proba"].sum(1), 1)
    aside = {who[i] for i in held["clips"]}
    assert {i for i, name in enumerate(who) if name in aside} == set(held["clips"].tolist())
    assert [model.classes_[i] for i in held["labels"]] == [labels[i] for i in held["clips"]]
    assert set(held["proba_early"]) == {0.1, 0.25, 0.5, 0.75, 1.0}


def test_turning_with_the_camera_does_not_matter_where_people_face_all_ways() -> None:
    rng = np.random.default_rng(0)
    body, clips = BODIES["kinect20"], []
    rest = np.random.default_rng(1).normal(0, 0.3, (20, 3))
    for name, x, y in (
        ("left_shoulder", 0.2, -0.5),
        ("right_shoulder", -0.2, -0.5),
        ("left_hip", 0.1, 0),
        ("right_hip", -0.1, 0),
    ):
        rest[body.joints.index(name)] = x, y, 0

    def turned(points: Any, degrees: float) -> PoseSequence:
        c, s = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
        moved = points @ np.array([[c, 0, s], [0, 1, 0], [-s, 0, c]]).T + [0.0, 0.0, 3.0]
        return PoseSequence(moved[:, None], np.ones((40, 1, 20)), np.arange(40) / 20, body)

    def act(label: int) -> Any:
        points = rest + rng.normal(0, 0.01, (40, 20, 3))
        points[:, 7 + 4 * label] += np.stack([np.sin(np.arange(40) / 3)] * 3, 1) * 0.4
        return points

    clips = [turned(act(i % 2), 30.0 * i) for i in range(12)]
    model = ActionClassifier(head="statistics").fit(clips, ["one", "other"] * 6)
    assert model.layout_.turn
    fresh = act(0)
    proba = model.predict_proba([turned(fresh, a) for a in (0.0, 77.0, 180.0)])
    assert np.abs(proba - proba[0]).max() < 0.05 and model.classes_[int(proba[0].argmax())] == "one"


def test_a_network_is_learned_saved_and_followed_like_the_rest(tmp_path: Path) -> None:
    pytest.importorskip("torch"), pytest.importorskip("onnx")
    told: list[dict[str, Any]] = []
    model = ActionClassifier(head="net", minutes=0.03).fit(*examples(each=5), progress=told.append)
    assert any({"step", "steps", "seconds", "loss", "accuracy", "confusion"} <= set(info) for info in told)
    assert 0 < model.parameters_ <= 500_000
    asked = [shown(label) for label in LABELS] + [lossy(shown("raise"), 0.3)]
    proba = model.predict_proba(asked)
    assert np.allclose(proba.sum(1), 1)
    model.save(tmp_path / "net.kin")
    back = ActionClassifier.load(tmp_path / "net.kin")
    assert np.array_equal(back.predict_proba(asked), proba) and back.parameters_ == model.parameters_
    for one, wanted in zip(asked, proba, strict=True):
        stepper = back.stepper()
        for frame in one_by_one(one):
            stepper.push(*frame)
        assert np.allclose(stepper.proba(), wanted, atol=1e-5)


def test_training_ends_where_progress_says_so_and_keeps_what_it_has() -> None:
    pytest.importorskip("torch"), pytest.importorskip("onnx")
    model = ActionClassifier(head="net", minutes=0.5).fit(*examples(each=5), progress=lambda info: info.get("step", 0) >= 2)
    assert max(info.get("step", 0) for info in model.history_) == 2
    assert model.predict_proba([shown("raise")]).sum() == pytest.approx(1)

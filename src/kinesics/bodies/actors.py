"""People to render: a body of its own shape, dressed, that takes any pose of `kinematics`, signs and speaks."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

import numpy as np

from ..errors import UsageError
from ..types import Array
from .accessories import random_pieces
from .clothing import clothed, hull
from .covering import body_materials
from .detail import load_detail
from .face import checked_face, move_amounts
from .fine import Fine, extra_labels, grown, make_extra, make_fine, moved_face
from .fingers import checked_fingers, finger_segments
from .human import Human, load_human
from .kinematics import DOFS, Body
from .landmarks import landmarks
from .materials import label, piece_material
from .outfits import Outfit, random_outfit, wardrobe
from .parts import PARTS
from .posing import pose_segments
from .rigging import Rig, make_rig
from .segments import SEGMENTS
from .shaping import Traits, random_traits
from .skinning import skin

_HEAD = SEGMENTS.index("head")


@dataclass(frozen=True)
class Posed:
    """An actor in a pose: `vertices` (v, 3), `joints` (35, 3) in the order of `JOINTS`; float32 metres, frame of
    `kinematics`. `matrices` (segments, 3, 4) took its segments from rest to there, before it was stood on the floor.
    """

    vertices: Array
    joints: Array
    matrices: Array
    actor: Actor

    @cached_property
    def landmarks(self) -> Array:
        """(133, 3) float32: the landmarks of COCO-WholeBody (skeleton wholebody133), frame of the vertices.

        Raises:
            UsageError: the actor is `light`.
        """
        rig, fine = self.actor.rig, self.actor.fine
        first = self.matrices[rig.joint_segments[0]]
        shift = self.joints[0] - (first[:, :3] @ rig.joints[0] + first[:, 3])
        return landmarks(self.vertices, self.joints, self.matrices, shift, fine.fingers, fine.detail)


@dataclass(frozen=True)
class Actor:
    """Somebody; see `make_actor`.

    `faces` (f, 3) int32 with `face_parts` (f,) uint8 of `PARTS` (0: seen, but no part: what is held or carried); `rest` (v, 3)
    float32 vertices at rest with `segments` (v, 4) uint8 and `weights` (v, 4) float32; the first `standing`
    vertices are the body's own, which stand on the floor; `rig` the joints at rest; `traits` and
    `height` (metres, without shoes) what the body is like; `worn` what it wears and holds; `outfit` the same in lengths, None:
    undressed; `pieces` what follows the body's faces: name, first face and number of faces of each. From vertex `extra` on
    (0: not) there is the finer mesh of `finer`, `only` of some materials.
    """

    faces: Array
    face_parts: Array
    rest: Array
    segments: Array
    weights: Array
    standing: int
    rig: Rig
    traits: Traits
    height: float
    worn: dict[str, Any]
    outfit: Outfit | None = None
    pieces: tuple[tuple[str, int, int], ...] = ()
    extra: int = 0
    only: tuple[str, ...] = ()

    @property
    def body(self) -> Body:
        """The stick body of `kinematics` with the lengths measured on this one."""
        return self.rig.body

    @cached_property
    def fine(self) -> Fine:
        """Fingers with joints and a face that moves, made when first asked for.

        Raises:
            UsageError: the actor is `light`.
            WeightsError: the body's second file is missing or damaged.
        """
        self._check_full()
        scale, middle = grown(self.traits, self.height)
        return make_fine(self.traits, scale, middle, self.rig, self.segments, self.weights, self.rest, self.extra)

    @cached_property
    def materials(self) -> Array:
        """(f,) uint8 of `MATERIALS`: what each face is made of. `scalp` is where hair grows, also on the bald.

        Raises:
            UsageError: the actor is `light`.
        """
        self._check_full()
        own = load_detail().materials
        out = np.full(len(self.faces), label("thing"), np.uint8)
        body = own if self.extra == 0 else np.where(own == label("brow"), np.uint8(label("skin")), own)
        out[: len(own)] = body_materials(body, self.outfit, self.faces[: len(own)], self.rest[: self.standing])
        for name, first, faces in self.pieces:
            out[first : first + faces] = extra_labels(self.only) if name == "detail" else piece_material(name)
        return out

    def _check_full(self) -> None:
        if self.standing != len(load_human("full").meshes["body"].segments):
            raise UsageError("a light actor has no fingers, face, landmarks or materials; make it with detail 'full' or 'fine'")

    def posed(
        self, pose: Array, hands: Array | None = None, *, fingers: Array | None = None, face: Array | None = None
    ) -> Posed:
        """Skin and joints in a pose.

        Args:
            pose: (len(DOFS),), degrees; the same that `kinematics.forward` takes, and meant the same.
            hands: (4,) pronation left and right in degrees (-80 to 80; 0 has the thumbs in front when the arms hang), curl
            of the
                fingers left and right (0 to 1).
            fingers: (2, 20) degrees in the order of `FINGER_ANGLES`, left and right, within `FINGER_LIMITS`; 0 is a straight
                hand as at rest. They take the place of the curl in `hands`.
            face: (6,) 0 to 1 in the order of `FACE_MOVES`; what goes beyond is cut off.

        Returns:
            x to the person's left, y down, z to the back; the lowest vertex on the floor y = 0, or `jump` above it.

        Raises:
            UsageError: not one value for each of `DOFS`, or fingers or a face of another shape, or for a `light` actor.
        """
        pose = np.ascontiguousarray(pose, np.float64)
        if pose.shape != (len(DOFS),):
            raise UsageError(
                f"a pose has the {len(DOFS)} values of DOFS, one came with shape {pose.shape}; give one pose at a time"
            )
        held = np.zeros(4) if hands is None else np.ascontiguousarray(hands, np.float64)
        rig, rest, segments, weights = self.rig, self.rest, self.segments, self.weights
        if fingers is not None:
            held = held * [1, 1, 0, 0]
        matrices = pose_segments(pose, held, rig)
        if fingers is not None:
            matrices = finger_segments(matrices, checked_fingers(fingers), self.fine.fingers)
            segments, weights = self.fine.segments, self.fine.weights
        if face is not None:
            rest = moved_face(rest, self.fine, move_amounts(checked_face(face)))
        vertices, joints = skin(matrices, rest, segments, weights, rig.joints, rig.joint_segments, pose, self.standing)
        return Posed(vertices, joints, matrices, self)

    def describe(self) -> dict[str, Any]:
        """Age, sex, height and the rest in plain words and numbers."""
        sex = "woman" if self.traits.sex < 0.4 else "man" if self.traits.sex > 0.6 else "between"
        return {
            "age": round(self.traits.age),
            "sex": sex,
            "height": round(self.height, 3),
            "weight": round(self.traits.weight, 2),
            "muscle": round(self.traits.muscle, 2),
            **self.worn,
        }


def make_actor(
    rng: np.random.Generator,
    *,
    detail: Literal["full", "light", "fine"] = "full",
    dressed: bool = True,
    traits: Traits | None = None,
    height: float | None = None,
) -> Actor:
    """Somebody, the same for the same state of `rng`.

    Args:
        rng: draws what is not given.
        detail: `full` has about 26,000 triangles, `light` about 5,200, `fine` 2,900 more than `full`: round eyes, teeth, tongue
            and the inside of the mouth, lashes, brows; for faces seen close. The same draws give the same person.
        dressed: with clothes, hair, and sometimes a bag or something in the hands.
        traits: what the body is like; its height trait is found for `height`.
        height: metres, without shoes; 1.0 to 2.1.

    Raises:
        UsageError: an unknown detail.
        WeightsError: the baked body is missing or damaged.
    """
    if detail not in ("full", "light", "fine"):
        raise UsageError(f"detail is 'full', 'light' or 'fine', {detail!r} came")
    drawn, drawn_height = random_traits(rng)
    mesh: Literal["full", "light"] = "light" if detail == "light" else "full"
    human = load_human(mesh)
    traits, height = drawn if traits is None else traits, drawn_height if height is None else height
    traits, scale = _as_tall(human, traits, height)
    rows = human.shape(traits) * np.float32(scale)
    rig, middle = make_rig(human.named(rows))
    rows = rows - middle.astype(np.float32)
    actor = _undressed(human, rows, rig, traits, height)
    actor = _dressed(actor, rng, mesh, rows) if dressed else actor
    return finer(actor) if detail == "fine" else actor


def _undressed(human: Human, rows: Array, rig: Rig, traits: Traits, height: float) -> Actor:
    mesh = human.meshes["body"]
    rest = mesh.whole(rows)
    return Actor(mesh.faces, mesh.parts, rest, mesh.segments, mesh.weights, len(rest), rig, traits, height, {})


def _dressed(actor: Actor, rng: np.random.Generator, detail: Literal["full", "light"], rows: Array) -> Actor:
    outfit = random_outfit(rng, actor.traits)
    pieces = random_pieces(rng, outfit, actor.rig)
    rest = [clothed(outfit, detail, actor.rest, actor.faces)]
    faces, parts, segments, weights = [actor.faces], [actor.face_parts], [actor.segments], [actor.weights]
    count = len(rest[0])
    worn: list[tuple[str, int, int]] = []
    hulls: list[Literal["skirt", "hair"]] = ["skirt"] if outfit.skirt > 0 else []
    hulls += ["hair"] if outfit.hair == "long" else []
    for name in hulls:
        vertices, own, labels, mesh = hull(name, outfit, detail, rows)
        rest.append(vertices)
        faces.append(own + count)
        parts.append(labels)
        segments.append(mesh.segments)
        weights.append(mesh.weights)
        count += len(vertices)
        worn.append((name, sum(map(len, faces)) - len(own), len(own)))
    for piece in pieces:
        size = len(piece.vertices)
        rest.append(piece.vertices.astype(np.float32))
        faces.append((piece.faces + count).astype(np.int32))
        parts.append(piece.parts)
        segments.append(np.full((size, 4), piece.segment, np.uint8))
        weights.append(np.tile(np.array([1, 0, 0, 0], np.float32), (size, 1)))
        count += size
        worn.append((piece.name, sum(map(len, faces)) - len(piece.faces), len(piece.faces)))
    return dataclasses.replace(
        actor,
        faces=np.concatenate(faces).astype(np.int32),
        face_parts=np.concatenate(parts),
        rest=np.concatenate(rest),
        segments=np.concatenate(segments),
        weights=np.concatenate(weights),
        worn={**wardrobe(outfit), "with": [piece.name for piece in pieces]},
        outfit=outfit,
        pieces=tuple(worn),
    )


def finer(actor: Actor, only: tuple[str, ...] = ()) -> Actor:
    """An actor of full detail with a finer mesh of eyes and mouth at the end of its arrays, which else stay as they are.

    Args:
        actor: whoever has no such mesh yet.
        only: names of `MATERIALS` to keep of it: mouth, teeth, tongue, lash, brow, eye_white, iris, pupil; empty: all. With the
            eyes the body's own eyeballs shrink behind them.

    Raises:
        UsageError: the actor is `light`, or finer already.
        WeightsError: the body's second file is missing or damaged.
    """
    actor._check_full()
    if actor.extra:
        raise UsageError("the actor has the finer mesh already")
    scale, middle = grown(actor.traits, actor.height)
    extra = make_extra(actor.traits, scale, middle, actor.rest, only)
    count = len(extra.vertices)
    rest = actor.rest.copy()
    rest[extra.hidden] = extra.behind
    side = np.where(extra.vertices[extra.faces].mean(axis=1)[:, 0] >= 0, PARTS.index("left_head"), PARTS.index("right_head"))
    return dataclasses.replace(
        actor,
        faces=np.concatenate([actor.faces, extra.faces + len(rest)]).astype(np.int32),
        face_parts=np.concatenate([actor.face_parts, side.astype(np.uint8)]),
        rest=np.concatenate([rest, extra.vertices]),
        segments=np.concatenate([actor.segments, np.full((count, 4), _HEAD, np.uint8)]),
        weights=np.concatenate([actor.weights, np.tile(np.array([1, 0, 0, 0], np.float32), (count, 1))]),
        pieces=(*actor.pieces, ("detail", len(actor.faces), len(extra.faces))),
        extra=len(rest),
        only=only,
    )


def _as_tall(human: Human, traits: Traits, height: float) -> tuple[Traits, float]:
    """The traits with the height trait that makes the body about `height` tall, and what is still missing as a factor."""

    def stature(value: float) -> float:
        points = human.points(dataclasses.replace(traits, height=value))
        return float(points["heel"][1] - points["crown"][1])

    knots = [0.15, 0.5, 0.85]
    tall = [stature(k) for k in knots]
    found = dataclasses.replace(traits, height=float(np.interp(height, tall, knots)))
    return found, height / stature(found.height)

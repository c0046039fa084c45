"""People to render: a body of its own shape, dressed, that takes any pose of `kinematics`."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from ..errors import UsageError
from ..types import Array
from .accessories import random_pieces
from .clothing import clothed, hull
from .human import Human, load_human
from .kinematics import DOFS, Body
from .outfits import random_outfit, wardrobe
from .posing import pose_segments
from .rigging import Rig, make_rig
from .shaping import Traits, random_traits
from .skinning import skin


@dataclass(frozen=True)
class Posed:
    """An actor in a pose: `vertices` (v, 3), `joints` (35, 3) in the order of `JOINTS`; float32 metres, frame of
    `kinematics`.
    """

    vertices: Array
    joints: Array


@dataclass(frozen=True)
class Actor:
    """Somebody; see `make_actor`.

    `faces` (f, 3) int32 with `face_parts` (f,) uint8 of `PARTS` (0: seen, but no part: what is held or carried); `rest` (v, 3)
    float32 vertices at rest with `segments` (v, 4) uint8 and `weights` (v, 4) float32; the first `standing`
    vertices are the body's own, which stand on the floor; `rig` the joints at rest; `traits` and
    `height` (metres, without shoes) what the body is like; `worn` what it wears and holds.
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

    @property
    def body(self) -> Body:
        """The stick body of `kinematics` with the lengths measured on this one."""
        return self.rig.body

    def posed(self, pose: Array, hands: Array | None = None) -> Posed:
        """Skin and joints in a pose.

        Args:
            pose: (len(DOFS),), degrees; the same that `kinematics.forward` takes, and meant the same.
            hands: (4,) pronation left and right in degrees (-80 to 80; 0 has the thumbs in front when the arms hang), curl
            of the
                fingers left and right (0 to 1).

        Returns:
            x to the person's left, y down, z to the back; the lowest vertex on the floor y = 0, or `jump` above it.

        Raises:
            UsageError: not one value for each of `DOFS`.
        """
        pose = np.ascontiguousarray(pose, np.float64)
        if pose.shape != (len(DOFS),):
            raise UsageError(
                f"a pose has the {len(DOFS)} values of DOFS, one came with shape {pose.shape}; give one pose at a time"
            )
        held = np.zeros(4) if hands is None else np.ascontiguousarray(hands, np.float64)
        rig = self.rig
        matrices = pose_segments(pose, held, rig)
        return Posed(
            *skin(matrices, self.rest, self.segments, self.weights, rig.joints, rig.joint_segments, pose, self.standing)
        )

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
    detail: Literal["full", "light"] = "full",
    dressed: bool = True,
    traits: Traits | None = None,
    height: float | None = None,
) -> Actor:
    """Somebody, the same for the same state of `rng`.

    Args:
        rng: draws what is not given.
        detail: `full` has about 26,000 triangles, `light` about 5,200; the same draws give the same person in both.
        dressed: with clothes, hair, and sometimes a bag or something in the hands.
        traits: what the body is like; its height trait is found for `height`.
        height: metres, without shoes; 1.0 to 2.1.

    Raises:
        UsageError: an unknown detail.
        WeightsError: the baked body is missing or damaged.
    """
    if detail not in ("full", "light"):
        raise UsageError(f"detail is 'full' or 'light', {detail!r} came")
    drawn, drawn_height = random_traits(rng)
    human = load_human(detail)
    traits, height = drawn if traits is None else traits, drawn_height if height is None else height
    traits, scale = _as_tall(human, traits, height)
    rows = human.shape(traits) * np.float32(scale)
    rig, middle = make_rig(human.named(rows))
    rows = rows - middle.astype(np.float32)
    actor = _undressed(human, rows, rig, traits, height)
    return _dressed(actor, rng, detail, rows) if dressed else actor


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
    for piece in pieces:
        size = len(piece.vertices)
        rest.append(piece.vertices.astype(np.float32))
        faces.append((piece.faces + count).astype(np.int32))
        parts.append(piece.parts)
        segments.append(np.full((size, 4), piece.segment, np.uint8))
        weights.append(np.tile(np.array([1, 0, 0, 0], np.float32), (size, 1)))
        count += size
    return dataclasses.replace(
        actor,
        faces=np.concatenate(faces).astype(np.int32),
        face_parts=np.concatenate(parts),
        rest=np.concatenate(rest),
        segments=np.concatenate(segments),
        weights=np.concatenate(weights),
        worn={**wardrobe(outfit), "with": [piece.name for piece in pieces]},
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

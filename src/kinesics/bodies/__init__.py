"""Made bodies that move: shape, skeleton, skin, possible poses, endless kinds of motion, and what sensors see of them.

What training without anybody's data, tests, depth renders and the viewer are made from. Nothing heavy is imported before it is
asked for.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

_HOMES = {
    "Actor": "actors",
    "Body": "kinematics",
    "DOFS": "kinematics",
    "FACE_MOVES": "face",
    "FINGER_ANGLES": "fingers",
    "FINGER_LIMITS": "fingers",
    "HANDSHAPES": "handshapes",
    "HandPath": "recipes",
    "JOINTS": "kinematics",
    "LIMITS": "kinematics",
    "MATERIALS": "materials",
    "Move": "recipes",
    "NAMED_MOTIONS": "named",
    "PARTS": "parts",
    "Performance": "motions",
    "Portrait": "dressing",
    "PoseBank": "pose_bank",
    "Posed": "actors",
    "Recipe": "recipes",
    "SENSORS": "sensor_noise",
    "STANCES": "recipes",
    "Shot": "portraits",
    "Standpoint": "standpoints",
    "Traits": "shaping",
    "View": "views",
    "ViewMaker": "views",
    "Viewpoint": "viewpoints",
    "backwards": "recipes",
    "centre_of_mass": "balance",
    "collides": "collisions",
    "depth_camera": "sensors",
    "draw_mesh": "zbuffer",
    "finer": "actors",
    "forward": "kinematics",
    "joint_places": "placing",
    "limited": "kinematics",
    "limited_fingers": "fingers",
    "made_footage": "performing",
    "make_actor": "actors",
    "make_body": "kinematics",
    "make_portrait": "portraits",
    "mirrored": "recipes",
    "mirrored_face": "face",
    "mirrored_fingers": "fingers",
    "mirrored_hands": "mirroring",
    "mirrored_pose": "mirroring",
    "motion_clips": "motions",
    "named_motion": "named",
    "part_mirror": "parts",
    "perform": "motions",
    "picture_camera": "sensors",
    "random_faces": "face",
    "random_fingers": "handshapes",
    "random_recipe": "inventing",
    "reach": "reaching",
    "recipe_of": "inventing",
    "retarget": "retargeting",
    "sense": "sensor_noise",
    "skeleton_of": "sensors",
}

__all__ = sorted(_HOMES)

if TYPE_CHECKING:
    from .actors import Actor as Actor
    from .actors import Posed as Posed
    from .actors import finer as finer
    from .actors import make_actor as make_actor
    from .balance import centre_of_mass as centre_of_mass
    from .collisions import collides as collides
    from .dressing import Portrait as Portrait
    from .face import FACE_MOVES as FACE_MOVES
    from .face import mirrored_face as mirrored_face
    from .face import random_faces as random_faces
    from .fingers import FINGER_ANGLES as FINGER_ANGLES
    from .fingers import FINGER_LIMITS as FINGER_LIMITS
    from .fingers import limited_fingers as limited_fingers
    from .fingers import mirrored_fingers as mirrored_fingers
    from .handshapes import HANDSHAPES as HANDSHAPES
    from .handshapes import random_fingers as random_fingers
    from .inventing import random_recipe as random_recipe
    from .inventing import recipe_of as recipe_of
    from .kinematics import DOFS as DOFS
    from .kinematics import JOINTS as JOINTS
    from .kinematics import LIMITS as LIMITS
    from .kinematics import Body as Body
    from .kinematics import forward as forward
    from .kinematics import limited as limited
    from .kinematics import make_body as make_body
    from .materials import MATERIALS as MATERIALS
    from .mirroring import mirrored_hands as mirrored_hands
    from .mirroring import mirrored_pose as mirrored_pose
    from .motions import Performance as Performance
    from .motions import motion_clips as motion_clips
    from .motions import perform as perform
    from .named import NAMED_MOTIONS as NAMED_MOTIONS
    from .named import named_motion as named_motion
    from .parts import PARTS as PARTS
    from .parts import part_mirror as part_mirror
    from .performing import made_footage as made_footage
    from .placing import joint_places as joint_places
    from .portraits import Shot as Shot
    from .portraits import make_portrait as make_portrait
    from .pose_bank import PoseBank as PoseBank
    from .reaching import reach as reach
    from .recipes import STANCES as STANCES
    from .recipes import HandPath as HandPath
    from .recipes import Move as Move
    from .recipes import Recipe as Recipe
    from .recipes import backwards as backwards
    from .recipes import mirrored as mirrored
    from .retargeting import retarget as retarget
    from .sensor_noise import SENSORS as SENSORS
    from .sensor_noise import sense as sense
    from .sensors import depth_camera as depth_camera
    from .sensors import picture_camera as picture_camera
    from .sensors import skeleton_of as skeleton_of
    from .shaping import Traits as Traits
    from .standpoints import Standpoint as Standpoint
    from .viewpoints import Viewpoint as Viewpoint
    from .views import View as View
    from .views import ViewMaker as ViewMaker
    from .zbuffer import draw_mesh as draw_mesh


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(importlib.import_module(f".{_HOMES[name]}", __name__), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return __all__

"""The records that flow between stages: frozen, checked once when made, arrays read-only.

Pixels: x to the right, y down, in the displayed picture (rotation applied). Depth and 3D: metres, x right, y down, z away from
the camera. Scores: 0 to 1. Times: seconds from the first frame. A missing joint has score 0 and coordinates NaN. A person's id
is an int, -1 for "not yet".
"""

from __future__ import annotations

from .arrays import Array
from .camera import Camera
from .frame import Frame, is_bt709
from .masks import Masks
from .people import People
from .scene import Action, Scene
from .sequence import PoseSequence
from .skeletons import Skeleton, skeleton

__all__ = ["Action", "Array", "Camera", "Frame", "Masks", "People", "PoseSequence", "Scene", "Skeleton", "is_bt709", "skeleton"]

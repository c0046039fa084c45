from __future__ import annotations

import numpy as np
import pytest

from kinesics.types import Array
from kinesics.video import open_source
from kinesics.weights import find


@pytest.fixture(scope="session")
def frame() -> Array:
    """A frame of the demo clip 640 x 360: one person walks, one stands on a wall."""
    import cv2

    with open_source(str(find("demo_clip"))) as source:
        for scene in source:
            if scene.index == 100:
                picture = np.asarray(cv2.resize(scene.image, (640, 360), interpolation=cv2.INTER_AREA))
                picture.flags.writeable = False
                return picture
    raise AssertionError("the demo clip has fewer than 101 frames")

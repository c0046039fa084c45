"""Learning once for practice, so that everything is loaded and compiled when somebody teaches."""

from __future__ import annotations

import numpy as np

from ...types import PoseSequence, skeleton

__all__ = ["practise"]


def practise() -> None:
    """Learn an arm that goes up, ask about it, and forget it all."""
    from ...actions import ActionTeacher

    teacher = ActionTeacher()
    for k in range(2):
        teacher.add(_arm(k), f"practice {k}")
    teacher.predict_proba([_arm(0)])
    teacher.confusions()


def _arm(which: int) -> PoseSequence:
    """A second of somebody whose wrist goes up and down, 300 pixels tall."""
    body = skeleton("coco17")
    t = np.arange(30)
    points = np.zeros((30, 1, 17, 2))
    for joint, name in enumerate(body.joints):
        side = (name.startswith("left") - name.startswith("right")) * 30.0
        high = next((y for part, y in HEIGHTS if part in name), 40.0)
        points[:, 0, joint] = 320 + side, 100 + high
    points[:, 0, body.joints.index("left_wrist"), which] -= 120 * np.sin(np.pi * t / 30)
    return PoseSequence(points, np.ones((30, 1, 17)), t / 30, body)


HEIGHTS = (("shoulder", 70.0), ("elbow", 110.0), ("wrist", 150.0), ("hip", 160.0), ("knee", 230.0), ("ankle", 300.0))

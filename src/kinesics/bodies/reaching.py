"""Where an arm must be bent so that the wrist is at a place: the two-bone problem, solved in closed form."""

from __future__ import annotations

import numpy as np

from ..types import Array
from .kinematics import Body, swing


def reach(body: Body, side: int, wrist: Array, swivel: Array | float = 20.0) -> Array:
    """Angles of an arm whose wrist is at a place as seen from its shoulder.

    Two lengths and the distance give the elbow's angle by the law of cosines; the elbow may still turn about the line
    from shoulder to wrist, which `swivel` decides (Tolani, Goswami and Badler, "Real-time inverse kinematics techniques for
    anthropomorphic limbs", 2000).

    Args:
        body: whose arm.
        side: 1 left, -1 right.
        wrist: (t, 3) metres from the shoulder, in the chest's frame (x to the person's left, y down, z back).
        swivel: degrees that the elbow is turned outwards from straight down; scalar or (t,).

    Returns:
        (t, 4) degrees: raise, plane, twist, elbow. A place out of reach is approached as far as the arm goes.
    """
    target = np.asarray(wrist, float)
    a, b = body.upper_arm, body.forearm
    far = np.linalg.norm(target, axis=-1)
    line = target / np.maximum(far, 1e-9)[:, None]
    d = np.clip(far, 1.02 * abs(a - b) + 0.25 * min(a, b), 0.999 * (a + b))
    bend = np.pi - np.arccos(np.clip((a * a + b * b - d * d) / (2 * a * b), -1, 1))
    lift = np.arccos(np.clip((a * a + d * d - b * b) / (2 * a * d), -1, 1))
    turned = np.radians(np.broadcast_to(np.asarray(swivel, float), far.shape))
    pole = np.stack([side * np.sin(turned), np.cos(turned), 0.25 * np.ones_like(turned)], axis=-1)
    pole = pole - (pole * line).sum(-1, keepdims=True) * line
    pole /= np.maximum(np.linalg.norm(pole, axis=-1, keepdims=True), 1e-9)
    upper = np.cos(lift)[:, None] * line + np.sin(lift)[:, None] * pole
    fore = d[:, None] * line - a * upper
    raised = np.degrees(np.arccos(np.clip(upper[:, 1], -1, 1)))
    plane = np.degrees(np.arctan2(-upper[:, 2], side * upper[:, 0]))
    plane = np.where(plane < -135, plane + 360, plane)  # behind the back across is across the chest, bent further
    local = np.einsum("tji,tj->ti", swing(side, raised, plane), fore)
    twist = side * np.degrees(np.arctan2(-local[:, 0], -local[:, 2]))
    return np.stack([raised, plane, twist, np.degrees(bend)], axis=-1)

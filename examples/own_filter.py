"""Draw a filter of your own and put it on a video.

python examples/own_filter.py clip.mp4 party.mp4
"""

from __future__ import annotations

import sys

import cv2
import numpy as np

import kinesics as ks


def party_hat() -> np.ndarray:
    """A paper hat with stripes and a tassel, in the layout of `ks.filter_template()`, four times as fine while it is drawn."""
    fine = 4
    hat = np.zeros((512 * fine, 512 * fine, 4), np.uint8)
    cone = np.array([(256, 20), (200, 172), (256, 184), (312, 172)]) * fine
    cv2.fillPoly(hat, [cone], (40, 120, 220, 255))
    for k in range(5):
        low, high = 60 + 26 * k, 70 + 26 * k
        stripe = np.array([(120, low + 30), (400, low - 30), (400, high - 30), (120, high + 30)]) * fine
        mask = np.zeros(hat.shape[:2], np.uint8)
        cv2.fillPoly(mask, [stripe], 255)
        hat[(mask > 0) & (hat[..., 3] > 0)] = (250, 210, 60, 255)
    shade = np.clip((np.arange(512 * fine) / fine - 200) / 112, 0, 1)
    hat[..., :3] = (hat[..., :3] * (1.1 - 0.45 * shade[None, :, None]).clip(0, 1)).astype(np.uint8)
    for angle in np.linspace(0, 2 * np.pi, 24, endpoint=False):
        end = np.array([256, 20]) + 16 * np.array([np.cos(angle), np.sin(angle)])
        cv2.line(hat, (256 * fine, 20 * fine), (end * fine).astype(int).tolist(), (235, 60, 110, 255), 2 * fine)
    return np.asarray(cv2.resize(hat, (512, 512), interpolation=cv2.INTER_AREA))


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit("usage: python examples/own_filter.py VIDEO NEW_VIDEO")
    ks.record(ks.filtered(ks.watch(sys.argv[1]), party_hat()), sys.argv[2])

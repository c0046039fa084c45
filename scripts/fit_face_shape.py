"""Write `src/kinesics/faces/shape.npz`: the face at rest by which turns are measured, from made heads whose turns are known.

Developers only:  python scripts/make_covered_heads.py HEADS;  python scripts/fit_face_shape.py HEADS OUT.npz [--people 17]

`mesh` (468, 3) is the mean of the meshes that the net sees on heads within 25 degrees of the front, each turned back, of one
size. `points` (6, 3) are the detector's six points in space: of all heads within 75 degrees the ones that, turned and
projected, lie nearest to what the detector said; made symmetric.
"""

from __future__ import annotations

import argparse
import math
from pathlib import Path

import cv2
import numpy as np

from kinesics.faces.orientation import turned_by
from kinesics.sights import FaceNet, SpotDetector, Turned
from kinesics.sights.face import face_square

EYES = 60.0  # distance of the detector's eyes before all is divided by it


def main() -> None:
    """Read the arguments, look at the heads, write the file."""
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ask.add_argument("heads", type=Path)
    ask.add_argument("out", type=Path)
    ask.add_argument("--people", type=int, default=17)
    given = ask.parse_args()
    net, detector = FaceNet(1), SpotDetector("face_detection_short_range", 1)
    meshes, spots = [], []
    for path in sorted(given.heads.glob("*[0-9].npz"))[: given.people]:
        with np.load(path) as held:
            for head, points, angles in zip(held["heads"], held["points"], held["angles"], strict=True):
                picture = np.ascontiguousarray(head[..., :3] + (255 - head[..., 3:]) // 3 * 2)
                middle, turn = points[:3].mean(axis=0), turned_by(*angles)
                first = net.look(picture, Turned(middle[0], middle[1] + 8, 130, math.radians(angles[2])))
                sight = net.look(picture, face_square(net.look(picture, face_square(first.mesh)).mesh))
                if sight.presence > 0.9 and abs(angles[0]) < 25 and abs(angles[1]) < 20:
                    meshes.append(_of_size(sight.mesh) @ turn)
                scores, _, six = detector.see(cv2.resize(picture, (detector.size,) * 2, interpolation=cv2.INTER_AREA))
                if len(scores) and scores[0] > 0.5 and abs(angles[0]) < 75:
                    spots.append((six[0] - six[0].mean(axis=0), turn[:2]))
    mesh = _of_size(np.mean(meshes, axis=0))
    np.savez_compressed(given.out, mesh=mesh.astype(np.float32), points=(_points(spots) / EYES).astype(np.float32))
    print(f"{len(meshes)} meshes, {len(spots)} detections")


def _of_size(mesh: np.ndarray) -> np.ndarray:
    centred = mesh - mesh.mean(axis=0)
    return centred / np.sqrt((centred**2).sum() / len(centred))


def _points(spots: list[tuple[np.ndarray, np.ndarray]]) -> np.ndarray:
    """Places and each look's scale in turn, by least squares."""
    at = np.array([[-30, -30, -5], [30, -30, -5], [0, 0, -35], [0, 30, -15], [-65, -20, 40], [65, -20, 40]], float)
    for _ in range(30):
        left, right = np.zeros((3, 3)), np.zeros((3, 6))
        for seen, camera in spots:
            shown = (at - at.mean(axis=0)) @ camera.T
            scale = (shown * seen).sum() / (shown**2).sum()
            left += camera.T @ camera
            right += camera.T @ (seen / scale).T
        at = np.linalg.solve(left, right).T
        at = (at - at.mean(axis=0)) * EYES / np.linalg.norm(at[1] - at[0])
    return (at + at[[1, 0, 2, 3, 5, 4]] * [-1, 1, 1]) / 2


if __name__ == "__main__":
    main()

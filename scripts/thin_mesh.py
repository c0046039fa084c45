"""Leave out of a mesh what nobody sees, and make it lighter: for `bake_body.py`."""

from __future__ import annotations

import heapq

import numpy as np


def seen_faces(vertices: np.ndarray, faces: np.ndarray, others: tuple[np.ndarray, ...], views: int = 80) -> np.ndarray:
    """Those of `faces` (quads) that can be seen from outside from one of `views` directions, with their neighbours.

    A picture of each view is filled with points strewn on all quads; a face is seen if one of its points is about the nearest.
    """
    grid = (np.arange(5) + 0.5) / 5
    u, v = (a.ravel() for a in np.meshgrid(grid, grid))
    corner = np.stack([(1 - u) * (1 - v), u * (1 - v), u * v, (1 - u) * v], axis=1)  # (25, 4)
    every = np.concatenate([faces, *others])
    points = np.einsum("pc,fcd->fpd", corner, vertices[every]).reshape(-1, 3)
    seen = np.zeros(len(every), bool)
    k = np.arange(views) + 0.5
    lift, turn = np.arcsin(1 - 2 * k / views), np.pi * (1 + 5**0.5) * k
    for a, b in zip(lift, turn, strict=True):
        ahead = np.array([np.cos(a) * np.cos(b), np.sin(a), np.cos(a) * np.sin(b)])
        side = np.cross(ahead, [0.0, 1.0, 0.0])
        side /= np.linalg.norm(side)
        up = np.cross(side, ahead)
        pixel = np.floor((points @ np.stack([side, up], axis=1)) / 0.06).astype(int)
        pixel -= pixel.min(0)
        cell = pixel[:, 0] * (pixel[:, 1].max() + 1) + pixel[:, 1]
        depth = points @ ahead
        nearest = np.full(cell.max() + 1, np.inf)
        np.minimum.at(nearest, cell, depth)
        seen |= (depth < nearest[cell] + 0.03).reshape(-1, len(corner)).mean(1) > 0.35
    ours = seen[: len(faces)]
    touched = np.zeros(len(vertices), bool)
    touched[faces[ours]] = True
    return faces[touched[faces].any(1)]


def thinned(
    vertices: np.ndarray, faces: np.ndarray, labels: np.ndarray, half: int, mirrored: np.ndarray, wanted: int = 5200
) -> tuple[np.ndarray, np.ndarray]:
    """Triangles of a lighter mesh on the same vertices, about `wanted` of them, symmetrical, and of which old face each has
    the label.

    Edges are collapsed onto one of their ends, cheapest first (quadric error: Garland and Heckbert, "Surface simplification
    using quadric error metrics", 1997), in the left half, whose middle stays the middle, while borders between labels stay
    borders; then the half is mirrored.
    """
    middle = np.ones(half, bool)
    middle[mirrored] = False
    mine = (faces < half).all(1)
    mesh = _Collapsing(vertices[:half], faces[mine], labels[mine], middle)
    mesh.run(wanted // 2)
    kept, marks = mesh.triangles()
    to = np.arange(half)
    to[mirrored] = half + np.arange(len(mirrored))
    return np.concatenate([kept, to[kept][:, ::-1]]), marks


class _Collapsing:
    """A triangle mesh whose edges go one by one."""

    def __init__(self, at: np.ndarray, faces: np.ndarray, labels: np.ndarray, middle: np.ndarray) -> None:
        self.at, self.middle = at, middle
        self.labels = [int(label) for label in labels]
        self.faces = [tuple(int(v) for v in f) for f in faces]
        self.alive = [True] * len(self.faces)
        self.around: list[set[int]] = [set() for _ in at]
        self.quadric = np.zeros((len(at), 4, 4))
        for i, face in enumerate(self.faces):
            plane, area = self._plane(face)
            for v in face:
                self.around[v].add(i)
                self.quadric[v] += np.outer(plane, plane) * (area + 1e-5)
        self.stamp = [0] * len(at)
        self.count = len(self.faces)
        edges: dict[tuple[int, int], int] = {}
        for a, b, c in self.faces:
            for e in ((a, b), (b, c), (c, a)):
                edges[min(e), max(e)] = edges.get((min(e), max(e)), 0) + 1
        self.rim = np.zeros(len(at), bool)
        for (a, b), n in edges.items():
            if n == 1 and not (middle[a] and middle[b]):
                self.rim[[a, b]] = True
        for a, b in edges:
            if self._border(a, b):
                self._fence(a, b)
        self.queue: list[tuple[float, int, int, int, int]] = []
        for a, b in edges:
            self._offer(a, b)

    def _plane(self, face: tuple[int, int, int]) -> tuple[np.ndarray, float]:
        a, b, c = self.at[list(face)]
        normal = np.cross(b - a, c - a)
        length = float(np.linalg.norm(normal))
        normal = normal / max(length, 1e-12)
        return np.append(normal, -normal @ a), length / 2

    def _border(self, a: int, b: int) -> bool:
        """Whether the faces on the two sides of an edge have different labels."""
        return len({self.labels[f] for f in self.around[a] & self.around[b]}) > 1

    def _fence(self, a: int, b: int) -> None:
        """Make leaving a border dear: a plane along its edge that stands on the skin."""
        normal = sum((self._plane(self.faces[f])[0][:3] for f in self.around[a] & self.around[b]), np.zeros(3))
        edge = self.at[b] - self.at[a]
        across = np.cross(edge, normal)
        across /= max(float(np.linalg.norm(across)), 1e-12)
        plane = np.append(across, -across @ self.at[a])
        for v in (a, b):
            self.quadric[v] += np.outer(plane, plane) * float(edge @ edge) * 0.3

    def _offer(self, a: int, b: int) -> None:
        for gone, stays in ((a, b), (b, a)):
            if (self.middle[gone] and not self.middle[stays]) or self.rim[gone]:
                continue
            x = np.append(self.at[stays], 1)
            length = float(((self.at[a] - self.at[b]) ** 2).sum())
            cost = float(x @ (self.quadric[gone] + self.quadric[stays]) @ x) + 1e-4 * length**1.5
            heapq.heappush(self.queue, (cost, gone, stays, self.stamp[gone], self.stamp[stays]))

    def _neighbours(self, v: int) -> set[int]:
        return {w for f in self.around[v] for w in self.faces[f]} - {v}

    def _may(self, gone: int, stays: int) -> bool:
        shared = self.around[gone] & self.around[stays]
        if not shared or len(self._neighbours(gone) & self._neighbours(stays)) != len(shared):
            return False
        borders = [v for v in self._neighbours(gone) if self._border(gone, v)]
        if borders and (len(borders) != 2 or stays not in borders):
            return False
        for f in self.around[gone] - shared:
            face = self.faces[f]
            before, _ = self._plane(face)
            after, area = self._plane(tuple(stays if v == gone else v for v in face))  # type: ignore[arg-type]
            if area < 1e-7 or before[:3] @ after[:3] < 0.3:
                return False
        return True

    def run(self, wanted: int) -> None:
        while self.count > wanted and self.queue:
            _, gone, stays, one, other = heapq.heappop(self.queue)
            if self.stamp[gone] != one or self.stamp[stays] != other or not self._may(gone, stays):
                continue
            for f in list(self.around[gone]):
                if stays in self.faces[f]:
                    for v in self.faces[f]:
                        self.around[v].discard(f)
                    self.alive[f] = False
                    self.count -= 1
                else:
                    self.faces[f] = tuple(stays if v == gone else v for v in self.faces[f])
                    self.around[stays].add(f)
            self.around[gone] = set()
            self.quadric[stays] += self.quadric[gone]
            self.stamp[gone] = -1
            self.stamp[stays] += 1
            for v in sorted(self._neighbours(stays)):
                self._offer(stays, v)

    def triangles(self) -> tuple[np.ndarray, np.ndarray]:
        """The faces that are left, and their labels."""
        left = np.flatnonzero(self.alive)
        return np.array([self.faces[f] for f in left]), np.array([self.labels[f] for f in left])

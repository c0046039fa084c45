"""One step of training the viewer's nets: drawn as `drawing.Artist` draws, so that gradients reach every net.

Any prefix of tiers is asked to be good: the warped picture after the core, the one after the refiner and the one after the
head each have a loss of their own.
"""

from __future__ import annotations

import copy

import cv2
import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from ..types import Array
from .footage import SIZE
from .inputs import CELL, NEAR
from .lessons import COARSE, WINDOW, Lesson
from .network import Core, Head, Refiner
from .picture_loss import picture_loss

__all__ = ["Studio"]

_ROUND = np.ones((9, 9), np.uint8)


class Studio:
    """The nets and what they are asked.

    The core learns on small pictures, through which gradients reach its fields; the refiner and the head learn on windows of
    what the artist really draws with those fields.

    Args:
        seed: of the first weights.
    """

    def __init__(self, seed: int = 0) -> None:
        torch.manual_seed(seed)
        self.core, self.refiner, self.head = Core(), Refiner(), Head()
        coarse = (np.arange(COARSE) + 0.5) / COARSE * 2 - 1
        self._places = torch.from_numpy(np.stack(np.broadcast_arrays(coarse[None, :], coarse[:, None]), -1).astype(np.float32))

    def twin(self) -> Studio:
        """Another that shares the weights, but has gradients of its own: for a second thread."""
        other = copy.copy(self)
        other.core, other.refiner, other.head = copy.deepcopy((self.core, self.refiner, self.head))
        for own, theirs in zip(self.parameters(), other.parameters(), strict=True):
            theirs.data = own.data
        return other

    def parameters(self) -> list[torch.nn.Parameter]:
        """Of all nets."""
        return [p for net in (self.core, self.refiner, self.head) for p in net.parameters()]

    def loss(self, lessons: list[Lesson]) -> tuple[Tensor, dict[str, float]]:
        """What is to become small, and the same by tier."""
        answer = self.core(torch.from_numpy(np.stack([lesson.told for lesson in lessons])))
        more = answer[:, :6].unflatten(1, (3, 2)) * CELL
        frames = [(*lesson.pictures, cv2.dilate(lesson.pictures[2], _ROUND)[..., None]) for lesson in lessons]
        coarse = self._composed(lessons, more)
        t0 = self._judged(coarse, *(_small(list(rows)) for rows in zip(*frames, strict=True)))

        fields = more.detach().permute(0, 1, 3, 4, 2).numpy()
        drawn = [
            self._cut(lesson.artist.composed(lesson.brief, lesson.fields + field), lesson)
            for lesson, field in zip(lessons, fields, strict=True)
        ]
        picture = _tensor(drawn)
        windows = [[self._cut(row, lesson) for row in frame] for frame, lesson in zip(frames, lessons, strict=True)]
        cut = [_tensor(list(rows)) for rows in zip(*windows, strict=True)]
        told = torch.stack([self._of_grid(answer[i, 6:], lesson) for i, lesson in enumerate(lessons)])
        residual, fine = self.refiner(functional.pixel_unshuffle(functional.avg_pool2d(picture, 2), 2), told)
        near = (functional.max_pool2d(functional.avg_pool2d(picture[:, 3:], 4), NEAR, 1, NEAR // 2) > 0).float()
        residual = residual * near
        first = picture + functional.interpolate(functional.pixel_shuffle(residual, 2), scale_factor=2.0, mode="bilinear")
        t1 = self._judged(first, *cut)
        held = first.detach().clamp(0, 1)
        second = held + functional.pixel_shuffle(self.head(functional.pixel_unshuffle(held, 4), fine.detach()) * near, 4)
        t2 = self._judged(second, *cut)
        return t0 + 2 * t1 + 2 * t2, {"t0": float(t0.detach()), "t1": float(t1.detach()), "t2": float(t2.detach())}

    @staticmethod
    def _cut(picture: Array, lesson: Lesson) -> Array:
        left, top = lesson.window
        return picture[top : top + WINDOW, left : left + WINDOW]

    @staticmethod
    def _of_grid(features: Tensor, lesson: Lesson) -> Tensor:
        cell = int(CELL)
        left, top, size = lesson.window[0] // cell, lesson.window[1] // cell, WINDOW // cell
        return features[:, top : top + size, left : left + size]

    def _composed(self, lessons: list[Lesson], more: Tensor) -> Tensor:
        """(b, 4, 128, 128): the layers looked up by their fields and what the core adds to them, arms laid over the trunk."""
        fields = torch.from_numpy(np.stack([lesson.fields for lesson in lessons])).permute(0, 1, 4, 2, 3) + more
        rooms = torch.from_numpy(np.stack([lesson.rooms for lesson in lessons])).float() / 255
        rooms = functional.avg_pool2d(rooms, rooms.shape[-1] // COARSE)
        layers = torch.from_numpy(np.stack([lesson.layers for lesson in lessons])).permute(0, 1, 4, 2, 3).float() / 255
        made = torch.zeros(())
        for i in range(3):
            field = functional.interpolate(fields[:, i], (COARSE, COARSE), mode="bilinear")
            look = functional.grid_sample(
                layers[:, i], self._places + field.permute(0, 2, 3, 1) * (2 / SIZE), align_corners=False
            )
            if i:
                look = look * rooms[:, i - 1 : i]
                made = look + made * (1 - look[:, 3:])
            else:
                made = look
        return made

    @staticmethod
    def _judged(made: Tensor, real: Tensor, plate: Tensor, alpha: Tensor, weight: Tensor) -> Tensor:
        """Over the plate as it was seen, and cut out as it was masked."""
        seen = made[:, :3] + plate * (1 - made[:, 3:])
        cut = torch.cat([real * alpha, alpha], 1)
        weight = 0.3 + weight
        return picture_loss(seen, real, weight) + 0.3 * picture_loss(made, cut, weight)


def _tensor(pictures: list[Array]) -> Tensor:
    """(b, c, h, w) float32 in 0..1 of pictures (h, w, c) uint8."""
    return torch.from_numpy(np.stack(pictures)).permute(0, 3, 1, 2).float() / 255


def _small(pictures: list[Array]) -> Tensor:
    """The same, of whole pictures made small."""
    size = (COARSE, COARSE)
    return _tensor([cv2.resize(p, size, interpolation=cv2.INTER_AREA).reshape(*size, -1) for p in pictures])

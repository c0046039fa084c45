"""One step of training the viewer's nets: drawn as `drawing.Artist` draws, so that gradients reach every net.

Any prefix of tiers is asked to be good: the warped picture after the core, the one after the refiner and the one after the
head each have a loss of their own.
"""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from ..types import Array
from .footage import SIZE, Footage
from .inputs import CELL
from .lessons import WINDOW, Lesson
from .network import Core, Head, Refiner
from .person import Person

__all__ = ["Studio"]

ROUND = 0.03  # errors below this count by their square
EDGES = 0.5  # weight of the error of gradients
COARSE = 128  # size at which the whole warped picture is judged


def _error(made: Tensor, real: Tensor, weight: Tensor) -> Tensor:
    """Charbonnier distance of pictures and of their gradients, weighted by place."""

    def soft(difference: Tensor) -> Tensor:
        return torch.sqrt(difference * difference + ROUND * ROUND) - ROUND

    apart = made - real
    across, down = apart[..., :, 1:] - apart[..., :, :-1], apart[..., 1:, :] - apart[..., :-1, :]
    plain = (soft(apart) * weight).mean()
    return plain + EDGES * ((soft(across) * weight[..., :, 1:]).mean() + (soft(down) * weight[..., 1:, :]).mean())


class Studio:
    """The nets and all pictures they learn from, as tensors.

    Args:
        person: keyframes.
        footage: frames to draw.
    """

    def __init__(self, person: Person, footage: Footage, seed: int = 0) -> None:
        torch.manual_seed(seed)
        self.core, self.refiner, self.head = Core(), Refiner(), Head()
        self.footage = footage
        self.keys = np.stack([person.keyframe(i) for i in range(len(person))])
        rows = (np.arange(WINDOW) + 0.5) / SIZE * 2 - 1
        self._window = torch.from_numpy(np.stack(np.broadcast_arrays(rows[None, :], rows[:, None]), -1).astype(np.float32))
        coarse = (np.arange(COARSE) + 0.5) / COARSE * 2 - 1
        self._whole = torch.from_numpy(np.stack(np.broadcast_arrays(coarse[None, :], coarse[:, None]), -1).astype(np.float32))

    def parameters(self) -> list[torch.nn.Parameter]:
        """Of all nets."""
        return [p for net in (self.core, self.refiner, self.head) for p in net.parameters()]

    def loss(self, lessons: list[Lesson]) -> tuple[Tensor, dict[str, float]]:
        """What is to become small, and the same by tier."""
        fields = torch.from_numpy(np.stack([lesson.fields for lesson in lessons]))
        answer = self.core(torch.from_numpy(np.stack([lesson.told for lesson in lessons])))
        flows, share = _bettered(fields, answer)
        keys = [
            torch.from_numpy(self.keys[[lesson.keys[i] for lesson in lessons]]).permute(0, 3, 1, 2).float() / 255
            for i in (0, 1)
        ]
        real, plate, alpha = self._frames(lessons)
        same = torch.tensor([lesson.keys[0] == lesson.keys[1] for lesson in lessons])
        share = torch.where(same[:, None, None, None], torch.zeros(()), share)

        coarse = self._mixed(keys, flows, share, self._whole.expand(len(lessons), -1, -1, -1), COARSE)
        small = [functional.avg_pool2d(x, SIZE // COARSE) for x in (real, plate, alpha)]
        t0 = self._judged(coarse, *small)

        corners = torch.tensor([lesson.window for lesson in lessons], dtype=torch.float32)
        places = self._window + (corners / SIZE * 2)[:, None, None]
        picture = self._mixed(keys, flows, share, places, WINDOW)
        cut = [self._cut(x, lessons, 1) for x in (real, plate, alpha)]
        residual, fine = self.refiner(
            functional.pixel_unshuffle(functional.avg_pool2d(picture, 2), 2), self._cut(answer[:, 5:], lessons, 8)
        )
        raised = functional.interpolate(functional.pixel_shuffle(residual, 2), scale_factor=2.0, mode="bilinear")
        first = picture + raised
        t1 = self._judged(first, *cut)
        held = first.detach().clamp(0, 1)
        second = held + functional.pixel_shuffle(self.head(functional.pixel_unshuffle(held, 4), fine.detach()), 4)
        t2 = self._judged(second, *cut)
        return t0 + 2 * t1 + 2 * t2, {"t0": float(t0.detach()), "t1": float(t1.detach()), "t2": float(t2.detach())}

    def _frames(self, lessons: list[Lesson]) -> tuple[Tensor, Tensor, Tensor]:
        at = [lesson.frame for lesson in lessons]
        real = torch.from_numpy(self.footage.pictures[at]).permute(0, 3, 1, 2).float() / 255
        alpha = torch.from_numpy(self.footage.alpha[at])[:, None].float() / 255
        if self.footage.background is None:
            plate = torch.rand(len(at), 3, 1, 1).expand_as(real)
            return real * alpha + plate * (1 - alpha), plate, alpha
        plate = torch.from_numpy(self.footage.background).permute(2, 0, 1).float()[None] / 255
        return real, plate.expand_as(real), alpha

    @staticmethod
    def _cut(picture: Tensor, lessons: list[Lesson], cell: int) -> Tensor:
        size = WINDOW // cell
        rows = [(lesson.window[1] // cell, lesson.window[0] // cell) for lesson in lessons]
        return torch.stack([picture[i, :, y : y + size, x : x + size] for i, (y, x) in enumerate(rows)])

    @staticmethod
    def _mixed(keys: list[Tensor], flows: list[Tensor], share: Tensor, places: Tensor, size: int) -> Tensor:
        """(b, 4, size, size): both keyframes looked up at `places` plus the fields there, and mixed."""

        def at(grid: Tensor) -> Tensor:
            return functional.grid_sample(grid, places, mode="bilinear", padding_mode="border", align_corners=False)

        looks = [
            functional.grid_sample(key, places + at(flow).permute(0, 2, 3, 1) * (2 / SIZE), align_corners=False)
            for key, flow in zip(keys, flows, strict=True)
        ]
        weight = at(share)
        return looks[0] * (1 - weight) + looks[1] * weight

    @staticmethod
    def _judged(made: Tensor, real: Tensor, plate: Tensor, alpha: Tensor) -> Tensor:
        """Over the plate as it was seen, and cut out as it was masked."""
        weight = 0.3 + functional.max_pool2d(alpha, 9, 1, 4)
        seen = made[:, :3] + plate * (1 - made[:, 3:])
        cut = torch.cat([real * alpha, alpha], 1)
        return _error(seen, real, weight) + 0.3 * _error(made, cut, weight)


def _bettered(fields: Tensor, answer: Tensor) -> tuple[list[Tensor], Tensor]:
    """Fields (b, 2, 64, 64, 3) with the core's corrections: two flows (b, 2, 64, 64) in canvas pixels, the share (b, 1, 64, 64)."""
    flows = [fields[:, i, ..., :2].permute(0, 3, 1, 2) + answer[:, 2 * i : 2 * i + 2] * CELL for i in (0, 1)]
    share = torch.logit(fields[:, 0, ..., 2].clamp(0.02, 0.98))[:, None]
    return flows, torch.sigmoid(share + answer[:, 4:5])

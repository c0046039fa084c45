"""How wrong a drawn picture is, for training."""

from __future__ import annotations

import torch
from torch import Tensor

__all__ = ["picture_loss"]

ROUND = 0.03  # errors below this count by their square
EDGES = 0.5  # weight of the error of gradients


def picture_loss(made: Tensor, real: Tensor, weight: Tensor) -> Tensor:
    """Charbonnier distance of pictures (b, c, h, w) and of their gradients, weighted by place (b, 1, h, w)."""

    def soft(difference: Tensor) -> Tensor:
        return torch.sqrt(difference * difference + ROUND * ROUND) - ROUND

    apart = made - real
    across, down = apart[..., :, 1:] - apart[..., :, :-1], apart[..., 1:, :] - apart[..., :-1, :]
    plain = (soft(apart) * weight).mean()
    return plain + EDGES * ((soft(across) * weight[..., :, 1:]).mean() + (soft(down) * weight[..., 1:, :]).mean())

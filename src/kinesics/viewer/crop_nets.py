"""The net of the crops, for training. Only training imports this."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

from .crop_pictures import ANSWERS, INPUTS
from .network import Block

__all__ = ["CropNet"]


class CropNet(nn.Module):
    """(b, 4 * INPUTS, 32, 32) to (b, 4 * ANSWERS, 32, 32), pixels by twos, see `gathered`; the answer is 0 before training."""

    def __init__(self) -> None:
        super().__init__()
        self.stem = nn.Conv2d(4 * INPUTS, 32, 3, padding=1)
        self.fine = Block(32)
        self.halve = nn.Conv2d(32, 64, 3, stride=2, padding=1)
        self.deep = nn.Sequential(*[Block(64) for _ in range(3)])
        self.rise = nn.Conv2d(64, 32, 1)
        self.fine_up = nn.Sequential(Block(32), Block(32))
        self.answer = nn.Conv2d(32, 4 * ANSWERS, 3, padding=1)
        with torch.no_grad():
            self.answer.weight.zero_()
            self.answer.bias.zero_()  # type: ignore[union-attr]

    def forward(self, x: Tensor) -> Tensor:
        """What is answered."""
        fine = self.fine(functional.relu(self.stem(x)))
        deep = self.deep(functional.relu(self.halve(fine)))
        fine = self.fine_up(fine + functional.interpolate(self.rise(deep), scale_factor=2.0))
        out: Tensor = self.answer(functional.relu(fine))
        return out

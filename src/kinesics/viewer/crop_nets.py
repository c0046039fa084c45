"""The net of the crops, for training. Only training imports this."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

from .crop_pictures import INPUTS
from .network import Block

__all__ = ["CropNet"]


class CropNet(nn.Module):
    """(b, INPUTS, 64, 64) to (b, 5, 64, 64): residual of colour and alpha, share of the keyframe's crop; 0 before training."""

    def __init__(self) -> None:
        super().__init__()
        self.stem = nn.Conv2d(INPUTS, 16, 3, padding=1)
        self.halve = nn.Conv2d(16, 32, 3, stride=2, padding=1)
        self.middle = nn.Sequential(Block(32), Block(32))
        self.quarter = nn.Conv2d(32, 64, 3, stride=2, padding=1)
        self.deep = nn.Sequential(*[Block(64) for _ in range(4)])
        self.rise = nn.Conv2d(64, 32, 1)
        self.middle_up = nn.Sequential(Block(32), Block(32))
        self.rise_again = nn.Conv2d(32, 16, 1)
        self.last = Block(16)
        self.answer = nn.Conv2d(16, 5, 3, padding=1)
        with torch.no_grad():
            self.answer.weight.zero_()
            self.answer.bias.zero_()  # type: ignore[union-attr]

    def forward(self, x: Tensor) -> Tensor:
        """What is answered."""
        fine = functional.relu(self.stem(x))
        middle = self.middle(functional.relu(self.halve(fine)))
        deep = self.deep(functional.relu(self.quarter(middle)))
        middle = self.middle_up(middle + functional.interpolate(self.rise(deep), scale_factor=2.0))
        fine = self.last(fine + functional.interpolate(self.rise_again(middle), scale_factor=2.0))
        out: Tensor = self.answer(functional.relu(fine))
        return out

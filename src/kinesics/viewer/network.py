"""The viewer's nets, for training: a core on the coarse grid, a refiner, a head for detail. Only training imports this.

Inverted residuals (Sandler et al., "MobileNetV2", 2018) keep the arithmetic small; everything is convolved on grids of at most
128 and brought up by pixel shuffle (Shi et al. 2016), for large grids cost memory traffic, not thought. No normalisation:
each block begins as the identity.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

from .inputs import FEATURES, FINE, INPUTS

__all__ = ["Core", "Head", "Refiner"]


def _zero(parameter: Tensor | None) -> None:
    if parameter is not None:
        nn.init.zeros_(parameter)


class Block(nn.Module):
    """1x1 up, 3x3 by channel, 1x1 down, added to what came; the identity before training."""

    def __init__(self, width: int, wider: int = 2) -> None:
        super().__init__()
        inner = width * wider
        self.up = nn.Conv2d(width, inner, 1)
        self.across = nn.Conv2d(inner, inner, 3, padding=1, groups=inner)
        self.down = nn.Conv2d(inner, width, 1)
        nn.init.normal_(self.down.weight, std=0.02)
        _zero(self.down.bias)

    def forward(self, x: Tensor) -> Tensor:
        """The same shape."""
        more: Tensor = self.down(functional.relu(self.across(functional.relu(self.up(x)))))
        return x + more


def _blocks(width: int, count: int) -> nn.Sequential:
    return nn.Sequential(*[Block(width) for _ in range(count)])


class Core(nn.Module):
    """(b, INPUTS, 64, 64) to (b, 6 + FEATURES, 64, 64): corrections of three fields in cells, features."""

    def __init__(self) -> None:
        super().__init__()
        self.stem = nn.Conv2d(INPUTS, 32, 3, padding=1)
        self.fine = _blocks(32, 1)
        self.halve = nn.Conv2d(32, 64, 3, stride=2, padding=1)
        self.middle = _blocks(64, 2)
        self.quarter = nn.Conv2d(64, 128, 3, stride=2, padding=1)
        self.deep = _blocks(128, 4)
        self.rise = nn.Conv2d(128, 64, 1)
        self.middle_up = _blocks(64, 2)
        self.rise_again = nn.Conv2d(64, 32, 1)
        self.fine_up = _blocks(32, 2)
        self.answer = nn.Conv2d(32, 6 + FEATURES, 3, padding=1)
        with torch.no_grad():
            self.answer.weight[:6] *= 0
            if self.answer.bias is not None:
                self.answer.bias[:6] *= 0

    def forward(self, x: Tensor) -> Tensor:
        """What is answered, and features for the refiner."""
        fine = self.fine(functional.relu(self.stem(x)))
        middle = self.middle(functional.relu(self.halve(fine)))
        deep = self.deep(functional.relu(self.quarter(middle)))
        middle = self.middle_up(middle + functional.interpolate(self.rise(deep), scale_factor=2.0))
        fine = self.fine_up(fine + functional.interpolate(self.rise_again(middle), scale_factor=2.0))
        out: Tensor = self.answer(functional.relu(fine))
        return out


class Refiner(nn.Module):
    """A picture of 256 as (b, 16, 128, 128) and features (b, FEATURES, 64, 64) to a residual (b, 16, 128, 128), features.

    The residual is the picture's pixels by twos, like the picture; the features are (b, FINE, 128, 128).
    """

    def __init__(self) -> None:
        super().__init__()
        self.look = nn.Conv2d(16, 32, 1)
        self.told = nn.Conv2d(FEATURES, 32, 1)
        self.blocks = _blocks(32, 3)
        self.residual = nn.Conv2d(32, 16, 1)
        self.features = nn.Conv2d(32, FINE, 1)
        _zero(self.residual.weight)
        _zero(self.residual.bias)

    def forward(self, picture: Tensor, features: Tensor) -> tuple[Tensor, Tensor]:
        """Residual and features."""
        x = self.blocks(functional.relu(self.look(picture) + functional.interpolate(self.told(features), scale_factor=2.0)))
        return self.residual(x), self.features(x)


class Head(nn.Module):
    """A picture of 512 as (b, 64, 128, 128) and features (b, FINE, 128, 128) to a residual (b, 64, 128, 128)."""

    def __init__(self) -> None:
        super().__init__()
        self.look = nn.Conv2d(64, 32, 1)
        self.told = nn.Conv2d(FINE, 32, 1)
        self.blocks = _blocks(32, 2)
        self.residual = nn.Conv2d(32, 64, 1)
        _zero(self.residual.weight)
        _zero(self.residual.bias)

    def forward(self, picture: Tensor, features: Tensor) -> Tensor:
        """The residual, pixels by fours."""
        out: Tensor = self.residual(self.blocks(functional.relu(self.look(picture) + self.told(features))))
        return out

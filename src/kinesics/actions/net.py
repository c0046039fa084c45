"""The network, for training: three streams of causal convolutions over time, each pooled by its own attention.

Every stream sees one kind of feature (see `features.streams`) and answers for itself; their probabilities are averaged, as
in the late fusion of 2s-AGCN (Shi et al. 2019). The convolutions look backwards only and the pooling is a running weighted
mean, so an answer after each moment costs the same however long the clip is (continual inference, Hedegaard et al. 2022).
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

__all__ = ["StreamNet"]

STEEPEST = 6.0  # the logarithm of an attention weight, at most


class MaskedNorm(nn.Module):
    """Batch normalisation over the moments that are there (Ioffe and Szegedy 2015)."""

    mean: Tensor
    spread: Tensor

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.gain = nn.Parameter(torch.ones(channels))
        self.bias = nn.Parameter(torch.zeros(channels))
        self.register_buffer("mean", torch.zeros(channels))
        self.register_buffer("spread", torch.ones(channels))

    def affine(self) -> tuple[Tensor, Tensor]:
        """Factor and offset once training is over."""
        factor = self.gain * torch.rsqrt(self.spread + 1e-4)
        return factor, self.bias - self.mean * factor

    def forward(self, x: Tensor, mask: Tensor) -> Tensor:
        if not self.training:
            factor, offset = self.affine()
            return x * factor[:, None] + offset[:, None]
        count = mask.sum()
        mean = (x * mask).sum((0, 2)) / count
        spread = ((x * x) * mask).sum((0, 2)) / count - mean * mean
        spread = spread.clamp(min=0)
        with torch.no_grad():
            self.mean.lerp_(mean, 0.1)
            self.spread.lerp_(spread, 0.1)
        factor = self.gain * torch.rsqrt(spread + 1e-4)
        return x * factor[:, None] + (self.bias - mean * factor)[:, None]


class StreamNet(nn.Module):
    """Features over time to classes.

    Args:
        spans: (start, end) of each stream in the features.
        classes: how many.
        width: channels of a stream.
        kernel, dilations: of the convolutions, block by block.
        dropout: share of pooled features left out while training.
    """

    def __init__(
        self, spans: list[tuple[int, int]], classes: int, width: int, kernel: int, dilations: tuple[int, ...], dropout: float
    ) -> None:
        super().__init__()
        self.spans, self.classes, self.width, self.kernel, self.dilations = spans, classes, width, kernel, dilations
        self.groups = len(spans)
        channels = self.groups * width
        self.stems = nn.ModuleList(nn.Conv1d(end - start, width, 1) for start, end in spans)
        self.stem_norm = MaskedNorm(channels)
        self.convolutions = nn.ModuleList(
            nn.Conv1d(channels, channels, kernel, dilation=dilation, groups=self.groups, bias=False) for dilation in dilations
        )
        self.norms = nn.ModuleList(MaskedNorm(channels) for _ in dilations)
        self.attention = nn.Conv1d(channels, self.groups, 1, groups=self.groups)
        nn.init.zeros_(self.attention.weight)
        self.head = nn.Conv1d(channels, self.groups * classes, 1, groups=self.groups)
        self.early = nn.Conv1d(channels, self.groups * classes, 1, groups=self.groups)
        self.dropout = dropout

    def trunk(self, x: Tensor, mask: Tensor) -> tuple[Tensor, Tensor]:
        """(b, c, t) features and (b, 1, t) mask to (b, groups, width, t) and attention weights (b, groups, t)."""
        parts = [stem(x[:, start:end]) for stem, (start, end) in zip(self.stems, self.spans, strict=True)]
        h = functional.relu(self.stem_norm(torch.cat(parts, 1), mask))
        for convolution, norm, dilation in zip(self.convolutions, self.norms, self.dilations, strict=True):
            past = functional.pad(h, (dilation * (self.kernel - 1), 0))
            step = functional.relu(norm(convolution(past), mask))
            h = h + functional.dropout(step, self.dropout / 2, self.training)
        weight = torch.exp(self.attention(h).clamp(-STEEPEST, STEEPEST)) * mask
        return h.reshape(len(h), self.groups, self.width, -1), weight

    def answer(self, pooled: Tensor) -> Tensor:
        """Pooled (b, groups, width) to logits (b, groups, classes)."""
        pooled = functional.dropout(pooled, self.dropout, self.training)
        out: Tensor = self.head(pooled.flatten(1)[..., None])
        return out.reshape(-1, self.groups, self.classes)

    def early_answer(self, pooled: Tensor) -> Tensor:
        """The same for the beginning of a clip, by a head of its own that leaves the rest of the network as it is."""
        out: Tensor = self.early(pooled.detach().flatten(1)[..., None])
        return out.reshape(-1, self.groups, self.classes)

    def pooled(self, h: Tensor, weight: Tensor, until: Tensor | None = None) -> Tensor:
        """Weighted means (b, groups, width) over whole clips, or over their first `until` (b,) moments."""
        if until is not None:
            weight = weight * (torch.arange(h.shape[-1])[None] < until[:, None])[:, None]
        return torch.einsum("bgwt,bgt->bgw", h, weight) / weight.sum(-1)[..., None]

    def forward(self, x: Tensor, mask: Tensor) -> Tensor:
        """Logits (b, groups, classes) of whole clips."""
        return self.answer(self.pooled(*self.trunk(x, mask)))

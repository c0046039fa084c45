"""The network in numpy: what PyTorch says, and a clip at once or in parts."""

from __future__ import annotations

import numpy as np
import pytest

from kinesics.actions.causal import CausalEncoder


def test_it_says_what_pytorch_says_at_once_and_in_parts() -> None:
    torch = pytest.importorskip("torch")
    from kinesics.actions.net import StreamNet

    torch.manual_seed(0)
    spans = [(0, 7), (7, 12)]
    net = StreamNet(spans, 3, 8, 5, (1, 2, 4), 0.0)
    for name, value in net.named_buffers():
        value.copy_(torch.rand_like(value) + (0.5 if name.endswith("spread") else 0.0))
    torch.nn.init.normal_(net.attention.weight)
    x = torch.randn(1, 12, 30)
    with torch.no_grad():
        h, weight = net.eval().trunk(x, torch.ones(1, 1, 30))
    encoder = CausalEncoder({k: v.numpy() for k, v in net.state_dict().items()}, spans, (1, 2, 4))
    clip = x[0].numpy().T
    z, each, _ = encoder.encode(clip, encoder.start())
    assert np.allclose(each, weight[0].numpy().T, rtol=1e-4)
    assert np.allclose(z.reshape(30, 2, 8), (h * weight[:, :, None])[0].permute(2, 0, 1).numpy(), rtol=1e-3, atol=1e-4)
    state, parts = encoder.start(), []
    for a, b in ((0, 1), (1, 2), (2, 15), (15, 30)):
        part, _, state = encoder.encode(clip[a:b], state)
        parts.append(part)
    assert np.allclose(np.concatenate(parts), z, atol=1e-5)

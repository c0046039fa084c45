from __future__ import annotations

import numpy as np
import pytest

from kinesics.draw.letters import capital_height, letter_mask
from kinesics.draw.tags import shorten, tag_sprite


@pytest.mark.parametrize("size", [11, 15.3, 24, 46, 90])
def test_capitals_are_crisp_and_of_the_asked_height(size: float) -> None:
    mask, baseline = letter_mask("H", size)
    inked = np.flatnonzero(mask.max(1) > 0.5)
    assert (inked[-1] + 1, len(inked)) == (baseline, capital_height(size))
    assert mask[inked[0]].max() > 0.9  # its first row is full, not a grey seam
    assert capital_height(size) == pytest.approx(0.73 * size, abs=0.7)


def test_text_is_as_wide_as_its_letters_and_digits_are_equally_wide() -> None:
    widths = {letter_mask(digit * 9, 20)[0].shape[1] for digit in "0123456789"}
    assert len(widths) == 1
    assert letter_mask("walking", 20)[0].shape[1] > letter_mask("walk", 20)[0].shape[1]


@pytest.mark.parametrize("text", ["", " ", "日本語", "Größe ≥ 3", "ходьба", "🙂", "a\nb\tc", "\0\x07", "x" * 500, "‮abc"])
def test_any_text_becomes_a_tag(text: str) -> None:
    sprite = tag_sprite("1", shorten(text), (255, 221, 40), 14, "rgb")
    assert sprite.size[0] % 2 == sprite.size[1] % 2 == 0
    assert sprite.size[0] < 420


def test_unknown_letters_show_as_a_box() -> None:
    assert (letter_mask("日", 20)[0] == letter_mask("□", 20)[0]).all()

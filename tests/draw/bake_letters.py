"""Recipe of `src/kinesics/draw/letters.npz`: run once, by hand, where Pillow and the DejaVu fonts (2.37) are installed.

    python tests/draw/bake_letters.py /usr/share/fonts/truetype/dejavu src/kinesics/draw/letters.npz

Per face: `codes` (n,) code points, rising; `starts` (n + 1,) columns of the strip; `lefts` (n,) pixels from the pen to the
first column; `advances` (n,) pixels; `strip` (height, columns) uint8 coverage in 16 steps, baseline at row `ASCENT`.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont

EM, ASCENT, HEIGHT = 48, 46, 60
FACES = {"plain": "DejaVuSansCondensed.ttf", "bold": "DejaVuSansCondensed-Bold.ttf"}
RANGES = [(0x20, 0x7F), (0xA0, 0x180), (0x386, 0x3CF), (0x400, 0x460)]
MORE = "–—‘’“”„†•…‹›€™←↑→↓−≈≠≤≥□✓✗♪"


def bake(font: ImageFont.FreeTypeFont) -> dict[str, np.ndarray]:
    codes = sorted({c for low, high in RANGES for c in range(low, high)} | {ord(c) for c in MORE})
    pieces, lefts, advances = [], [], []
    for code in codes:
        advance = font.getlength(chr(code))
        canvas = Image.new("L", (int(advance) + 40, HEIGHT), 0)
        ImageDraw.Draw(canvas).text((16, ASCENT), chr(code), fill=255, font=font, anchor="ls")
        glyph = np.asarray(canvas)
        filled = np.flatnonzero(glyph.any(axis=0))
        first, last = (filled[0], filled[-1] + 1) if len(filled) else (16, 16)
        pieces.append(glyph[:, first:last])
        lefts.append(first - 16)
        advances.append(advance)
    strip = np.round(np.concatenate(pieces, axis=1) / 17).astype(np.uint8) * 17
    starts = np.concatenate([[0], np.cumsum([p.shape[1] for p in pieces])])
    return {
        "codes": np.array(codes, np.int32),
        "starts": starts.astype(np.int32),
        "lefts": np.array(lefts, np.int8),
        "advances": np.array(advances, np.float32),
        "strip": strip,
    }


def main(fonts: Path, out: Path) -> None:
    tables = {}
    for face, name in FACES.items():
        tables |= {f"{face}_{key}": value for key, value in bake(ImageFont.truetype(fonts / name, EM)).items()}
    np.savez_compressed(out, **tables)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))

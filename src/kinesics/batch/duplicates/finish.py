"""Near-duplicates of a whole corpus: from the shards' hashes to `duplicates.parquet`."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from ...types import Array
from ..config import Config
from ..folder import replace
from ..shards import read_rows
from .agreement import Agreement, agreement
from .alike import likeness
from .buckets import meetings
from .groups import grouped
from .prints import HEIGHT, WIDTH
from .units import Units, gather

__all__ = ["find_duplicates"]

ALIKE = 0.75  # structural similarity of duplicates
ALIKE_STILL = 0.85  # of pictures, and of shots in which nothing moves
STRICTER = 0.75  # of the limit of differing bits, when there are no pictures to compare
LOOKS = 6  # moments that are compared


def find_duplicates(places: Sequence[Path], out: Path, config: Config) -> dict[str, int]:
    """Find groups of near-duplicate shots and clips, and write them to `out`/duplicates.parquet.

    Rows: `group` (0, 1, …), `path`, `shot` (null for a clip as a whole), `start`, `end` (seconds), `exemplar` (the one to
    keep: of the largest pictures times bit rate, then the first by path), `likeness` (structural similarity to the exemplar;
    where no pictures were kept, the share of bits of their hashes that agree). Groups of shots come first; then groups of
    clips, but those whose clips have a single shot each, for these stand there already.

    Args:
        places: the shards, one a clip.
        out: folder.
        config: what was asked for.

    Returns:
        `shots`, `pairs_all` (of shots, and of clips where that is another thing), `pairs_met` (that shared a bucket),
        `pairs_compared` (picture by picture), `groups` (of shots), `groups_clips`, `duplicates` (shots that are not exemplars).
    """
    places = sorted(places)
    units = gather(places)
    with tempfile.TemporaryFile(dir=out) as spill:
        return _Finder(units, places, spill, config.pictures).write(out)


class _Finder:
    """Compares pairs; pictures lie in a file beside, of which the system keeps in memory what it likes."""

    def __init__(self, units: Units, places: Sequence[Path], spill: Any, pictures: bool) -> None:
        self.units, self.compared, self.met = units, 0, 0
        self.agreed: dict[tuple[int, int], Agreement | None] = {}
        self.alike: dict[tuple[int, int], float | None] = {}
        self.smalls: Any = None
        if pictures and len(units):
            self.smalls = _Smalls(units, places, spill)

    def write(self, out: Path) -> dict[str, int]:
        """Do it."""
        units = self.units
        met = meetings(units)
        self.met = len(met)
        whole = units.shot < 0
        by_level = {"shot": ~whole, "clip": whole | units.alone}
        found = {level: self._groups(met[belongs[met].all(1)]) for level, belongs in by_level.items()}
        told = [found["shot"], {best: group for best, group in found["clip"].items() if not units.alone[list(group)].all()}]
        rows: list[dict[str, Any]] = []
        for groups, wholes in zip(told, (False, True), strict=True):
            rows += self._rows(groups, rows[-1]["group"] + 1 if rows else 0, wholes)
        _write(out / "duplicates.parquet", rows)
        sizes = {level: int(mask.sum()) for level, mask in by_level.items()}
        both = int(units.alone.sum())
        pairs = sum(n * (n - 1) // 2 for n in sizes.values()) - both * (both - 1) // 2
        repeated = sum(len(group) - 1 for group in found["shot"].values())
        return {
            "shots": sizes["shot"],
            "pairs_all": pairs,
            "pairs_met": self.met,
            "pairs_compared": self.compared,
            "groups": len(found["shot"]),
            "groups_clips": len(found["clip"]),
            "duplicates": repeated,
        }

    def _groups(self, met: Array) -> dict[int, dict[int, float]]:
        likely = [(found.rank, a, b) for a, b in met.tolist() if (found := self._agreement(a, b)) is not None]
        order = [(a, b) for _, a, b in sorted(likely)]
        clip = self.units.clip
        rank = np.argsort(np.argsort(np.array(self.units.paths)))[clip] if len(clip) else clip  # equal files: the first by path
        worth = self.units.worth[clip]
        places = np.lexsort((rank, -worth))
        value = np.empty(len(clip))
        value[places] = -np.arange(len(clip))
        return grouped(order, value, self._alike)

    def _agreement(self, a: int, b: int) -> Agreement | None:
        if (a, b) not in self.agreed:
            self.agreed[a, b] = agreement(self.units, a, b)
        return self.agreed[a, b]

    def _alike(self, a: int, b: int) -> float | None:
        if (a, b) not in self.alike:
            self.alike[a, b] = self._compare(a, b)
        return self.alike[a, b]

    def _compare(self, a: int, b: int) -> float | None:
        found = self._agreement(a, b)
        if found is None:
            return None
        if self.smalls is None:
            return 1 - found.bits / 64 if found.bits <= STRICTER * found.limit else None
        self.compared += 1
        chosen = found.pairs[np.unique(np.linspace(0, len(found.pairs) - 1, LOOKS).round().astype(int))]
        value = likeness(self.smalls.of(a, chosen[:, 0]), self.smalls.of(b, chosen[:, 1]))
        return value if value >= (ALIKE if len(found.pairs) > 1 else ALIKE_STILL) else None

    def _rows(self, groups: dict[int, dict[int, float]], first: int, whole: bool) -> Iterator[dict[str, Any]]:
        units = self.units

        def place(unit: int) -> tuple[str, float]:
            return units.paths[units.clip[unit]], float(units.start[unit])

        for number, exemplar in enumerate(sorted(groups, key=place), first):
            for unit in sorted(groups[exemplar], key=lambda unit: (unit != exemplar, place(unit))):
                yield {
                    "group": number,
                    "path": units.paths[units.clip[unit]],
                    "shot": None if whole else int(units.shot[unit]),
                    "start": float(units.start[unit]),
                    "end": float(units.end[unit]),
                    "exemplar": unit == exemplar,
                    "likeness": groups[exemplar][unit],
                }


class _Smalls:
    """The thumbnails of all clips, in one file."""

    def __init__(self, units: Units, places: Sequence[Path], spill: Any) -> None:
        self.units = units
        self.first: dict[str, int] = {}
        self.total = 0
        for place in places:
            for batch in read_rows([place], "duplicates", ["small"]):
                path = batch.column("path")[0].as_py()
                self.first.setdefault(path, self.total)
                spill.write(b"".join(batch.column("small").to_pylist()))
                self.total += len(batch)
        spill.flush()
        self.map: Any = np.memmap(spill, np.uint8, "r", shape=(self.total, HEIGHT, WIDTH)) if self.total else None

    def of(self, unit: int, which: Array) -> Array:
        """(k, 36, 48) uint8: some of a unit's moments."""
        first = self.first[self.units.paths[self.units.clip[unit]]]
        return np.asarray(self.map[first + self.units.row[self.units.moments(unit)][which]])


def _write(place: Path, rows: Sequence[dict[str, Any]]) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    kinds = [("group", pa.int64()), ("path", pa.string()), ("shot", pa.int64()), ("start", pa.float64())]
    kinds += [("end", pa.float64()), ("exemplar", pa.bool_()), ("likeness", pa.float32())]
    table = pa.Table.from_pylist(list(rows), pa.schema(kinds))
    replace(place, lambda half: pq.write_table(table, str(half)))

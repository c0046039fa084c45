from __future__ import annotations

from pathlib import Path

import pytest

from kinesics.errors import ShapeError
from kinesics.viewer.costs import CostTable, cache_folder, cost_key, probe_costs, read_costs, write_costs

TABLE = CostTable((0.005, 0.01), (0.006, 0.012))


@pytest.fixture(autouse=True)
def _own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setenv("LOCALAPPDATA", str(tmp_path))
    monkeypatch.setattr(Path, "home", lambda: tmp_path)


def test_probing_leaves_out_the_first_drawing_of_each_tier() -> None:
    now, drawn = 0.0, []

    def draw(tier: int) -> None:
        nonlocal now
        now += 5.0 if tier not in drawn else 0.01 * (tier + 1)
        drawn.append(tier)

    table = probe_costs(draw, 3, drawings=4, clock=lambda: now)
    assert table is not None and table.typical == pytest.approx((0.01, 0.02, 0.03)) and len(table) == 3
    assert drawn == [0] * 5 + [1] * 5 + [2] * 5


def test_probing_ends_when_it_is_told_to() -> None:
    drawn: list[int] = []
    assert probe_costs(drawn.append, 3, stopped=lambda: len(drawn) == 2) is None
    assert drawn == [0, 0]


def test_a_higher_tier_never_costs_less_than_a_lower_one() -> None:
    table = CostTable.of([[0.02, 0.03], [0.01, 0.01], [0.05, 0.06]])
    assert list(table.typical) == sorted(table.typical) and list(table.p95) == sorted(table.p95)


def test_a_table_that_is_kept_reads_back_equal() -> None:
    write_costs("key", TABLE)
    assert read_costs("key", 2) == TABLE
    assert read_costs("key", 3) is None  # the person has another tier now
    assert [path.name for path in cache_folder().iterdir()] == ["key.json"]


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "{}", '{"typical": [1], "p95": [1, 2]}', '{"typical": 1, "p95": null}', "\xff"]
)
def test_a_damaged_table_is_probed_anew(text: str) -> None:
    write_costs("key", TABLE)
    (cache_folder() / "key.json").write_bytes(text.encode("latin-1"))
    assert read_costs("key", 2) is None


def test_a_cache_that_cannot_be_used_is_no_error(tmp_path: Path) -> None:
    (tmp_path / "kinesics").write_text("a file where the folder should be")
    (tmp_path / "Library").write_text("here too")
    write_costs("key", TABLE)
    assert read_costs("key", 2) is None


def test_a_key_tells_nets_and_workers_apart() -> None:
    nets = {"t1": b"one", "t2": b"two"}
    assert cost_key(nets) == cost_key(dict(reversed(nets.items())))
    assert len({cost_key(nets), cost_key(nets | {"t2": b"other"}), cost_key({}), cost_key(nets, [2])}) == 4


@pytest.mark.parametrize("times", [((), ()), ((1.0,), (1.0, 2.0)), ((0.0,), (1.0,)), ((1.0,), (float("nan"),))])
def test_a_table_of_no_times_is_refused(times: tuple[tuple[float, ...], tuple[float, ...]]) -> None:
    with pytest.raises(ShapeError, match="above 0 seconds"):
        CostTable(*times)

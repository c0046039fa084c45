"""What a corpus costs and whether all of it is there in the end: engines side by side, kills, bad files, long films.

python benchmarks/corpus.py [--json] [--quick] [--only pool,spark,overhead,shots,duplicates,kills,memory,realtime,bad]

Clips are cut from the videos below `$KINESICS_DATA/video`, without it from the bundled clip. `--quick` takes less than a
minute and says less: fewer clips, one film, a short long film, no Spark. All of it takes a quarter to half an hour.
"""

from __future__ import annotations

import sys

from corpora.engines import measure_overhead, measure_pool, measure_spark
from corpora.finding import measure_bad, measure_duplicates, measure_shots
from corpora.killing import measure_kills
from corpora.lasting import measure_memory, measure_realtime
from measuring import Measure, measure

FULL: dict[str, Measure] = {
    "pool": measure_pool,
    "spark": measure_spark,
    "overhead": measure_overhead,
    "shots": measure_shots,
    "duplicates": measure_duplicates,
    "kills": measure_kills,
    "memory": measure_memory,
    "realtime": measure_realtime,
    "bad": measure_bad,
}
QUICK: dict[str, Measure] = {
    "pool": lambda: measure_pool(4, 2.0),
    "overhead": lambda: measure_overhead(50),
    "shots": lambda: measure_shots(1, cuts=4, fades=1),
    "duplicates": lambda: measure_duplicates(3),
    "kills": lambda: measure_kills(2, 6),
    "memory": lambda: measure_memory(0.5, 0.25),
    "realtime": lambda: measure_realtime(2, 8.0),
    "bad": lambda: measure_bad(14, 7),
}

if __name__ == "__main__":
    sys.exit(measure(__doc__ or "", FULL, QUICK, weights=["movenet_multipose"]))

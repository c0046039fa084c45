"""How files of each format end."""

from __future__ import annotations

SUFFIX = {
    "jsonl": ".jsonl",
    "parquet": ".parquet",
    "csv": ".csv",
    "coco": ".json",
    "openpose": "",
    "mediapipe": ".landmarks.json",
    "mot": ".txt",
    "pose": ".pose",
}

"""Scenes and clips to files and back: jsonl, Parquet, CSV, COCO, OpenPose, MOTChallenge."""

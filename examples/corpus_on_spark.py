# Databricks notebook source
# MAGIC %md
# MAGIC # A corpus on Spark
# MAGIC
# MAGIC Thousands of videos in, tables out. On a cluster: install the wheel as a library of the cluster (`kinesics[spark]`), put
# MAGIC the clips and the output where all machines see them at the same path (a volume), set `CORPUS` and `OUT`, run all cells.
# MAGIC
# MAGIC Anywhere else, `python examples/corpus_on_spark.py` starts Spark on this machine (Java 17 is needed) and takes a second
# MAGIC of the bundled clip.

# COMMAND ----------

"""A corpus on Spark: a notebook, and a script."""

import contextlib
import os
import tempfile

from pyspark.sql import SparkSession

from kinesics import batch
from kinesics.batch import spark as on_spark
from kinesics.weights import find

at_the_end = contextlib.ExitStack()
session = SparkSession.getActiveSession() or at_the_end.enter_context(on_spark.local_session(2))
CORPUS = os.environ.get("CORPUS") or str(find("demo_clip"))
OUT = os.environ.get("OUT") or at_the_end.enter_context(tempfile.TemporaryDirectory())

# COMMAND ----------

# MAGIC %md
# MAGIC ## Run it
# MAGIC
# MAGIC Each Python worker of Spark holds one worker of ours, which keeps its nets from clip to clip, may cost so much time and
# MAGIC memory a clip, and is replaced when it dies. What is done stays: run this cell again, and only what is missing is done.

# COMMAND ----------

config = batch.Config(jobs=("people", "shots"), seconds=1.0)  # leave `seconds` out for whole clips


def say(clip):
    """A line for each clip that is done."""
    print(f"{clip['done']} of {clip['total']}: {clip['path']}: {clip['status']}, {clip['rows']} rows")


result = batch.run(CORPUS, OUT, config, engine="spark", session=session, step=say)
print(result["clips"], "clips,", round(result["video_seconds"], 1), "s of video, failed:", result["failed"] or "none")

# COMMAND ----------

# MAGIC %md
# MAGIC ## Ask it
# MAGIC
# MAGIC `clips.parquet` has a row a clip; the shards hold all else, a struct column for each kind of row.

# COMMAND ----------

session.read.parquet(f"{OUT}/clips.parquet").select("path", "status", "seconds", "frames", "work_seconds").show(truncate=40)
session.read.parquet(f"{OUT}/shards").createOrReplaceTempView("corpus")

# COMMAND ----------

session.sql("""
    select path, shots.shot, round(shots.start, 2) as start, round(shots.end, 2) as end, shots.before
    from corpus where kind = 'shots' order by path, start
""").show(truncate=40)

# COMMAND ----------

session.sql("""
    select path, people.id, count(*) as frames, round(min(people.time), 2) as first, round(max(people.time), 2) as last
    from corpus where kind = 'people' and people.person is not null group by path, people.id order by frames desc limit 10
""").show(truncate=40)

# COMMAND ----------

# MAGIC %md
# MAGIC ## Or rows, and no folder
# MAGIC
# MAGIC The same function on a DataFrame of paths. Nothing stands over it: for a large corpus, use the folder.

# COMMAND ----------

clips = session.read.parquet(f"{OUT}/clips.parquet").limit(8)  # or session.read.format("binaryFile").load(CORPUS)
frame = on_spark.rows(session, clips, batch.Config(jobs=("shots",), seconds=1.0))
frame.where("kind = 'clip'").select("status", "clip.width", "clip.height", "clip.fps", "clip.frames").show()

# COMMAND ----------

at_the_end.close()

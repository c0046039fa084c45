"""Spark on this machine: Java found, a session that is quiet, bound to loopback, and leaves nothing behind."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from ...errors import JobError, MissingExtra, UsageError, need
from ..child import TEMPORARY
from .reasons import reason, troubles

__all__ = ["RETRIES", "local_session", "need_java"]

RETRIES = 3  # times that a part may be begun; without a number `local[2]` ends all of it when one Python worker dies
JAVA = 17
STOP_SECONDS = 20.0


@contextlib.contextmanager
def local_session(workers: int | None = None, *, master: str | None = None, memory: str = "1g") -> Iterator[Any]:
    """A SparkSession that ends with the `with` block, and Java with it; its files lie in a temporary folder that goes, too.

    Args:
        workers: clips at a time; None for as many as there are cores to run on.
        master: of Spark, such as "spark://host:7077"; None for this machine, where a part is tried three times.
        memory: of the driver's Java.

    Raises:
        MissingExtra: pyspark, pandas (which it asks for) or Java is not installed.
        UsageError: a session is open already.
        JobError: it cannot be started.
    """
    need("pyspark", extra="spark")
    need("pandas", extra="spark")
    need_java()
    from pyspark.sql import SparkSession

    if SparkSession.getActiveSession() is not None:
        raise UsageError("a Spark session is open in this process already; expected none, or it as session=")
    if master is None:
        from ..pool import cores

        master = f"local[{workers or cores()},{RETRIES}]"
    with contextlib.ExitStack() as stack:
        name = f"{TEMPORARY}{os.getpid()}-spark-"  # the next run removes it, should this process be killed
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix=name, ignore_cleanup_errors=True)))
        stack.enter_context(_interrupts_as_before())
        yield stack.enter_context(_session(master, _settings(master, folder, memory), folder / "log"))


def need_java() -> None:
    """See that there is a Java to run.

    Raises:
        MissingExtra: there is none.
    """
    home = os.environ.get("JAVA_HOME")
    if shutil.which("java", path=os.path.join(home, "bin") if home else None) is None:
        where = f"in JAVA_HOME={home}" if home else "on the PATH, and JAVA_HOME is not set"
        raise MissingExtra(
            f"Java {JAVA} or newer is needed for Spark and was not found {where}; install it (Debian: openjdk-17-jre-headless)"
        )


def _settings(master: str, folder: Path, memory: str) -> Mapping[str, str]:
    here = {"spark.driver.bindAddress": "127.0.0.1", "spark.driver.host": "127.0.0.1"} if master.startswith("local") else {}
    java = f"-XX:TieredStopAtLevel=1 -XX:+UseSerialGC -Xshare:auto -Djava.io.tmpdir={folder} -Dderby.system.home={folder}"
    return {
        **here,
        "spark.driver.memory": memory,
        "spark.driver.extraJavaOptions": java,
        "spark.local.dir": str(folder),
        "spark.sql.warehouse.dir": (folder / "warehouse").as_uri(),
        "spark.sql.catalogImplementation": "in-memory",
        "spark.sql.execution.arrow.maxRecordsPerBatch": "1",
        "spark.python.worker.reuse": "true",
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        "spark.log.level": "ERROR",
    }


@contextlib.contextmanager
def _session(master: str, settings: Mapping[str, str], log: Path) -> Iterator[Any]:
    """Java, a context and a session, and none of them afterwards."""
    from pyspark import SparkConf, SparkContext
    from pyspark.java_gateway import launch_gateway
    from pyspark.sql import SparkSession

    conf = SparkConf(loadDefaults=False).setMaster(master).setAppName("kinesics").setAll(list(settings.items()))
    with contextlib.ExitStack() as stack:
        file = stack.enter_context(log.open("wb"))
        out = None if os.environ.get("KINESICS_DEBUG") else file
        try:
            with _environment({"PYSPARK_PYTHON": sys.executable, "SPARK_LOCAL_IP": "127.0.0.1"}, master):
                gateway = launch_gateway(conf, popen_kwargs={"stdout": out, "stderr": out})
                stack.callback(_end, gateway)
                context = SparkContext(conf=conf, gateway=gateway)
                stack.callback(_stop, context)
        except troubles() as error:
            raise _trouble(log.read_text("utf-8", "replace"), error) from None
        yield SparkSession(context)


def _trouble(said: str, error: Exception) -> Exception:
    """Why Spark did not start: in what was raised, or in what Java said when it never came as far as that."""
    if "UnsupportedClassVersionError" in said:
        return MissingExtra(f"Java {JAVA} or newer is needed for Spark, and the one that was found is older")
    return JobError(f"Spark does not start: {reason(said if 'JAVA_GATEWAY_EXITED' in str(error) else str(error))}")


def _stop(context: Any) -> None:
    for _ in range(2):  # when Java was killed the first call fails at it, and the second one does the rest
        with contextlib.suppress(*troubles()):
            context.stop()


def _end(gateway: Any) -> None:
    """End Java, which ends what it has started."""
    from pyspark import SparkContext

    SparkContext._gateway = SparkContext._jvm = None  # the next session starts a Java of its own
    gateway.shutdown()
    if gateway.proc is None:
        return
    with contextlib.suppress(BrokenPipeError):
        gateway.proc.stdin.close()
    try:
        gateway.proc.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        gateway.proc.kill()
        gateway.proc.wait()


@contextlib.contextmanager
def _environment(values: Mapping[str, str], master: str) -> Iterator[None]:
    """Variables that Spark reads while it starts; those that are set already stay as they are."""
    new = {name: value for name, value in values.items() if name not in os.environ}
    if not master.startswith("local"):
        new.clear()  # another machine's Python and address are for its owner to say
    os.environ.update(new)
    try:
        yield
    finally:
        for name in new:
            del os.environ[name]


@contextlib.contextmanager
def _interrupts_as_before() -> Iterator[None]:
    """Spark sets what an interrupt does, and leaves it so."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.getsignal(signal.SIGINT)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)

"""An RTSP camera that a test can start and kill: Debian's GStreamer in a process of its own, on this machine only."""

from __future__ import annotations

import subprocess
from pathlib import Path

from ..errors import MissingExtra

__all__ = ["need_rtsp", "start_rtsp"]

PYTHON = "/usr/bin/python3"  # Debian's own: gi is not in a virtual environment
PACKAGES = "gir1.2-gst-rtsp-server-1.0 python3-gi gstreamer1.0-plugins-base gstreamer1.0-plugins-good gstreamer1.0-plugins-ugly"
_SERVER = """
import sys, gi
gi.require_version("Gst", "1.0"); gi.require_version("GstRtspServer", "1.0")
from gi.repository import Gst, GstRtspServer, GLib
Gst.init(None)
missing = [n for n in ("videotestsrc", "x264enc", "rtph264pay") if Gst.ElementFactory.find(n) is None]
if missing or sys.argv[1:] == ["probe"]:
    sys.exit(", ".join(missing) or 0)
port, width, height, fps = sys.argv[1:]
server = GstRtspServer.RTSPServer(); server.set_address("127.0.0.1"); server.set_service(port)
factory = GstRtspServer.RTSPMediaFactory(); factory.set_shared(True)
factory.set_launch(f"( videotestsrc is-live=true ! video/x-raw,width={width},height={height},framerate={fps}/1 ! x264enc "
                   "tune=zerolatency speed-preset=ultrafast key-int-max=10 ! rtph264pay name=pay0 config-interval=-1 )")
server.get_mount_points().add_factory("/cam", factory); server.attach(None)
print("ready", flush=True)
GLib.MainLoop().run()
"""


def need_rtsp() -> None:
    """See that there is a server to start.

    Raises:
        MissingExtra: what it needs is not installed; the text names Debian's packages.
    """
    reason = f"{PYTHON} is not there"
    if Path(PYTHON).exists():
        probe = subprocess.run([PYTHON, "-c", _SERVER, "probe"], capture_output=True, text=True, check=False)
        if not probe.returncode:
            return
        reason = (probe.stderr.strip().splitlines() or ["it says nothing"])[-1]
    raise MissingExtra(f"no RTSP server: apt-get install {PACKAGES} ({reason})")


def start_rtsp(port: int, size: tuple[int, int] = (160, 120), fps: int = 30) -> subprocess.Popen[str]:
    """A server whose camera is at rtsp://127.0.0.1:PORT/cam; kill it to make it vanish.

    Args:
        port: free, of this machine.
        size: (width, height) of its pictures.
        fps: of them a second.

    Raises:
        MissingExtra: see `need_rtsp`.
    """
    command = [PYTHON, "-c", _SERVER, str(port), str(size[0]), str(size[1]), str(fps)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    if process.stdout is None or process.stdout.readline() != "ready\n":
        process.kill()
        process.communicate()
        need_rtsp()
        raise MissingExtra(f"no RTSP server: it did not start on port {port}")
    return process

"""A web camera as a process: JPEGs in parts over http, at a steady rate, each client from the beginning.

python -m serving.web_camera PORT FPS FILE, where FILE holds the JPEGs, each after its length as four bytes; says "ready".
"""

from __future__ import annotations

import struct
import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path


def packed(pictures: list[bytes]) -> bytes:
    """Pictures as the file that the camera reads."""
    return b"".join(struct.pack("<I", len(data)) + data for data in pictures)


def unpacked(data: bytes) -> list[bytes]:
    """The pictures of such a file."""
    pictures, at = [], 0
    while at < len(data):
        (size,) = struct.unpack_from("<I", data, at)
        pictures.append(data[at + 4 : at + 4 + size])
        at += 4 + size
    return pictures


def main(port: int, fps: float, path: str) -> None:
    """Serve until killed."""
    parts = [
        f"--cut\r\nContent-Type: image/jpeg\r\nContent-Length: {len(data)}\r\n\r\n".encode() + data + b"\r\n"
        for data in unpacked(Path(path).read_bytes())
    ]

    class Camera(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "multipart/x-mixed-replace; boundary=cut")
            self.end_headers()
            began = time.monotonic()
            for number in range(1 << 40):
                time.sleep(max(0.0, began + number / fps - time.monotonic()))
                try:
                    self.wfile.write(parts[number % len(parts)])
                except OSError:
                    return

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", port), Camera)
    server.daemon_threads = True
    print("ready", flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main(int(sys.argv[1]), float(sys.argv[2]), sys.argv[3])

"""A worker without nets: keeps to the messages of real ones, starts at once, and does what the name of its source says.

numbers        a file of 1e9 frames, each seen in 5 ms
few            a file of 20 frames
browser        frames of a browser; the JPEG "bad" is no picture, "die" kills, "sleep" never comes back
camera         a camera of 50 frames a second, as long as the file of that name in the folder is there
crash          dies as soon as it is opened
absent         says that it failed
"""

from __future__ import annotations

import os
import queue
import socket
import sys
import threading
import time
from pathlib import Path
from typing import Any

from kinesics.server.messages import Channel, Message


class SmallWorker:
    def __init__(self, folder: str, number: int) -> None:
        self.folder, self.channel = Path(folder), Channel(socket.socket(fileno=number))
        self.went, self.frames = queue.SimpleQueue[None](), queue.SimpleQueue[Message]()
        self.parts: list[str] = []
        self.epoch, self.index = 0, -1

    def run(self) -> None:
        print("small worker at rtsp://me:secret@here/", file=sys.stderr, flush=True)
        threading.Thread(target=self.beat, daemon=True).start()
        self.channel.send("ready", pid=os.getpid(), seconds=0.0, rss_mb=1.0)
        for message in self.channel:
            getattr(self, "on_" + message.do, lambda _: None)(message)

    def beat(self) -> None:
        while True:
            self.channel.send("beat")
            time.sleep(0.5)

    def scene(self, **args: Any) -> None:
        self.index += 1
        body = b'{"index":%d,"epoch":%d}' % (self.index, self.epoch)
        known = {"index": self.index, "time": self.index / 30, "epoch": self.epoch, "arrived": time.monotonic(), "took": 0.005}
        dropped = {"newest": self.index, "rate": 0, "corrupt": 0}
        self.channel.send("scene", body, *(b"jpeg" for _ in self.parts), **{**known, **args}, dropped=dropped, parts=self.parts)

    def state(self, state: str, error: str = "", **more: Any) -> None:
        self.channel.send("state", state=state, error=error, source="here", size=[64, 48], fps=30.0, epoch=self.epoch, **more)

    # ------------------------------------------------------------------------------------------------------------- a stream
    def on_open(self, message: Message) -> None:
        self.epoch, source = message.args["epoch"], message.args["settings"]["source"]
        name = Path(source).name
        if name == "crash":
            os._exit(3)
        if name == "absent":
            return self.state("failed", "rtsp://me:secret@here/ is not there")
        self.state("running", notes=["the source is rtsp://me:secret@here/"])
        work = {"browser": self.browse, "few": lambda: self.play(20)}.get(name, lambda: self.play(10**9))
        if name == "1":
            work = self.film
        threading.Thread(target=work, daemon=True).start()

    def play(self, count: int) -> None:
        for _ in range(count):
            self.channel.send("turn")
            self.went.get()
            time.sleep(0.005)
            self.scene()
        event = {"time": time.time(), "stream": "?", "kind": "left", "person": 1, "epoch": self.epoch}
        self.channel.send("events", events=[event])
        self.state("ended")

    def film(self) -> None:
        shining = self.folder / "shining"
        while True:
            lost = False
            while not shining.exists():
                lost = True
                time.sleep(0.02)
            self.epoch += lost
            self.channel.send("turn")
            self.went.get()
            self.scene()
            time.sleep(0.02)

    def browse(self) -> None:
        while True:
            message = self.frames.get()
            jpeg, number = message.bodies[0], message.args["number"]
            if jpeg == b"die":
                os._exit(1)
            if jpeg == b"sleep":
                time.sleep(1000)
            time.sleep(0.01)
            if jpeg == b"bad":
                self.channel.send("bad", number=number, error="no picture")
            else:
                self.scene(number=number)

    def on_go(self, message: Message) -> None:
        self.went.put(None)

    def on_frame(self, message: Message) -> None:
        self.frames.put(message)

    def on_watchers(self, message: Message) -> None:
        self.parts = [part for part in ("pictures", "figure") if message.args[part]]
        self.parts = [{"pictures": "picture"}.get(part, part) for part in self.parts]

    def on_stop(self, message: Message) -> None:
        os._exit(0)

    # ------------------------------------------------------------------------------------------------------------ questions
    def answer(self, message: Message, *bodies: bytes, **args: Any) -> None:
        self.channel.send("answer", *bodies, ticket=message.ticket, **args)

    def on_change(self, message: Message) -> None:
        if message.args["settings"].get("coach") == "flying":
            return self.answer(message, error="nobody knows flying", kind="UsageError")
        self.answer(message, pid=os.getpid())

    def on_reload(self, message: Message) -> None:
        self.answer(message)

    def on_teach(self, message: Message) -> None:
        if message.args["do"] == "end":
            return self.answer(message, b"a clip", label="wave", person=1, seconds=1.0, notes=[])
        self.answer(message, begun=True)

    def on_coach(self, message: Message) -> None:
        self.answer(message, error="nothing is counted", kind="UsageError")

    def on_picture(self, message: Message) -> None:
        if message.bodies[0] == b"slow":
            time.sleep(0.3)
        if message.bodies[0] == b"die":
            os._exit(1)
        self.answer(message, b'{"people":[]}')

    def on_library(self, message: Message) -> None:
        args, died = message.args, self.folder / "died"
        if args.get("die") and not died.exists():
            died.touch()
            os._exit(1)
        if args["do"] == "learn":
            (self.folder / "models").mkdir(exist_ok=True)
            (self.folder / "models" / f"{args['model']}.kin").write_bytes(message.bodies[0])
        self.answer(message, asked=args, examples=1)

    def on_clip(self, message: Message) -> None:
        if "none" in message.args["path"]:
            return self.answer(message, error="no video", kind="SourceError")
        for _ in range(1000 if "long" in message.args["path"] else 30):
            self.answer(message, b"{}" * 1000, more=True)
        if "crash" in message.args["path"]:
            os._exit(1)
        self.answer(message, done=True)


if __name__ == "__main__":
    SmallWorker(sys.argv[2], int(sys.argv[3])).run()

"""Stored events on their way out: to sockets, to webhooks, to a broker, which hears how each stream is besides."""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING, Any

import msgspec

from ..events import Event
from .news import News

if TYPE_CHECKING:
    from ..config_file import Plan
    from ..crew.supervisor import Stream, Supervisor
    from ..store.store import Store
    from .mqtt import Mqtt
    from .webhooks import Webhooks

__all__ = ["Onward", "SeenScene", "broker_state"]

PAUSE = 1.0  # seconds between two times that the broker may hear how a stream is


class Onward:
    """Passes stored events on.

    Args:
        news: for those who listen over sockets.

    Attributes:
        webhooks, mqtt: None where there are none.
    """

    def __init__(self, news: News) -> None:
        self.news = news
        self.webhooks: Webhooks | None = None
        self.mqtt: Mqtt | None = None

    def begin(self, plan: Plan, store: Store) -> None:
        """Pass them on as the plan says.

        Raises:
            MissingExtra: what speaks to a broker is not installed.
        """
        if plan.webhooks:
            from .webhooks import Webhooks

            self.webhooks = Webhooks(plan.webhooks)
        if plan.mqtt is not None:
            from .mqtt import Mqtt

            self.mqtt = Mqtt(plan.mqtt, store)

    def events(self, events: list[Event]) -> None:
        """These are stored; from any thread, never waits."""
        self.news.publish(events)
        for one in (self.webhooks, self.mqtt):
            if one is not None:
                one.events(events)

    def state(self) -> dict[str, Any]:
        """How that goes, without what is secret."""
        return {
            "webhooks": [] if self.webhooks is None else self.webhooks.state(),
            "mqtt": None if self.mqtt is None else self.mqtt.state(),
        }

    async def tell_states(self, supervisor: Supervisor) -> None:
        """Have the broker hear of each stream, for ever; without a broker this ends at once."""
        if self.mqtt is None:
            return
        listeners: dict[str, asyncio.Task[None]] = {}
        try:
            while True:
                for name in [name for name, task in listeners.items() if task.done()]:
                    del listeners[name]
                    self.mqtt.stream_state(name, None)
                for name, stream in supervisor.streams.items():
                    if name not in listeners:
                        listeners[name] = asyncio.create_task(self._listen(stream, self.mqtt))
                await asyncio.sleep(PAUSE)
        finally:
            for task in listeners.values():
                task.cancel()
            await asyncio.gather(*listeners.values(), return_exceptions=True)

    async def _listen(self, stream: Stream, mqtt: Mqtt) -> None:
        with contextlib.closing(stream.subscribe()) as seeing:
            scene = SeenScene()
            async for message in seeing:
                if message.do == "scene":
                    scene = msgspec.json.decode(message.bodies[0], type=SeenScene)
                state = stream.state()
                mqtt.stream_state(stream.id, broker_state(state["name"], state["state"], scene))
                await asyncio.sleep(PAUSE if message.do == "scene" else 0)

    def close(self) -> None:
        """Pass on no more; takes a few seconds at most."""
        for one in (self.webhooks, self.mqtt):
            if one is not None:
                one.close()


class _Person(msgspec.Struct):
    id: int = -1


class _Action(msgspec.Struct):
    label: str
    score: float | None = None


class SeenScene(msgspec.Struct):
    """What of a scene a broker hears about."""

    people: list[_Person] = []
    actions: list[_Action] = []


def broker_state(name: str, state: str, scene: SeenScene) -> dict[str, Any]:
    """What a broker hears of a stream: who is followed, and the action that is surest."""
    surest = max(scene.actions, key=lambda one: one.score or 0.0, default=None)
    people = sum(one.id >= 0 for one in scene.people)
    return {"name": name, "state": state, "people": people, "action": "" if surest is None else surest.label}

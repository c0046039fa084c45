"""Events to addresses of the operator's choice, by HTTP POST, each in its own thread; who does not answer is asked again."""

from __future__ import annotations

import hashlib
import hmac
import logging
import threading
import time as clocks
from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import msgspec

from ...errors import UsageError
from ..events import KINDS, Event
from .posting import Address, parse_address, post

__all__ = ["Rule", "Webhooks"]

_log = logging.getLogger(__name__)

CAPACITY = 10_000  # events that wait for one address; of more the oldest are lost
BATCH = 100  # events of one request at most
FIRST, LONGEST = 0.5, 60.0  # seconds between two tries: at first, doubling to
HOPELESS = 3600.0  # seconds after which events are given up


class Rule(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where events go, and which.

    Attributes:
        url: http or https; a user and password in it become a header.
        kinds, labels, streams: only these; empty: all.
        secret: signs each body, so that the receiver knows who it is from.
    """

    url: str
    kinds: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    streams: tuple[str, ...] = ()
    secret: str = ""

    def __post_init__(self) -> None:
        parse_address(self.url)
        strange = [kind for kind in self.kinds if kind not in KINDS]
        if strange:
            raise UsageError(f"webhooks: there are no events of kind {strange[0]!r}; there are {', '.join(KINDS)}")

    def __repr__(self) -> str:
        return f"Rule({parse_address(self.url).shown})"

    def wants(self, event: Event) -> bool:
        """Whether an event is to be sent."""
        return all(
            not chosen or value in chosen
            for chosen, value in ((self.kinds, event.kind), (self.labels, event.label), (self.streams, event.stream))
        )


class Webhooks:
    """Sends stored events on.

    Args:
        rules: out of the operator's configuration, never from the page: `Rule`s, or tables with their fields.
        first, longest, hopeless: seconds between tries at first and at most, and until events are given up.

    Raises:
        UsageError: a rule that is none.
    """

    def __init__(
        self,
        rules: Iterable[Rule | Mapping[str, Any]],
        *,
        first: float = FIRST,
        longest: float = LONGEST,
        hopeless: float = HOPELESS,
    ) -> None:
        pauses = first, longest, hopeless
        self._hooks = [_Hook(_rule(rule), pauses) for rule in rules]

    def events(self, events: Sequence[Event]) -> None:
        """Have stored events sent. Never waits, never fails."""
        for hook in self._hooks:
            hook.put(events)

    def state(self) -> list[dict[str, Any]]:
        """Of each rule: `to` (without what is secret), events `sent`, `waiting` and `lost`, tries that `failed`, `error`."""
        return [hook.state() for hook in self._hooks]

    def close(self) -> None:
        """End; what waits is not sent any more, and stays in the store."""
        for hook in self._hooks:
            hook.stop()
        for hook in self._hooks:
            hook.join()


def _rule(rule: Rule | Mapping[str, Any]) -> Rule:
    if isinstance(rule, Rule):
        return rule
    try:
        return msgspec.convert(dict(rule), Rule)
    except msgspec.ValidationError as error:  # it names fields and types, never values
        raise UsageError(f"webhooks: {str(error).removeprefix('webhooks: ')}") from None


class _Hook:
    """One rule, its queue and its thread."""

    def __init__(self, rule: Rule, pauses: tuple[float, float, float]) -> None:
        self._rule, self._address = rule, parse_address(rule.url)
        self._first, self._longest, self._hopeless = pauses
        self._wake = threading.Condition()
        self._waiting: deque[Event] = deque()
        self._closing, self._sent, self._lost, self._failed, self._error = False, 0, 0, 0, ""
        self._flying = 0
        self._thread = threading.Thread(target=self._run, name="webhook", daemon=True)
        self._thread.start()

    def put(self, events: Sequence[Event]) -> None:
        wanted = [event for event in events if self._rule.wants(event)]
        with self._wake:
            if self._closing or not wanted:
                return
            self._waiting.extend(wanted)
            while len(self._waiting) > CAPACITY:
                self._waiting.popleft()
                self._lost += 1
            self._wake.notify_all()

    def state(self) -> dict[str, Any]:
        with self._wake:
            waiting = len(self._waiting) + self._flying
            found: dict[str, Any] = {"to": self._address.shown, "sent": self._sent, "waiting": waiting}
            return found | {"lost": self._lost, "failed": self._failed, "error": self._error}

    def stop(self) -> None:
        with self._wake:
            self._closing = True
            self._wake.notify_all()

    def join(self) -> None:
        self._thread.join(6)

    def _run(self) -> None:
        while True:
            with self._wake:
                self._wake.wait_for(lambda: self._closing or bool(self._waiting))
                if self._closing:
                    return
                batch = [self._waiting.popleft() for _ in range(min(len(self._waiting), BATCH))]
                self._flying = len(batch)
            delivered = self._deliver(batch)
            with self._wake:
                self._flying = 0
                self._sent += len(batch) if delivered else 0
                self._lost += 0 if delivered else len(batch)

    def _deliver(self, batch: list[Event]) -> bool:
        """Try until it is taken, or hopeless, or the service ends."""
        body = msgspec.json.encode({"events": batch})
        send = _sender(self._address, body, self._rule.secret)
        began, pause = clocks.monotonic(), self._first
        while not self._closing:
            error = send()
            self._say(error)
            if not error:
                return True
            if clocks.monotonic() - began + pause > self._hopeless:
                return False
            with self._wake:
                self._wake.wait_for(lambda: self._closing, pause)
            pause = min(2 * pause, self._longest)
        return False

    def _say(self, error: str) -> None:
        with self._wake:
            changed, self._error = error != self._error, error
            self._failed += bool(error)
        if changed:
            _log.warning("webhook to %s: %s", self._address.shown, error or "answers again")


def _sender(address: Address, body: bytes, secret: str) -> Callable[[], str]:
    headers = {"Content-Type": "application/json", "User-Agent": "kinesics"}
    if secret:
        headers["X-Kinesics-Signature"] = "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    return lambda: post(address, body, headers)

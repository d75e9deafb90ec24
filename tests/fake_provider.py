"""A payment provider that exists in tests alone: a process of its own with keys of its own, in three dialects.

Run as ``python -m tests.fake_provider``; it reads one JSON command on each line of its input and answers with one on
each line of its output. From ``begin`` on it takes payments, refuses to give back more than was paid, and sends what it
has to tell; with a fault, one message in eight goes wrong, by the seed. ``injected`` says what that must leave behind.
"""

from __future__ import annotations

import base64
import json
import random
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from tests.provider_dialects import Told, delivery, provider_key, public_pem
from tests.vectors import ROOT

FAULTS = ("none", "duplicate", "delay", "reorder", "drop", "corrupt", "amount")

Line = dict[str, Any]


@dataclass
class FakeProvider:
    """What it was paid and gave back, and what it has to tell in this round and the next."""

    luck: random.Random
    fault: str
    listed: list[Line] = field(default_factory=list)
    paid: dict[str, int] = field(default_factory=dict)
    outbox: list[tuple[str, Told]] = field(default_factory=list)
    later: list[tuple[str, Told]] = field(default_factory=list)
    injected: list[tuple[str, str]] = field(default_factory=list)

    def pay(self, provider: str, order: str, minor: int) -> Line:
        """The buyer pays; with the fault ``amount``, sometimes a cent less than they should."""
        if self._goes_wrong("amount"):
            minor -= 1
            self.injected.append(("other-amount", f"payment {order}"))
        self.paid[order] = minor
        return self._done(provider, Told(f"evt-{len(self.listed)}", order, minor, reference=f"pay-{order}"))

    def refund(self, provider: str, order: str, refund: str, minor: int) -> Line:
        """Gives back; the same refund again is the same refund, and more than was paid is refused."""
        if any(line["refund"] == refund for line in self.listed):
            return {"taken": True}
        if not 0 < minor <= self.paid.get(order, 0):
            return {"taken": False}
        self.paid[order] -= minor
        told = Told(f"evt-{len(self.listed)}", order, minor, refund=refund, reference=f"pay-{order}")
        return self._done(provider, told)

    def send(self, at: int) -> Line:
        """The deliveries of this round."""
        telling, self.outbox, self.later = self.outbox, self.later, []
        sent = [message for one in telling for message in self._sent(*one, at)]
        if self.fault == "reorder":
            self.luck.shuffle(sent)
        return {"sent": sent}

    def list(self, order: str | None = None) -> Line:
        """What it holds to have happened, of one order or of all; and what its faults must leave behind."""
        listed = [line for line in self.listed if order in (None, line["order"])]
        return {"listed": listed, "injected": self.injected}

    def _done(self, provider: str, told: Told) -> Line:
        line = {"provider": provider, "order": told.order, "refund": told.refund, "minor": told.minor}
        self.listed.append(line)
        (self.later if self._goes_wrong("delay") else self.outbox).append((provider, told))
        return {"taken": True}

    def _sent(self, provider: str, told: Told, at: int) -> list[Line]:
        left_behind = "not-booked", f"refund {told.refund}" if told.refund else f"payment {told.order}"
        if self._goes_wrong("drop"):
            self.injected.append(left_behind)
            return []
        true = delivery(provider, told, at=at)
        body = true.body
        if self._goes_wrong("corrupt"):
            self.injected.append(left_behind)
            body = body.replace(b'"', b"'", 1) if provider != "alipay" else body.replace(b".", b"5.", 1)
        line = {"provider": provider, "headers": dict(true.headers), "body": base64.b64encode(body).decode()}
        return [line] * (2 if self._goes_wrong("duplicate") else 1)

    def _goes_wrong(self, fault: str) -> bool:
        return self.fault == fault and self.luck.randrange(8) == 0


class FakeProviderAtWork:
    """The other end of the pipes."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process
        self.key = self._answer()["key"].encode()

    def ask(self, do: str, **members: object) -> Line:
        """One command and its answer."""
        assert self._process.stdin is not None
        print(json.dumps({"do": do, **members}), file=self._process.stdin, flush=True)
        return self._answer()

    def _answer(self) -> Line:
        assert self._process.stdout is not None
        answer: Line = json.loads(self._process.stdout.readline())
        return answer


@contextmanager
def fake_provider() -> Iterator[FakeProviderAtWork]:
    """A fake provider in a process of its own, gone afterwards."""
    command = [sys.executable, "-m", "tests.fake_provider"]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield FakeProviderAtWork(process)
        finally:
            process.kill()


def _serve() -> None:
    provider = FakeProvider(random.Random(0), "none")
    print(json.dumps({"key": public_pem(provider_key()).decode()}), flush=True)
    for text in sys.stdin:
        command: Mapping[str, Any] = json.loads(text)
        members = {name: value for name, value in command.items() if name != "do"}
        match command["do"]:
            case "begin":
                provider = FakeProvider(random.Random(members["seed"]), members["fault"])
                answer: Line = {}
            case "pay":
                answer = provider.pay(**members)
            case "refund":
                answer = provider.refund(**members)
            case "send":
                answer = provider.send(**members)
            case _:
                answer = provider.list(**members)
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    _serve()

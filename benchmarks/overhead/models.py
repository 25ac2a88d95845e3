"""Measure what lies between the log and the model: what a long run's requests hold and cost, what an adapter takes."""

import argparse
import dataclasses
import http.client
import json
import statistics
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from patchwright.agent.attempt import TOOLS
from patchwright.agent.budget import Budget
from patchwright.agent.context import Conversation, messages, size
from patchwright.agent.events import Called, Event, Observed, Replied, Said, Summarised
from patchwright.agent.models.base import CAPABLE, Message, Reply
from patchwright.agent.models.endpoint import Endpoint
from patchwright.agent.models.metered import Metered
from patchwright.agent.models.patient import Patient
from patchwright.agent.tokens import count
from patchwright.tools.base import Call, Observation

from . import table
from .server import Server, compact
from .steps import ISSUE, Script
from .table import line, met

MOST, COST, ADAPTER = 60_000, 0.5, 5.0
"""Tokens of a request; share of the unmasked run's cost; milliseconds of a call."""
CACHED = 0.1
"""What a token costs that the provider has in its cache, of one that it has not."""
MARKS = (10, 100, 300, 1_000)
UNMASKED = 10**9
HERE = Path(__file__).parent


@dataclass(frozen=True)
class Requests:
    """A run's requests, in tokens."""

    steps: int
    longest: int
    total: int
    cached: int
    maskings: int
    needless: int
    """Requests that are no extension although one would have fitted."""

    @property
    def extending(self) -> float:
        """The share of requests that are the one before with more at its end."""
        return 1 - self.maskings / (self.steps - 1)

    @property
    def price(self) -> float:
        """In tokens that are not cached."""
        return self.total - self.cached * (1 - CACHED)


@dataclass(frozen=True)
class Step:
    """Milliseconds that the messages of a request take at a step: as the loop asks for them, and from the log alone."""

    step: int
    live: float
    anew: float


def main(words: Sequence[str]) -> int:
    options = parser().parse_args(words)
    schemas = count(
        compact([tool.schema for name, tool in TOOLS.items() if name in CAPABLE.offered]).decode()
    )
    events = list(run(options.steps, options.size))
    masked = requests(events, CAPABLE.window, schemas)
    whole = requests(events, UNMASKED, schemas)
    times = list(timed(list(run(max(options.marks), options.size)), options.marks))
    ours, bare = called(options.calls, messages(events[:62]))
    print(table.machine(), end="\n\n")
    print(shown(masked, whole, options.size), end="\n\n")
    print(stepped(times), end="\n\n")
    print(adapted(ours, bare), end="\n\n")
    print(targets(masked, whole, statistics.median(a - b for a, b in zip(ours, bare, strict=True))))
    if options.json:
        found = {"masked": masked, "whole": whole, "times": times, "ours": ours, "bare": bare}
        options.json.write_text(json.dumps(found, default=dataclasses.asdict, indent=1) + "\n")
    return 0


def parser() -> argparse.ArgumentParser:
    top = argparse.ArgumentParser(prog="run.py models", description=__doc__)
    top.add_argument("--steps", type=int, default=300, metavar="N", help="steps of the run (300)")
    top.add_argument(
        "--size", type=int, default=4_000, metavar="N", help="characters of an observation (4000)"
    )
    top.add_argument("--calls", type=int, default=200, metavar="N", help="timed calls of the adapter (200)")
    top.add_argument(
        "--marks", type=int, nargs="+", default=MARKS, metavar="N", help="steps at which messages are timed"
    )
    top.add_argument("--json", type=Path, metavar="FILE", help="write every sample")
    return top


def run(steps: int, characters: int) -> Iterator[Event]:
    """A run that reads: each observation is another piece of this benchmark's own source."""
    source = "".join(path.read_text() for path in sorted(HERE.glob("*.py")))
    yield Said(role="system", text="You repair software. " * 40, about="rules")
    yield Said(role="user", text=ISSUE, about="task")
    for number in range(1, steps + 1):
        at = number * 997 % (len(source) - characters)
        call = Call(
            id=f"{number}.1", tool="read", args={"path": f"calc/part{number % 40}.py", "start": number}
        )
        yield Replied(reply=Reply(text=f"I look at part {number % 40} next.", calls=(call,)))
        yield Called(call=call)
        yield Observed(observation=Observation(call=call.id, ok=True, text=source[at : at + characters]))


def requests(events: Sequence[Event], window: int, schemas: int) -> Requests:
    """What the requests of a log were, each with the tools."""
    kept: dict[int, tuple[Message, int]] = {}

    def tokens(sent: Sequence[Message]) -> int:
        for m in sent:
            kept.setdefault(id(m), (m, 0 if id(m) in kept else size(m)))
        return schemas + sum(kept[id(m)][1] for m in sent)

    last, totals, cached, maskings, needless = list[Message](), list[int](), 0, 0, 0
    for sent in asked(events, window):
        same = next((n for n, (a, b) in enumerate(zip(last, sent, strict=False)) if a != b), len(last))
        if same < len(last):
            maskings += 1
            needless += (
                tokens(last) + tokens(sent[-2:]) - 2 * schemas <= window
            )  # one answer and its result are new
        cached += tokens(sent[:same]) if last else 0
        totals.append(tokens(sent))
        last = sent
    return Requests(len(totals), max(totals), sum(totals), cached, maskings, needless)


def asked(events: Sequence[Event], window: int) -> Iterator[list[Message]]:
    """Every request of a log, as the loop makes it, of a model that writes no summaries."""
    conversation, log = Conversation(window), list[Event]()
    for event in events:
        if isinstance(event, Replied):
            yield answered(conversation, log)
        log.append(event)


def answered(conversation: Conversation, log: list[Event]) -> list[Message]:
    if conversation.going(log):
        log.append(Summarised(text=""))
    return conversation.messages(log)


def timed(events: Sequence[Event], marks: Sequence[int]) -> Iterator[Step]:
    conversation, log, times = Conversation(CAPABLE.window), list[Event](), list[float]()
    for event in events:
        if isinstance(event, Replied):
            started = time.perf_counter()
            answered(conversation, log)
            times.append(ms(started))
            if len(times) in marks:
                started = time.perf_counter()
                messages(log)
                yield Step(len(times), statistics.median(times[-20:]), ms(started))
        log.append(event)


def called(number: int, sent: Sequence[Message]) -> tuple[list[float], list[float]]:
    """Milliseconds of calls through all that a run's model is made of, and of the same bytes sent bare, in turns."""
    schemas = [tool.schema for name, tool in TOOLS.items() if name in CAPABLE.offered]
    ours, bare = list[float](), list[float]()
    with Server(Script(("ls",))) as server:
        endpoint = Endpoint("openai/scripted-1", f"{server.url}/v1")
        model = Patient(Metered(endpoint, [Budget("a run", tokens=10**12)]))
        connection = http.client.HTTPConnection(urlsplit(server.url).netloc)
        for turn in range(number + 5):
            started = time.perf_counter()
            reply = model.complete(sent, schemas, lambda _: None, threading.Event())
            took = ms(started)
            assert reply.calls
            raw = server.exchanges[-1].raw
            started = time.perf_counter()
            connection.request("POST", "/v1/chat/completions", raw, {"Content-Type": "application/json"})
            connection.getresponse().read()
            if turn >= 5:  # the first ones open connections and import
                bare.append(ms(started))
                ours.append(took)
        connection.close()
        model.close()
    return ours, bare


def ms(started: float) -> float:
    return (time.perf_counter() - started) * 1000


def shown(masked: Requests, whole: Requests, characters: int) -> str:
    heads = (
        "run",
        "longest request",
        "all requests",
        "of that in the cache",
        f"cost at {CACHED} a cached token",
        "extend",
        "maskings",
    )
    lines = [line(heads), line(["---", *["---:"] * (len(heads) - 1)])]
    for name, r in (
        (f"{masked.steps} steps of {characters} characters", masked),
        ("the same, unmasked", whole),
    ):
        figures = (r.longest, r.total, r.cached, round(r.price))
        lines.append(
            line([name, *(f"{f:,}" for f in figures), f"{100 * r.extending:.1f} %", str(r.maskings)])
        )
    return "\n".join(lines)


def stepped(times: Sequence[Step]) -> str:
    lines = [line(("step", "its messages, ms", "from the log alone, ms")), line(["---:"] * 3)]
    lines += [line([f"{t.step:,}", f"{t.live:.2f}", f"{t.anew:.0f}"]) for t in times]
    return "\n".join(lines)


def adapted(ours: Sequence[float], bare: Sequence[float]) -> str:
    share = statistics.median(a / b for a, b in zip(ours, bare, strict=True))
    lines = [line(("call", "ms")), line(["---", "---:"])]
    lines.append(line([f"patchwright, {share:.2f} × the bare one", table.spread(ours)]))
    lines.append(line(["bare http.client, the same bytes", table.spread(bare)]))
    return "\n".join(lines)


def targets(masked: Requests, whole: Requests, adapter: float) -> str:
    """What patchwright sets itself, and whether this run met it."""
    total, price = masked.total / whole.total, masked.price / whole.price
    rows = (
        ("longest request", f"{MOST:,} tokens", f"{masked.longest:,} tokens", masked.longest < MOST),
        ("tokens, masked by unmasked", f"{COST} ×", f"{total:.2f} ×", total <= COST),
        (
            f"cost at {CACHED} a cached token, masked by unmasked",
            f"{COST} ×",
            f"{price:.2f} ×",
            price <= COST,
        ),
        ("call, beyond the bare one", f"{ADAPTER:.0f} ms", f"{adapter:.2f} ms", adapter < ADAPTER),
    )
    lines = [line(["target", "limit", "here", ""]), line(["---", "---:", "---:", "---"])]
    lines += [line([what, limit, here, met(is_met)]) for what, limit, here, is_met in rows]
    lines.append(
        line(
            [
                "requests that could extend the one before and do not",
                "0",
                str(masked.needless),
                met(not masked.needless),
            ]
        )
    )
    return "\n".join(lines)

"""A provider on loopback that plays a script: OpenAI's chat completions below /v1, Anthropic's messages below /.

It counts what it is asked and answers, keeps every request, and makes the faults that the script names. Where it is
in the script is read from the conversation, as `Scripted` does it, so that a run can be resumed and a try repeated.
"""

import contextlib
import json
import os
import socket
import struct
import threading
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Self

from .base import Usage
from .faults import Answer, Fault, Spoken, fault
from .scripted import Turn
from .speech import Anthropic, Json, OpenAI, Speech, bare, compact, prefixes, tokens

SPEECHES: Mapping[str, Speech] = {"/v1/chat/completions": OpenAI(), "/v1/messages": Anthropic()}
ENDLESS = "and so on, "
STALL = 3600.0
"""Seconds that a stalled stream stays open."""


@dataclass
class Exchange:
    """One request."""

    at: float
    """When it came, by the monotonic clock."""
    path: str
    headers: Mapping[str, str]
    body: Json
    turn: int = 0
    status: int = 200
    fault: str = ""
    usage: Usage = field(default_factory=Usage)
    """What it is charged for: all that was sent of the answer, also where it broke off."""


class Stage:
    """The server. A context manager; `close` may be called from any thread."""

    def __init__(self, turns: Sequence[Turn], port: int = 0) -> None:
        self.exchanges: list[Exchange] = []
        self._turns, self._lock = turns, threading.Lock()
        self._faults = [[(name, fault(name)) for name in turn.faults] for turn in turns]
        self._played, self._cache = Counter[int](), set[str]()
        self.closed = threading.Event()
        self._http = ThreadingHTTPServer(("127.0.0.1", port), handler(self))
        self._http.daemon_threads = True
        self._thread = threading.Thread(target=self._http.serve_forever, args=[0.02], daemon=True)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._http.server_address[1]}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self.closed.set()
        self._http.shutdown()
        self._http.server_close()
        self._thread.join()

    def take(self, exchange: Exchange) -> None:
        """Keep a request, in the order of their coming."""
        with self._lock:
            self.exchanges.append(exchange)

    def play(self, exchange: Exchange, speech: Speech) -> tuple[Fault, Answer | None]:
        """What the script has for a request, and the fault that comes first; no answer where it is refused."""
        body = exchange.body
        exchange.turn = number = sum(m["role"] == "assistant" for m in body.get("messages", []))
        if number >= len(self._turns):
            return Fault(400, f"the script has {len(self._turns)} answers and was asked for one more"), None
        with self._lock:
            at = self._played[number]
            self._played[number] += 1
        exchange.fault, found = self._faults[number][at] if at < len(self._faults[number]) else ("", Fault())
        if found.status:
            return found, None
        most = body.get("max_tokens") or body.get("max_completion_tokens") or 0
        answer = found.spoil(whole_answer(self._turns[number], number, speech.thinks(body), most))
        sent = {"reset before": 0, "reset middle": length(answer) // 2, "stall": length(answer) // 2}
        asked = Usage() if found.line == "reset before" else self.count(speech.parts(body))
        exchange.usage = asked.model_copy(update={"completion": sent.get(found.line, length(answer))})
        return found, answer

    def count(self, parts: Sequence[Json]) -> Usage:
        """The tokens of a conversation, and which of them the cache has: by its marks where there are any.

        A provider without marks caches by itself.
        """
        sizes, digests = [tokens(bare(part)) for part in parts], prefixes(parts)
        marks = [i for i, part in enumerate(parts) if "cache_control" in json.dumps(part)]
        automatic = not any("system" in part for part in parts)
        reach = len(parts) - 1 if automatic else max(marks, default=-1)
        with self._lock:
            hit = next((i for i in range(reach, -1, -1) if digests[i] in self._cache), -1)
            self._cache.update(digests if automatic else [digests[i] for i in marks])
        cached, marked = sum(sizes[: hit + 1]), sum(sizes[: reach + 1])
        return Usage(prompt=sum(sizes), cached=cached, written=0 if automatic else max(marked - cached, 0))


def whole_answer(turn: Turn, number: int, thinks: bool, most: int) -> Answer:
    """A turn of the script as an answer, which is cut where it is longer than it may be."""
    calls = tuple(
        Spoken(f"call_{number}_{i}", c.tool, json.dumps(c.args), c.args) for i, c in enumerate(turn.calls)
    )
    whole = Answer(turn.text, turn.thinking if thinks else "", calls, "tool_calls" if calls else "stop")
    if not most or length(whole) <= most:
        return whole
    text = turn.text.encode()[: most * 4].decode(errors="ignore")
    return Answer(text, "", (), "length")


def length(answer: Answer) -> int:
    """Tokens of an answer."""
    calls = "".join(c.tool + c.arguments for c in answer.calls)
    return (len((answer.thinking + answer.text + calls).encode()) + 3) // 4


def handler(stage: Stage) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def do_GET(self) -> None:
            self.send({"object": "list", "data": [{"id": "scripted", "object": "model"}]})

        def do_POST(self) -> None:
            at, path = time.monotonic(), self.path.partition("?")[0]
            body = json.loads(self.rfile.read(int(self.headers.get("Content-Length") or 0)))
            exchange = Exchange(at, path, {k.lower(): v for k, v in self.headers.items()}, body)
            stage.take(exchange)
            speech = SPEECHES.get(path)
            if not speech:
                self.send(OpenAI().error(404, f"nothing is at {path}"), 404)
            elif wrong := speech.fault(body):
                exchange.status = 400
                self.send(speech.error(400, wrong), 400)
            else:
                self.perform(exchange, speech)

        def perform(self, exchange: Exchange, speech: Speech) -> None:
            found, answer = stage.play(exchange, speech)
            exchange.status = found.status or 200
            if not answer:
                self.send(speech.error(found.status, found.says), found.status, found.after)
            elif found.line == "reset before":
                self.reset()
            elif found.line == "endless":
                self.never_end(exchange, speech)
            elif exchange.body.get("stream"):
                self.stream(list(speech.events(answer, exchange.usage, exchange.body)), found.line)
            else:
                self.send(speech.whole(answer, exchange.usage))

        def stream(self, events: list[bytes], line: str) -> None:
            half = line in ("reset middle", "stall")
            data = b"".join(events)
            size = (
                None if line == "stall" else len(data)
            )  # an answer without one lasts until the connection ends
            sent = b"".join(events[: len(events) // 2]) if half else data
            self.wfile.write(head(200, "text/event-stream", size) + sent)  # one write, so one packet
            if line == "stall":
                stage.closed.wait(STALL)
            if line:
                self.reset()

        def never_end(self, exchange: Exchange, speech: Speech) -> None:
            answer = Answer(ENDLESS, "", (), "stop")
            events = list(speech.events(answer, exchange.usage, exchange.body))
            first = next(i for i, e in enumerate(events) if ENDLESS.encode() in e)
            self.wfile.write(head(200, "text/event-stream", None) + b"".join(events[:first]))
            self.close_connection, sent = True, 0
            with contextlib.suppress(OSError):
                while not stage.closed.is_set():
                    self.wfile.write(events[first])
                    sent += length(answer)
                    exchange.usage = exchange.usage.model_copy(update={"completion": sent})

        def reset(self) -> None:
            """Break the connection off: what the kernel has not sent yet is lost with it."""
            time.sleep(0.05)
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            os.close(self.connection.detach())
            self.close_connection = True

        def send(self, value: Json, status: int = 200, after: str = "") -> None:
            data = compact(value)
            self.wfile.write(head(status, "application/json", len(data), after) + data)

        def log_message(self, format: str, *args: object) -> None:
            return

    return Handler


def head(status: int, kind: str, size: int | None, after: str = "") -> bytes:
    lines = [f"HTTP/1.1 {status} -", f"Content-Type: {kind}"]
    lines += ["Connection: close"] if size is None else [f"Content-Length: {size}"]
    lines += [f"Retry-After: {after}"] if after else []
    return "\r\n".join([*lines, "", ""]).encode()

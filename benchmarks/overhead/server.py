"""A scripted model: chat completions on loopback that play a script at once, and keep what they were asked."""

import json
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

from .steps import Script

SHELLS = (
    "bash",
    "shell",
    "run",
    "terminal",
    "execute_bash",
    "run_command",
    "run_shell_command",
    "exec",
    "sh",
)
ENDS = ("finish", "submit", "done", "task_complete", "attempt_completion")
COMMANDS = ("command", "cmd", "commands", "script", "code", "input")
SUMMARIES = ("summary", "message", "result", "text")

Json = dict[str, Any]


@dataclass(frozen=True)
class Exchange:
    """One request and when it came and was answered, by the monotonic clock."""

    arrived: float
    answered: float
    body: Json
    raw: bytes
    step: int | None
    """Its place in the script; None where no tool for commands was offered, so that nothing was played."""


class Server:
    """Plays a script to one client. The same request again, a retry, gets the same answer again."""

    def __init__(self, script: Script) -> None:
        self.script = script
        self.exchanges: list[Exchange] = []
        self._lock = threading.Lock()
        self._http = ThreadingHTTPServer(("127.0.0.1", 0), handler(self))
        self._http.daemon_threads = True
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.05,), daemon=True)

    @property
    def port(self) -> int:
        return self._http.server_address[1]

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def played(self) -> list[Exchange]:
        """The exchanges that took the script further."""
        return [e for e in self.exchanges if e.step is not None]

    def place(self, body: Json, raw: bytes) -> int | None:
        """Which step of the script a request gets."""
        if not pick(tools(body), SHELLS):
            return None
        played = self.played
        if played and played[-1].raw == raw:
            return played[-1].step
        return len({e.step for e in played})

    def keep(self, exchange: Exchange) -> None:
        with self._lock:
            self.exchanges.append(exchange)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._http.shutdown()
        self._http.server_close()
        self._thread.join()


def handler(server: Server) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True
        arrived = 0.0

        def parse_request(self) -> bool:
            self.arrived = time.monotonic()
            return super().parse_request()

        def do_GET(self) -> None:
            model = {"id": "scripted-1", "object": "model", "created": 0, "owned_by": "nobody"}
            self.send("application/json", compact({"object": "list", "data": [model]}))

        def do_POST(self) -> None:
            raw = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            if not self.path.partition("?")[0].endswith("/chat/completions"):
                self.send("application/json", b'{"error":{"message":"only chat completions"}}', 404)
                return
            body = json.loads(raw)
            step = server.place(body, raw)
            message = answer(server.script, step, tools(body))
            stream = bool(body.get("stream"))
            data = streamed(message) if stream else whole(message)
            server.keep(
                Exchange(self.arrived, time.monotonic(), body, raw, step)
            )  # who has the answer may ask for it
            self.send("text/event-stream" if stream else "application/json", data)

        def send(self, kind: str, data: bytes, status: int = 200) -> None:
            head = f"HTTP/1.1 {status} -\r\nContent-Type: {kind}\r\nContent-Length: {len(data)}\r\n\r\n"
            self.wfile.write(head.encode() + data)  # one write, so one packet and no waiting for the second

        def log_message(self, format: str, *args: object) -> None:
            return

    return Handler


def tools(body: Json) -> dict[str, Json]:
    """The tools on offer: name to parameters."""
    offered = [t.get("function") or {} for t in body.get("tools") or []]
    return {f["name"]: f.get("parameters") or {} for f in offered if f.get("name")}


def pick(offered: Mapping[str, Json], wanted: tuple[str, ...]) -> str:
    """The first wanted name that is on offer; empty where none is."""
    return next((name for name in wanted if name in offered), "")


def answer(script: Script, step: int | None, offered: Mapping[str, Json]) -> Json:
    """The model's message at a place in the script."""
    if step is None:
        return {"role": "assistant", "content": "ok"}
    shell = pick(offered, SHELLS)
    if step < len(script.steps):
        return called(step, shell, offered[shell], COMMANDS, script.steps[step])
    if script.last_command:
        return called(step, shell, offered[shell], COMMANDS, script.last_command)
    if end := pick(offered, ENDS):
        return called(step, end, offered[end], SUMMARIES, script.said_last)
    return {"role": "assistant", "content": script.said_last}


def called(step: int, tool: str, parameters: Json, names: tuple[str, ...], value: str) -> Json:
    """A call with `value` in the parameter that takes it, and something harmless in what else is required."""
    fields: Json = parameters.get("properties") or {}
    name = pick(fields, names) or next(iter(fields), names[0])
    args = {n: harmless(fields.get(n) or {}) for n in parameters.get("required") or []} | {name: value}
    function = {"name": tool, "arguments": compact(args).decode()}
    call = {"id": f"call_{step:04d}", "type": "function", "function": function}
    return {"role": "assistant", "content": "", "tool_calls": [call]}


def harmless(field: Json) -> Any:
    fallback = {"boolean": False, "integer": 60, "number": 60, "array": [], "object": {}}
    return field.get("default", (field.get("enum") or [fallback.get(field.get("type", ""), "a step")])[0])


def whole(message: Json) -> bytes:
    choice = {"index": 0, "message": message, "finish_reason": reason(message)}
    return compact({**head("chat.completion"), "choices": [choice], "usage": USAGE})


def streamed(message: Json) -> bytes:
    calls = [{"index": i, **call} for i, call in enumerate(message.get("tool_calls") or [])]
    said = {"content": message["content"]} | ({"tool_calls": calls} if calls else {})
    deltas = [({"role": "assistant", "content": ""}, None), (said, None), ({}, reason(message))]
    choices = [[{"index": 0, "delta": delta, "finish_reason": end}] for delta, end in deltas]
    chunks = [{**head("chat.completion.chunk"), "choices": c} for c in choices]
    chunks.append({**head("chat.completion.chunk"), "choices": [], "usage": USAGE})
    return b"".join(b"data: " + compact(c) + b"\n\n" for c in chunks) + b"data: [DONE]\n\n"


USAGE = {"prompt_tokens": 1000, "completion_tokens": 40, "total_tokens": 1040}


def head(kind: str) -> Json:
    return {"id": "chatcmpl-0", "object": kind, "created": 0, "model": "scripted-1"}


def reason(message: Json) -> str:
    return "tool_calls" if message.get("tool_calls") else "stop"


def compact(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()

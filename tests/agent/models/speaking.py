"""A server of a model that writes its calls as text, as small and self-served ones do."""

import json
import re
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from patchwright.agent.models.base import Reply
from patchwright.tools.base import Call

Writer = Callable[[Call], str]
Body = dict[str, Any]


def hermes(call: Call) -> str:
    return "<tool_call>\n" + json.dumps({"name": call.tool, "arguments": call.args}) + "\n</tool_call>"


def qwen_coder(call: Call) -> str:
    inner = "".join(f"<parameter={k}>\n{v}\n</parameter>\n" for k, v in call.args.items())
    return f"<tool_call>\n<function={call.tool}>\n{inner}</function>\n</tool_call>"


def action(call: Call) -> str:
    blocks = ("old", "new", "text")
    lines = "".join(f"{k}: {v}\n" for k, v in call.args.items() if k not in blocks)
    shown = (f"```{k}\n{v}```\n" for k, v in call.args.items() if k in blocks)
    return f"ACTION {call.tool}\n{lines}{''.join(shown)}"


def gemma(call: Call) -> str:
    return f"```tool_code\n{call.tool}({', '.join(f'{k}={v!r}' for k, v in call.args.items())})\n```"


def mistral(call: Call) -> str:
    return f"[TOOL_CALLS]{call.tool}[ARGS]{json.dumps(call.args)}"


class Speaker(ThreadingHTTPServer):
    """Does as its script says, in its form; asked for a trial, it does that. It knows only what reaches it."""

    def __init__(
        self,
        script: Sequence[Reply],
        write: Writer,
        *,
        tools: bool = False,
        native: bool = False,
        context: int = 10**6,
    ) -> None:
        self.script, self.write, self.tools, self.native, self.context = script, write, tools, native, context
        self.seen: list[Body] = []
        self.tells: dict[str, Body] = {}
        """What it answers to questions about itself, by path."""
        super().__init__(("127.0.0.1", 0), Handler)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/v1"

    def answer(self, messages: list[Body], turn: int) -> Reply:
        first = next((str(m["content"]) for m in messages if m["role"] == "user"), "")
        if "Call the tool note" in first:
            word = re.search(r"code word is (\w+)", "\n".join(str(m["content"]) for m in messages))
            call = Call(id="", tool="note", args={"word": word[1] if word else "?", "sum": 42})
            return Reply(text="Well.\n\n", calls=(call,))
        if "Which was the first word" in first:
            word = re.search(r"first word is (\w+)", first)
            return Reply(text=word[1] if word else "apple")
        return self.script[min(turn, len(self.script) - 1)]

    def fitting(self, messages: list[Body]) -> list[Body]:
        """What is left of a conversation: the latest messages, the last one from its end."""
        room, kept = self.context, list[Body]()
        for m in reversed(messages):
            if size(m) > room and kept:
                break
            words = str(m["content"]).split(" ")
            kept.insert(0, {**m, "content": " ".join(words[-room // 2 :])} if size(m) > room else m)
            room -= size(kept[0])
        return kept


def size(m: Body) -> int:
    """Tokens: three for two words, as prose has."""
    return len(re.findall(r"\w+", str(m["content"]))) * 3 // 2


class Handler(BaseHTTPRequestHandler):
    server: Speaker  # pyright: ignore[reportIncompatibleVariableOverride]

    def do_GET(self) -> None:
        told = self.server.tells.get(self.path)
        self.send(200 if told else 404, told or {"error": "no such page"})

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if not self.path.endswith("/chat/completions"):
            return self.do_GET()
        self.server.seen.append(body)
        if "tools" in body and not self.server.tools:
            return self.send(
                400, {"error": {"message": "registry.ollama.ai/library/m does not support tools"}}
            )
        kept = self.server.fitting(body["messages"])
        reply = self.server.answer(kept, sum(m["role"] == "assistant" for m in body["messages"]))
        message: Body = {"content": reply.text}
        if self.server.native and "tools" in body:
            message["tool_calls"] = [
                {"index": n, "id": f"c{n}", "function": {"name": c.tool, "arguments": json.dumps(c.args)}}
                for n, c in enumerate(reply.calls)
            ]
        else:
            message["content"] += "\n".join(map(self.server.write, reply.calls))
        usage = {"prompt_tokens": sum(map(size, kept)), "completion_tokens": 20}
        return self.send(200, {"choices": [{"message": message, "finish_reason": "stop"}], "usage": usage})

    def send(self, status: int, body: Body) -> None:
        data = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, format: str, *args: object) -> None: ...


@contextmanager
def speaking(script: Sequence[Reply], write: Writer = hermes, **how: Any) -> Iterator[Speaker]:
    server = Speaker(script, write, **how)
    threading.Thread(target=server.serve_forever, args=[0.01], daemon=True).start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()

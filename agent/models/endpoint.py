"""Any endpoint that speaks OpenAI's chat completions, over a plain HTTP connection.

It exists beside litellm because that takes seconds to import: here the first request is out at once.
"""

import contextlib
import http.client
import json
import socket
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from . import overflow
from .base import (
    CAPABLE,
    Listener,
    Message,
    ModelOverflow,
    ModelRefused,
    Profile,
    Reply,
    Schema,
    Transient,
)
from .wire import Batch, body, head, retry_after

SILENCE = 600.0
"""Seconds without a byte before a stream counts as dead: a local model may think about its prompt for long."""

CHAT, COMPLETIONS = "/chat/completions", "/completions"

PASSING = (408, 409, 425, 429)
"""Statuses of the 400s at which another try may help."""

Middle = Callable[[str, str], str]
"""What a model is given to fill in what is missing between two texts."""
Add = Callable[[Sequence[Message], Sequence[Schema]], Mapping[str, Any]]


class Endpoint:
    """A model behind an URL such as http://127.0.0.1:11434/v1."""

    def __init__(
        self,
        name: str,
        url: str,
        key: str = "",
        profile: Profile = CAPABLE,
        add: Add = lambda messages, tools: {},
        effort: str = "",
        silence: float = SILENCE,
        middle: Middle | None = None,
    ) -> None:
        self.name, self.profile = name, profile
        self._url, self._key, self._add, self._middle = urlsplit(url), key, add, middle
        self._model = name.partition("/")[2] or name
        self._reached, self._silence = False, silence
        self._effort = {"reasoning_effort": effort} if effort else {}
        own = (self._url.hostname or "").endswith("openai.com")
        self._limit = "max_completion_tokens" if own else "max_tokens"  # which others do not know yet
        self._connection: http.client.HTTPConnection | None = None
        self._line: socket.socket | None = None
        self._asking = False

    def complete(
        self,
        messages: Sequence[Message],
        tools: Sequence[Schema],
        listen: Listener,
        stop: threading.Event,
        most: int = 0,
    ) -> Reply:
        return self.complete_many(messages, tools, 1, listen, stop, most)[0]

    def complete_many(
        self,
        messages: Sequence[Message],
        tools: Sequence[Schema],
        count: int,
        listen: Listener,
        stop: threading.Event,
        most: int = 0,
    ) -> list[Reply]:
        if count > self.profile.batch:
            return [self.complete(messages, tools, listen, stop, most) for _ in range(count)]
        longest = most or self.profile.answer
        limit = {self._limit: longest} if longest else {}
        hole = messages[-1].hole if self._middle else None
        asked = self._hole(messages[-1]) if hole else body(messages, tools, self.profile)
        about = {"model": self._model, **asked, **limit, **self._effort}
        request = {**about, **self._add(messages, tools), **({"n": count} if count > 1 else {})}
        data = json.dumps(request, ensure_ascii=False, separators=(",", ":")).encode()
        gathered = Batch(count, longest, head(messages) if self.profile.goes_on else "")
        self._asking = True
        try:
            whole = self._hear(COMPLETIONS if hole else CHAT, data, gathered, listen, stop)
        except (OSError, http.client.HTTPException, ValueError) as e:
            self._drop()
            if gathered.stop:
                return gathered.replies(tools, self.profile)
            if stop.is_set():
                return gathered.replies(tools, self.profile, whole=False)
            text = f"{self._place()} gives no answer: {describe(e)}."
            raise Transient(text, stranger=not self._reached, usage=gathered.lost()) from e
        finally:
            self._asking = False
        if stop.is_set() or not whole:
            self._drop()
        if not stop.is_set() and not whole and not gathered.stop:
            raise Transient("The answer broke off.", usage=gathered.lost())
        return gathered.replies(tools, self.profile, whole=whole or bool(gathered.stop))

    def _hole(self, message: Message) -> dict[str, Any]:
        """A request to fill in what is missing. One line ends with itself."""
        assert self._middle and message.hole
        ends = {"stop": ["\n"]} if message.hole.line else {}
        stream = {"stream": True, "stream_options": {"include_usage": True}}
        return {"prompt": self._middle(message.text, message.hole.after), **ends, **stream}

    def _hear(self, path: str, data: bytes, gathered: Batch, listen: Listener, stop: threading.Event) -> bool:
        """Take in the answer; whether it came to its end."""
        for chunk in self._chunks(self._post(path, data)):
            if chunk is None:
                return True
            listen(gathered.add(chunk))
            if stop.is_set() or gathered.too_long():
                break
        return False

    def close(self) -> None:
        if line := self._line:
            with contextlib.suppress(OSError):
                line.shutdown(socket.SHUT_RDWR)  # wakes a thread that waits for an answer
        if not self._asking:
            self._drop()

    def _drop(self) -> None:
        """Let go of the connection. Only for the thread that reads from it, if there is one."""
        connection, self._connection, self._line = self._connection, None, None
        if connection:
            connection.close()

    def _post(self, path: str, data: bytes) -> http.client.HTTPResponse:
        headers = {"Content-Type": "application/json", "Accept": "text/event-stream"}
        if self._key:
            headers["Authorization"] = f"Bearer {self._key}"
        path = self._url.path.rstrip("/") + path
        kept = self._connection is not None
        try:
            response = self._send(path, data, headers)
        except (http.client.RemoteDisconnected, BrokenPipeError, ConnectionResetError):
            self._drop()
            if not kept:
                raise
            response = self._send(path, data, headers)  # the other side had closed the kept connection
        if response.status != 200:
            self._refuse(response)
        return response

    def _send(self, path: str, data: bytes, headers: dict[str, str]) -> http.client.HTTPResponse:
        if not self._connection:
            secure = self._url.scheme == "https"
            kind = http.client.HTTPSConnection if secure else http.client.HTTPConnection
            self._connection = kind(self._url.hostname or "", self._url.port, timeout=self._silence)
            self._connection.connect()
            self._line = (
                self._connection.sock
            )  # which http.client forgets where an answer is to be the last one
            self._reached = True
        self._connection.request("POST", path, data, headers)
        return self._connection.getresponse()

    def _chunks(self, response: http.client.HTTPResponse) -> Iterator[dict[str, Any] | None]:
        """Server-sent events as JSON values; None for the mark of the end."""
        if "event-stream" not in (response.getheader("Content-Type") or ""):
            yield json.loads(response.read())
            yield None
            return
        for line in response:
            if not line.startswith(b"data:"):
                continue
            value = line[5:].strip()
            if value == b"[DONE]":
                response.read()
                yield None
                return
            chunk = json.loads(value)
            if "error" in chunk:
                raise ValueError(str(chunk["error"])[:300])
            yield chunk

    def _refuse(self, response: http.client.HTTPResponse) -> None:
        """Raise what an error status means."""
        text, status = said(response.read()), response.status
        self._drop()
        if status == 413 or (status in (400, 422, 500) and overflow.meant(text)):
            raise ModelOverflow(
                f"{self._place()} cannot take a conversation of this length ({text})", overflow.limit(text)
            )
        if status == 402 or (status == 429 and overflow.unpaid(text)):
            raise ModelRefused(f"{self._place()} wants to be paid ({status}: {text}): see to it and resume.")
        if status in PASSING or status >= 500:
            raise Transient(
                f"{self._place()} answers {status}: {text}.",
                retry_after(response.getheader("Retry-After") or ""),
            )
        if status in (401, 403):
            raise ModelRefused(
                f"{self._place()} refuses the key ({status}: {text}): set the right one and resume."
            )
        if status == 404:
            raise ModelRefused(
                f"{self._place()} does not know {self._model!r} (404: {text}): choose with --model."
            )
        raise ModelRefused(f"{self._place()} refuses the request ({status}: {text}).")

    def _place(self) -> str:
        return f"the model's endpoint {self._url.scheme}://{self._url.netloc}{self._url.path}"


def said(data: bytes) -> str:
    """An error body's message."""
    try:
        value = json.loads(data)
        error = value.get("error", value)
        text = error.get("message", "") if isinstance(error, dict) else str(error)
    except (ValueError, AttributeError):
        text = data.decode("utf-8", "replace")
    return " ".join(str(text).split())[:300] or "no reason given"


def describe(error: Exception) -> str:
    return str(error) or type(error).__name__

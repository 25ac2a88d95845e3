"""The host's end of the guard: one process in the sandbox, spoken to over its stdin and stdout."""

import json
import os
import select
import threading
import time
from collections.abc import Mapping, Sequence
from typing import Any, Self

from .base import Completed, Job, JobError, SandboxDied
from .readable import readable

GRACE = 20.0
"""Seconds beyond a command's own deadline before its silence counts as the sandbox's death."""


PATIENCE = 60.0
"""Seconds that the guard may take to answer what costs it nothing: the machine may be busy."""


class Wire:
    """Raw bytes to and from the guard, here over two file descriptors."""

    def __init__(self, source: int, sink: int) -> None:
        self.source, self.sink = source, sink

    def send(self, data: bytes) -> None:
        view = memoryview(data)
        while view:
            view = view[os.write(self.sink, view) :]

    def receive(self, seconds: float) -> bytes:
        """The next bytes; empty at the end. Raises TimeoutError."""
        if not select.select([self.source], [], [], max(0.0, seconds))[0]:
            raise TimeoutError
        return os.read(self.source, 1 << 20)


class Channel:
    """`run`, `read`, `write` and `kill` over a guard. A backend adds how it is started and ended."""

    name = ""
    kept = "/tmp/output"
    """The folder inside for whole outputs."""
    hidden: Sequence[str] = ()
    about: Mapping[str, str] = {}

    def __init__(self, wire: Wire, *, root: str, gitdir: str, basedir: str, env: Mapping[str, str]) -> None:
        self.root, self.gitdir, self.basedir = root, gitdir, basedir
        self._wire, self._env, self._buffer = wire, dict(env), b""
        self._one_at_a_time, self._sending = threading.Lock(), threading.Lock()
        self._closed, self._count = False, 0

    def run(
        self,
        argv: Sequence[str],
        *,
        seconds: float = 120,
        cwd: str = "",
        env: Mapping[str, str] | None = None,
        keep: bool = False,
    ) -> Completed:
        self._count += keep
        where = f"{self.kept}/output-{self._count}.txt" if keep else ""
        request = self._command("run", argv, cwd, env) | {"seconds": seconds, "keep": where}
        answer, body = self._ask(request, patience=seconds + GRACE)
        self._raise(answer)
        head, tail, dropped = body[: answer["head"]], body[answer["head"] :], answer.get("dropped", 0)
        gap = f"\n[… {dropped} bytes left out …]\n".encode() if dropped else b""
        return Completed(
            argv=tuple(argv),
            code=answer["code"],
            output=readable(head + gap + tail),
            left_out=dropped,
            **{name: answer[name] for name in ("seconds", "ended", "note", "kept") if name in answer},
        )

    def start(self, argv: Sequence[str], *, cwd: str = "", env: Mapping[str, str] | None = None) -> int:
        answer, _ = self._ask(self._command("start", argv, cwd, env) | {"keep": self.kept})
        self._raise(answer)
        return answer["job"]

    def ask(self, job: int, *, seconds: float = 0, stop: bool = False) -> Job:
        request = {"op": "ask", "job": job, "seconds": seconds, "stop": stop}
        answer, body = self._ask(request, patience=seconds + GRACE)
        self._raise(answer)
        known = {name: answer[name] for name in ("running", "code", "ended", "kept")}
        return Job(output=readable(body), left_out=answer["dropped"], **known)

    def read(self, path: str, limit: int = 20_000_000, inside: bool = False) -> bytes:
        within = [self.root, self.kept] if inside else []
        answer, body = self._ask({"op": "read", "path": self.path(path), "limit": limit, "within": within})
        self._raise(answer, path)
        if answer["more"]:
            raise OSError(27, f"longer than {limit} bytes", path)
        return body

    def write(self, path: str, data: bytes) -> str:
        answer, _ = self._ask({"op": "write", "path": self.path(path), "within": self.root}, data)
        self._raise(answer, path)
        return answer["path"]

    def kill(self) -> None:
        if not self._closed:
            self._send({"op": "kill"})

    def close(self) -> None:
        self._closed = True

    def path(self, name: str) -> str:
        """An absolute path inside, from one relative to the working copy."""
        return os.path.normpath(os.path.join(self.root, name))  # noqa: PTH118 (a path of the sandbox)

    def check(self) -> None:
        self._ask({"op": "hello"}, patience=PATIENCE)

    def why(self) -> str:
        """What is known of the sandbox's end, for the message of SandboxDied."""
        return ""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def _ask(
        self, request: dict[str, Any], body: bytes = b"", patience: float = PATIENCE
    ) -> tuple[dict[str, Any], bytes]:
        with self._one_at_a_time:
            if self._closed:
                raise SandboxDied(f"the {self.name} sandbox is closed")
            self._send(request, body)
            return self._answer(time.monotonic() + patience)

    def _send(self, request: dict[str, Any], body: bytes = b"") -> None:
        data = json.dumps(request | {"size": len(body)}).encode() + b"\n" + body
        try:
            with self._sending:
                self._wire.send(data)
        except OSError as e:
            raise self._died() from e

    def _answer(self, deadline: float) -> tuple[dict[str, Any], bytes]:
        while b"\n" not in self._buffer:
            self._buffer += self._more(deadline)
        line, _, rest = self._buffer.partition(b"\n")
        try:
            answer = json.loads(line)
        except ValueError as e:
            raise self._died() from e
        parts, missing = [rest], answer["size"] - len(rest)
        while missing > 0:
            parts.append(self._more(deadline))
            missing -= len(parts[-1])
        whole = b"".join(parts)
        self._buffer = whole[answer["size"] :]
        return answer, whole[: answer["size"]]

    def _more(self, deadline: float) -> bytes:
        try:
            data = self._wire.receive(deadline - time.monotonic())
        except TimeoutError:
            self._closed = True
            raise SandboxDied(f"the {self.name} sandbox does not answer") from None
        except OSError as e:
            raise self._died() from e
        if not data:
            raise self._died()
        return data

    def _died(self) -> SandboxDied:
        self._closed = True
        return SandboxDied(f"the {self.name} sandbox ended unexpectedly {self.why()}".rstrip())

    def _command(
        self, op: str, argv: Sequence[str], cwd: str, env: Mapping[str, str] | None
    ) -> dict[str, Any]:
        whole = self._env | dict(env or {})
        return {"op": op, "argv": list(argv), "cwd": self.path(cwd), "env": whole}

    @staticmethod
    def _raise(answer: dict[str, Any], path: str | None = None) -> None:
        if "problem" in answer:
            raise JobError(answer["problem"])
        if "errno" in answer:
            raise OSError(answer["errno"], answer["error"], path)

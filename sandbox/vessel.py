"""A container whose first process only waits for its stdin to end, and in which commands run by exec."""

import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from .base import SandboxDied, SandboxUnavailable
from .docker import Attached, DockerException, brief

WAIT = "while read -r line; do (:); (:); (:); (:); done"
"""Ends with its stdin, so with us. A line makes it fork, by which a shell also buries children that it inherited."""

LOOK = 1.0
"""Seconds of silence after which it is asked whether a command still runs."""


class Vessel:
    """One container, gone when it is closed or when this process dies. Raises SandboxUnavailable."""

    def __init__(self, client: Any, image: str, settings: Mapping[str, Any]) -> None:
        self._client = client
        whole = {**settings, "entrypoint": ["sh", "-c", WAIT], "command": [], "use_config_proxy": False}
        try:
            self.container = client.containers.create(image=image, **whole)
            streams = {"stdin": 1, "stdout": 1, "stderr": 1, "stream": 1}
            self._wrapped = self.container.attach_socket(params=streams)
            self._attached = Attached(getattr(self._wrapped, "_sock", self._wrapped))
            self.container.start()
        except DockerException as e:
            self.close()
            raise SandboxUnavailable(
                f"image {image!r} does not start: it needs at least a shell. {brief(e)}"
            ) from e

    def run(
        self,
        argv: Sequence[str],
        hear: Callable[[bytes], object],
        *,
        deadline: float,
        stdin: bytes | None = None,
        **how: Any,
    ) -> int | None:
        """Run a command and hand over what it prints as it comes; its exit code, None past the deadline."""
        try:
            api = self._client.api
            made = api.exec_create(self.container.id, list(argv), stdin=stdin is not None, **how)
            wrapped = api.exec_start(made["Id"], socket=True)
            attached = Attached(getattr(wrapped, "_sock", wrapped), both=True)
            try:
                if stdin:
                    attached.send(stdin)
                while (data := self._next(attached, made["Id"], deadline)) is not None:
                    if not data:
                        return self._code(made["Id"])
                    hear(data)
                return None
            finally:
                attached.close()
                wrapped.close()
        except (DockerException, OSError) as e:
            raise SandboxDied(f"the container ended unexpectedly ({brief(e)})") from e

    def _next(self, attached: Attached, made: str, deadline: float) -> bytes | None:
        """What is printed next; empty at the end, also where a child keeps the stream open; None at the deadline."""
        while True:
            left = deadline - time.monotonic()
            try:
                return attached.receive(min(left, LOOK))
            except TimeoutError:
                if not self._client.api.exec_inspect(made)["Running"]:
                    return b""
                if left <= LOOK:
                    return None

    def _code(self, made: str) -> int:
        """The exit code, which the engine may know a moment after the output's end."""
        for _ in range(200):
            found = self._client.api.exec_inspect(made)
            if not found["Running"] and found["ExitCode"] is not None:
                return found["ExitCode"]
            time.sleep(0.01)
        raise SandboxDied("the engine knows no exit code of a command that has ended")

    def bury(self) -> None:
        """Let the first process bury what it inherited."""
        with suppress(OSError):
            self._attached.send(b"\n")

    def put(self, tar: Path, where: str = "/") -> None:
        with tar.open("rb") as f:
            self.container.put_archive(where, f)

    def close(self) -> None:
        with suppress(AttributeError):
            self._attached.close()
        with suppress(AttributeError, DockerException, OSError):
            self.container.remove(force=True)

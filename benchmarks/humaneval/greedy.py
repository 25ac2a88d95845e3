"""One answer a problem, the most likely one: to be held against the figure that the model's makers published."""

import ast
import re
import threading
import time
from collections.abc import Iterator

from patchwright.agent.models.base import Message, Model, Usage

from ..proof.records import Row
from . import hidden
from .problems import Problem

TOKENS = 768
"""That an answer may have."""
SYSTEM = "You are a helpful assistant who writes Python."
ASKED = "Write a self-contained Python program, in one markdown code block, that completes this function:\n\n```python\n{}\n```"
BLOCK = re.compile(r"^ *```[^\n`]*\n(.*?)(?:^ *```|\Z)", re.DOTALL | re.MULTILINE)


class Answered(Row):
    """A problem's answer, and whether it is right."""

    passed: bool
    answer: str
    stop: str
    """Why the answer ended: of its own accord, or `length`."""
    usage: Usage
    seconds: float
    """That the model took."""


def answered(problem: Problem, model: Model) -> Answered:
    """Ask once, and run the hidden tests. Raises ModelError, SandboxError."""
    asked = [
        Message(role="system", text=SYSTEM),
        Message(role="user", text=ASKED.format(problem.prompt.strip())),
    ]
    started = time.monotonic()
    reply = model.complete(asked, [], lambda _: None, threading.Event(), TOKENS)
    took = time.monotonic() - started
    return Answered(
        name=problem.task_id,
        passed=hidden.passes(problem, completed(problem.prompt, code(reply.text))),
        answer=reply.text,
        stop=reply.stop,
        usage=reply.usage,
        seconds=took,
    )


def code(answer: str) -> str:
    """The first fenced block, also one that was cut off; all of the answer where there is none."""
    found = BLOCK.search(answer)
    return found[1] if found else answer


def completed(prompt: str, source: str) -> str:
    """A module's source with what it leans on: the prompt's imports and helpers that it leaves out."""
    return "\n".join([*missing(prompt, source), source])


def missing(prompt: str, source: str) -> Iterator[str]:
    *before, _ = ast.parse(prompt).body
    for node in before:
        text = ast.get_source_segment(prompt, node) or ""
        known = rf"^def {node.name}\b" if isinstance(node, ast.FunctionDef) else f"^{re.escape(text)}$"
        if not re.search(known, source, re.MULTILINE):
            yield f"{text}\n"

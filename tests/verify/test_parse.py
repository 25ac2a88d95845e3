"""Syntax trees are built by one thread at a time."""

import ast
import gc
import sys
import time
from collections.abc import Callable, Iterator
from threading import Thread
from typing import Any

import pytest
from patchwright.verify.parse import expression, parse, parsed

TEXTS = ("x = 1\n" * 2000, ("x = " + "(" * 40 + "1" + "+1)" * 40 + "\n") * 40)


@pytest.fixture
def switching() -> Iterator[None]:
    """Threads take turns in the midst of what holds the interpreter's lock otherwise."""

    def wait(phase: str, info: dict[str, int]) -> None:
        for _ in range(5):
            time.sleep(0)

    threshold, interval = gc.get_threshold(), sys.getswitchinterval()
    gc.callbacks.append(wait)
    gc.set_threshold(50)
    sys.setswitchinterval(1e-6)
    yield
    gc.callbacks.remove(wait)
    gc.set_threshold(*threshold)
    sys.setswitchinterval(interval)


def failures(build: Callable[[str], Any]) -> list[str]:
    """What goes wrong where four threads build trees at a time."""
    found: list[str] = []

    def go(text: str) -> None:
        for _ in range(5):
            try:
                build(text)
            except SystemError as e:
                found.append(str(e))

    threads = [Thread(target=go, args=(text,)) for text in TEXTS * 2]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


@pytest.mark.usefixtures("switching")
def test_threads_do_not_disturb_one_another() -> None:
    assert failures(parse) == []


@pytest.mark.usefixtures("switching")
@pytest.mark.skipif(sys.version_info >= (3, 13), reason="this Python has no such fault")
def test_pythons_own_parser_is_disturbed() -> None:
    assert any("recursion depth mismatch" in text for _ in range(10) for text in failures(ast.parse))


def test_what_does_not_parse_is_none() -> None:
    assert [parsed(text) for text in ("x = (", "x = \0", "-" * 100_000 + "1")] == [None] * 3
    assert ast.unparse(expression("1+1")) == "1 + 1"

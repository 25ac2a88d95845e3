"""ctest, by its JUnit XML (CMake 3.21 and later), or else what it prints."""

import re
import shlex
from collections.abc import Sequence
from xml.etree.ElementTree import Element

from ..report import ERROR, FAILED, PASSED, SKIPPED, Failure
from . import frames, junit
from .runner import FOLDER, Found, Place, Runner

RESULT = re.compile(
    r"^ *\d+/\d+ +Test +#\d+: (\S+) \.*(.*?) +[\d.]+ sec.*\n((?:(?! *(?:\d+/\d+ +Test +#|Start +\d+: )|\d+% tests passed).*\n)*)",
    re.MULTILINE,
)
SOURCES = "c|cc|cpp|cxx|h|hh|hpp|m|mm|f90|cu"


def read(data: bytes, place: Place) -> Found:
    return junit.read(
        data,
        lambda case: case.get("name", ""),
        lambda test, node, said: failure(test, node.get("message", ""), said, place),
        outcome,
    )


def outcome(case: Element) -> str:
    """A test whose program is missing counts as failed, as for ctest's exit code; its XML calls it skipped."""
    if case.get("status") == "disabled":
        return SKIPPED
    node = case.find("skipped")
    return ERROR if node is not None and node.get("message", "").startswith("Unable to find") else ""


def failure(test: str, message: str, said: str, place: Place) -> Failure:
    """A failed program: what it printed is all that is known, so its lines with a place or a failed check come first."""
    found = frames.own(frames.places(said, SOURCES), place.root)
    telling = [
        row.strip()
        for row in said.splitlines()
        if re.search(rf"\.(?:{SOURCES}):\d+|[Aa]ssert|error|FAIL", row)
    ]
    told = "\n".join(telling[:20]).replace(place.root.rstrip("/") + "/", "")
    return Failure(test=test, message=told or message or "it failed", frames=found, output=said.strip())


def understand(text: str, place: Place) -> Found | None:
    if not re.search(r"^\d+% tests passed, \d+ tests failed out of \d+", text, re.MULTILINE):
        return None
    found = Found()
    for test, word, said in RESULT.findall(text):
        came = told(word)
        found.add(
            test, came, failure(test, word.strip(" *"), said, place) if came in (FAILED, ERROR) else None
        )
    return found


def told(word: str) -> str:
    """What became of a test, by the words between its dots and its time."""
    if word.strip() == "Passed":
        return PASSED
    if "Disabled" in word or "Skipped" in word:
        return SKIPPED
    return ERROR if "Not Run" in word else FAILED


def select(tests: Sequence[str]) -> str:
    pattern = "|".join(map(re.escape, tests))
    return f"-R {shlex.quote(f'^({pattern})$')}"


CTEST = Runner(
    name="ctest",
    starts=r"(^|[\s/])ctest\b",
    asked=f"--output-on-failure --output-junit {FOLDER}/ctest.xml",
    env=(("CTEST_OUTPUT_ON_FAILURE", "1"),),
    file="ctest.xml",
    read=read,
    text=understand,
    select=select,
)

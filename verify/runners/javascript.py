"""Jest and Mocha by their JSON, Vitest by its JUnit XML. What wraps them, say react-scripts, takes the same words."""

import json
import re
import shlex
from collections.abc import Callable, Iterator, Sequence
from typing import Any
from xml.etree.ElementTree import Element

from ..report import ERROR, FAILED, PASSED, SKIPPED, Failure
from . import frames, junit
from .runner import FOLDER, Found, Place, Runner

WORDS = {"passed": PASSED, "failed": FAILED}
CUT = "the test report is cut off, or is no report"
HOOK = re.compile(r'(.*)"(?:before|after) (?:each|all)" hook(?:: .*)? (?:for|in) "(.*)"')


def loaded(data: bytes) -> tuple[dict[str, Any], str]:
    """A JSON report, and what is wrong with it."""
    try:
        value = json.loads(data)
    except (ValueError, RecursionError) as e:
        return {}, f"{CUT}: {e}"
    return (value, "") if isinstance(value, dict) else ({}, f"{CUT}: it holds no object")


def items(value: object, key: str) -> Iterator[dict[str, Any]]:
    """The objects in a list that a report holds under `key`, whatever else it holds."""
    found = value.get(key) if isinstance(value, dict) else None
    yield from (item for item in found if isinstance(item, dict)) if isinstance(found, list) else ()


def text(value: object, key: str) -> str:
    found = value.get(key) if isinstance(value, dict) else None
    return found if isinstance(found, str) else ""


def jest(data: bytes, place: Place) -> Found:
    report, problem = loaded(data)
    found = Found(problem=problem)
    for suite in items(report, "testResults"):
        path = within(text(suite, "name"), place)
        cases = [*items(suite, "assertionResults")]
        for case in cases:
            titles = [str(title) for title in case.get("ancestorTitles") or ()]
            test = f"{path}::{' > '.join([*titles, text(case, 'title')])}"
            outcome = WORDS.get(text(case, "status"), SKIPPED)
            said = "\n".join(str(message) for message in case.get("failureMessages") or ())
            found.add(test, outcome, failure(test, said, place) if outcome == FAILED else None)
        if text(suite, "status") == "failed" and not any(text(case, "status") == "failed" for case in cases):
            found.add(path, ERROR, failure(path, text(suite, "message"), place))
    passed = report.get("numPassedTests")
    if not problem and isinstance(passed, int) and passed < found.count(PASSED):
        found.problem = f"the test report names {found.count(PASSED)} passed tests, and counts {passed}"
    return found


def failure(test: str, said: str, place: Place) -> Failure:
    """An error's message, without the stack below it, and without Jest's excerpt of the source."""
    own = frames.own(frames.javascript(said), place.root)
    message = re.split(r"^[ \t]+(?:at|❯) .+:\d+:\d+\)?$", said, maxsplit=1, flags=re.MULTILINE)[0]
    rows = [
        row for row in message.splitlines() if row.strip() and not re.match(r"●|(> )?\d* ?\|", row.lstrip())
    ]
    return Failure(test=test, message="\n".join(rows).strip() or "it failed", frames=own)


def within(path: str, place: Place) -> str:
    return frames.relative(path, place.root.rstrip("/") + "/")


def vitest(data: bytes, place: Place) -> Found:
    def told(test: str, node: Element, said: str) -> Failure:
        return failure(test, node.text or node.get("message", ""), place).model_copy(
            update={"output": said.strip()}
        )

    return junit.read(data, vitest_id, told)


def vitest_id(case: Element) -> str:
    """file::name; a file that could not be loaded stands there as its own test."""
    file, name = case.get("classname", ""), case.get("name", "")
    return file if file == name else f"{file}::{name}"


def mocha(data: bytes, place: Place) -> Found:
    report, problem = loaded(data)
    found = Found(problem=problem)
    for key, outcome in (("passes", PASSED), ("pending", SKIPPED), ("failures", FAILED)):
        for case in items(report, key):
            title = text(case, "fullTitle")
            hook = HOOK.fullmatch(title)
            test = f"{within(text(case, 'file'), place)}::{hook[1] + hook[2] if hook else title}"
            said = compared(case.get("err"))
            bad = failure(test, said, place) if outcome == FAILED else None
            found.add(test, ERROR if hook else outcome, bad)
    return found


def compared(error: object) -> str:
    """An error of Mocha's with both values, where its message does not show them."""
    stack = text(error, "stack") or text(error, "message")
    actual, expected = text(error, "actual"), text(error, "expected")
    message, at, rest = stack.partition("\n    at ")
    if (actual or expected) and not (actual in message and expected in message):
        message += f"\nexpected: {expected}\nactual: {actual}"
    return message + at + rest


def printed_mocha(output: str, place: Place) -> Found | None:
    """Mocha before 9.2 prints the report that it is asked to write."""
    start = output.find('{\n  "stats": {')
    return mocha(output[start : output.rfind("\n}") + 2].encode(), place) if start >= 0 else None


def select_by(option: str) -> Callable[[Sequence[str]], str]:
    """Words that choose tests by their files and by a pattern of their full names."""

    def select(tests: Sequence[str]) -> str:
        files = dict.fromkeys(test.partition("::")[0] for test in tests)
        names = [test.partition("::")[2].replace(" > ", " ") for test in tests]
        pattern = "|".join(re.escape(name).replace(r"\ ", " ") for name in names)
        return (
            f"{shlex.join(files)} {option} {shlex.quote(f'({pattern})$')}"
            if all(names)
            else shlex.join(files)
        )

    return select


JEST = Runner(
    name="Jest",
    starts=r"(^|[\s/])(jest(\.js)?|react-scripts\s+test|craco\s+test)(\s|$)",
    asked=f"--json --outputFile={FOLDER}/jest.json --testLocationInResults",
    file="jest.json",
    read=jest,
    select=select_by("-t"),
)
VITEST = Runner(
    name="Vitest",
    starts=r"(^|[\s/])vitest(\.mjs)?(\s|$)",
    asked=f"--reporter=default --reporter=junit --outputFile.junit={FOLDER}/vitest.xml",
    file="vitest.xml",
    read=vitest,
    select=select_by("-t"),
)
MOCHA = Runner(
    name="Mocha",
    starts=r"(^|[\s/])_?mocha(\.js)?(\s|$)",
    asked=f"--reporter json --reporter-option output={FOLDER}/mocha.json",
    file="mocha.json",
    read=mocha,
    text=printed_mocha,
    select=select_by("-g"),
)

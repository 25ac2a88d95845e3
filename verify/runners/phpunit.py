"""PHPUnit, by its JUnit XML."""

import re
import shlex
from collections.abc import Sequence
from xml.etree.ElementTree import Element

from ..report import Failure
from . import frames, junit
from .runner import FOLDER, Found, Place, Runner


def read(data: bytes, place: Place) -> Found:
    return junit.read(data, identity, lambda test, node, said: failure(test, node, said, place))


def identity(case: Element) -> str:
    return f"{case.get('class') or case.get('classname', '')}::{case.get('name', '')}"


def failure(test: str, node: Element, said: str, place: Place) -> Failure:
    lines = (node.text or "").strip().splitlines()
    trace = "\n".join(lines[1:])  # the first is the test's name
    message = re.sub(r"\n*(^/\S+:\d+$\n?)+", "\n", trace, flags=re.MULTILINE).strip()
    return Failure(
        test=test,
        message=message or (node.get("type") or "it failed"),
        frames=frames.own(frames.php(trace), place.root),
        output=said.strip(),
    )


def disagreement(found: Found, text: str) -> str:
    """Whether the report names more tests than PHPUnit counts."""
    counts = [
        int(number)
        for number in re.findall(r"^(?:OK \((\d+)|Tests: (\d+))", text, re.MULTILINE)
        for number in number
        if number
    ]
    if counts and len(found.outcomes) > sum(counts):
        return f"the test report names {len(found.outcomes)} tests, and PHPUnit itself counts {sum(counts)}"
    return ""


def select(tests: Sequence[str]) -> str:
    pattern = "|".join(re.escape(test).replace(r"\ ", " ").replace('"', ".") for test in tests)
    return f"--filter {shlex.quote(f'/({pattern})( |$)/')}"


PHPUNIT = Runner(
    name="PHPUnit",
    starts=r"(^|[\s/])(phpunit(\.phar)?|simple-phpunit|pest)(\s|$)",
    asked=f"--log-junit {FOLDER}/phpunit.xml",
    file="phpunit.xml",
    read=read,
    select=select,
)

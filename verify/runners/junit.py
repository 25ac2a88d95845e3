"""JUnit's XML, which many runners write, each in its own way.

There is no specification; what is read here is what the runners' own writers put out, and what Jenkins reads
(its xunit plugin's junit-10.xsd). The file was written beside code that nobody vouches for: no document type, so
no entities; nothing outside of a test case is kept; a file that ends before it should is a problem of its own.
"""

from collections.abc import Callable, Iterable
from xml.etree.ElementTree import Element, TreeBuilder
from xml.parsers import expat

from ..report import ERROR, FAILED, PASSED, SKIPPED, Failure
from .runner import Found

CUT = "the test report is cut off, or is no report"


class Refused(Exception):
    """A document that no runner writes."""


def cases(data: bytes) -> tuple[list[Element], str]:
    """The test cases up to where the XML ends or stops being XML, and what is wrong with it."""
    found: list[Element] = []
    building: list[TreeBuilder] = []  # one, while a test case is read
    depth = 0

    def start(tag: str, attributes: dict[str, str]) -> None:
        nonlocal depth
        if tag == "testcase" and not building:
            building.append(TreeBuilder())
            depth = 0
        if building:
            depth += 1
            building[0].start(tag, attributes)

    def end(tag: str) -> None:
        nonlocal depth
        if building:
            depth -= 1
            building[0].end(tag)
            if not depth:
                found.append(building.pop().close())

    def text(characters: str) -> None:
        if building:
            building[0].data(characters)

    def refuse(*_: object) -> None:
        raise Refused

    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler, parser.EndElementHandler = start, end
    parser.CharacterDataHandler, parser.StartDoctypeDeclHandler = text, refuse
    try:
        parser.Parse(data, True)
    except Refused:
        return [], f"{CUT}: it declares a document type, which no runner does"
    except (expat.ExpatError, ValueError) as e:
        return found, f"{CUT}: {e}"
    return found, ""


def read(
    data: bytes,
    name: Callable[[Element], str],
    failure: Callable[[str, Element, str], Failure],
    outcome: Callable[[Element], str] | None = None,
) -> Found:
    """Outcomes and failures. `name` makes a test's id of its case, `failure` is given the id, the node that tells of
    the failure, and what the test printed; `outcome` reads what a runner writes elsewhere than in such a node."""
    every, problem = cases(data)
    found = Found(problem=problem)
    for case in every:
        test, (said, node) = name(case), told(case)
        said = (outcome(case) if outcome else "") or said
        bad = said in (FAILED, ERROR)
        found.times[test] = found.times.get(test, 0.0) + seconds(case)
        found.add(
            test, said, failure(test, node if node is not None else case, printed(case)) if bad else None
        )
    return found


def seconds(case: Element) -> float:
    """How long a test took. Some writers put commas between thousands."""
    try:
        return max(float(case.get("time", "0").replace(",", "")), 0.0)
    except ValueError:
        return 0.0


def told(case: Element) -> tuple[str, Element | None]:
    """What became of a test, and the node that says so: the worst one."""
    for tag, outcome in (("error", ERROR), ("failure", FAILED), ("skipped", SKIPPED)):
        if (node := case.find(tag)) is not None:
            return outcome, node
    return PASSED, None


def printed(case: Element) -> str:
    """What a test wrote to its streams."""
    return joined(node.text or "" for tag in ("system-out", "system-err") for node in case.findall(tag))


def joined(parts: Iterable[str]) -> str:
    return "\n".join(part.strip("\n") for part in parts if part.strip())

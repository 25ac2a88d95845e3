"""RSpec, by its JSON, which its environment makes it write."""

import shlex
from collections.abc import Sequence

from ..report import ERROR, FAILED, PASSED, SKIPPED, Failure
from . import frames
from .javascript import items, loaded, text
from .runner import FOLDER, Found, Place, Runner

FILE = "rspec.json"
OPTIONS = f"--format progress --format json --out {FOLDER}/{FILE}"
WORDS = {"passed": PASSED, "failed": FAILED}


def read(data: bytes, place: Place) -> Found:
    report, problem = loaded(data)
    found, seen = Found(problem=problem), dict[str, int]()
    for example in sorted(items(report, "examples"), key=position):
        test = f"{text(example, 'file_path').removeprefix('./')}::{text(example, 'full_description')}"
        seen[test] = seen.get(test, 0) + 1
        test += f" #{seen[test]}" if seen[test] > 1 else ""
        outcome = WORDS.get(text(example, "status"), SKIPPED)
        found.add(
            test, outcome, failure(test, example.get("exception"), place) if outcome == FAILED else None
        )
    for number, message in enumerate(report.get("messages") or ()):
        if "error occurred" in str(message):
            found.failures.append(outside(str(message), place))
            found.outcomes[found.failures[-1].test or f"error {number}"] = ERROR
    return found


def position(example: dict[str, object]) -> tuple[str, list[int]]:
    """Where an example stands in its file: they run in any order."""
    path, _, numbers = str(example.get("id", "")).rstrip("]").partition("[")
    return path, [int(number) for number in numbers.split(":") if number.isdigit()]


def failure(test: str, error: object, place: Place) -> Failure:
    trace = error.get("backtrace") if isinstance(error, dict) else None
    kind, message = text(error, "class"), text(error, "message").strip("\n")
    message = message if kind.startswith("RSpec::") else f"{kind}: {message}"
    lines = [str(line) for line in trace] if isinstance(trace, list) else []
    return Failure(test=test, message=message, frames=frames.own(frames.ruby(lines), place.root))


def outside(message: str, place: Place) -> Failure:
    """An error while a file was loaded: no example of it ran."""
    path = (
        message.partition("while loading ")[2]
        .partition("\n")[0]
        .partition(" - ")[0]
        .rstrip(".")
        .removeprefix("./")
    )
    _, failed, error = message.partition("Failure/Error: ")
    lines = (error if failed else message).splitlines()
    said = "\n".join(line for line in lines if line.strip() and not line.startswith("# "))
    given = frames.ruby(line for line in message.splitlines() if line.startswith("# "))
    return Failure(test=path or "outside of examples", message=said, frames=frames.own(given, place.root))


def select(tests: Sequence[str]) -> str:
    """By the descriptions; namesakes run too."""
    files = dict.fromkeys(test.partition("::")[0] for test in tests)
    names = dict.fromkeys(test.partition("::")[2].partition(" #")[0] for test in tests)
    return " ".join([shlex.join(files), *(f"-e {shlex.quote(name)}" for name in names if name)])


RSPEC = Runner(
    name="RSpec",
    starts=r"(^|[\s/])rspec(\s|$)|\brake\s+spec\b",
    env=(("SPEC_OPTS", OPTIONS),),
    file=FILE,
    read=read,
    select=select,
)

"""Rust: `cargo test` by its text (libtest has no other stable form), `cargo nextest` by its JUnit XML.

Ids are nextest's, with :: for its blank: crate::module::test, crate::bin/name::test; cargo's text does not name the
crate of an integration test, which is name::test there.
"""

import itertools
import re
import shlex
from collections import Counter
from collections.abc import Iterator, Sequence
from xml.etree.ElementTree import Element

from ..report import ERROR, FAILED, PASSED, SKIPPED, Failure
from . import frames, junit
from .runner import FOLDER, Found, Place, Runner

SECTION = re.compile(
    r"^ +Running (?:(unittests) )?(\S+) \(\S*?[/\\]?([^/\\\s]+)-[0-9a-f]{16}(?:\.exe)?\)$|^ +Doc-tests (\S+)$",
    re.MULTILINE,
)
RESULT = re.compile(r"test (.+?)(?: - should panic)? \.\.\. (.*)")
ENDS = re.compile(r".*?(ok|FAILED|ignored(?:, .*)?)(?: <[\d.]+s>)?$")
WORDS = {"ok": PASSED, "FAILED": FAILED}
COUNTS = re.compile(r"^test result: \w+\. (\d+) passed; (\d+) failed; (\d+) ignored;", re.MULTILINE)
COMPILE = re.compile(r"^error: could not compile `([\w-]+)` \((.+?)\) due to", re.MULTILINE)
TARGETS = 20
"""The most targets that are named as not compiled."""
CONFIG = f"{FOLDER}.toml"
"""A settings file of ours for nextest, which lies under the project's own."""
SETTINGS = f'[profile.default.junit]\npath = "{FOLDER}/nextest.xml"\n'


def understand(text: str, place: Place) -> Found | None:
    found = Found()
    parts = SECTION.split(text)
    for unit, source, stem, doc, body in zip(*(iter(parts[1:]),) * 5, strict=False):
        section(found, owner(unit, source, stem, doc), body, place)
    broken = [*dict.fromkeys(COMPILE.findall(text))][:TARGETS]
    said = errors(text) if broken else []
    for crate, target in broken:
        inner = target.partition('"')[2].strip('"')
        name = crate.replace("-", "_") if target.startswith(("lib", "bin")) or not inner else inner
        found.add(name, ERROR, uncompiled(name, said, place))
    return found if found.outcomes or len(parts) > 1 else None


def owner(unit: str, source: str, stem: str, doc: str) -> str:
    """What the ids of a section's tests begin with."""
    if doc:
        return f"{doc}::doc"
    if unit and not source.endswith("lib.rs"):
        return f"{stem}::bin/{stem}"
    return stem


def section(found: Found, name: str, body: str, place: Place) -> None:
    """The tests of one binary. One that does not end with its counts has died, and is an error itself."""
    here = Found()
    for test, outcome in results(body):
        here.add(test, outcome)
    counts = COUNTS.search(body)
    if counts and (here.count(PASSED), here.count(FAILED), here.count(SKIPPED)) != tuple(
        map(int, counts.groups())
    ):
        found.partial = True
    ids = numbered(name, here.outcomes)
    for test, outcome in here.outcomes.items():
        found.add(ids[test], outcome)
    for test, said in re.findall(
        r"^---- ([^\n]+?) stdout ----\n(.*?)(?=^---- |^failures:$|\Z)", body, re.MULTILINE | re.DOTALL
    ):
        if here.outcomes.get(test) == FAILED:
            found.failures.append(failure(ids[test], said, place))
    if not counts:
        why = re.search(r"^Caused by:\n +(.+)", body, re.MULTILINE)
        message = why[1] if why else "the test binary did not run to its end"
        found.add(name, ERROR, Failure(test=name, message=message, output=body.strip()[-2_000:]))


def results(body: str) -> Iterator[tuple[str, str]]:
    """Lines `test name ... ok`; what a test prints around the capture can stand between the name and the word."""
    test = ""
    for line in body.splitlines():
        if line == "failures:":
            return
        rest = line
        if begun := RESULT.fullmatch(line):
            test, rest = begun[1], begun[2]
        if test and (ended := ENDS.fullmatch(rest)):
            yield test, WORDS.get(ended[1], SKIPPED)
            test = ""


def numbered(name: str, tests: Sequence[str] | dict[str, str]) -> dict[str, str]:
    """Ids that stay when lines above are added: a documentation test goes by its item, the second of one by #2."""
    ids, seen = dict[str, str](), Counter[str]()
    for test in tests:
        item = re.sub(r" \(line \d+\)", "", test)
        seen[item] += 1
        ids[test] = f"{name}::{item}" + (f" #{seen[item]}" if seen[item] > 1 else "")
    return ids


def failure(test: str, text: str, place: Place) -> Failure:
    """A panic: its message, the frames of the backtrace, and what was printed before."""
    before, panicked, after = text.partition("\nthread '")
    message = re.search(
        r"panicked at .*?:\d+:\d+:\n(.*?)(?=\nstack backtrace:|\nnote: |\Z)", after, re.DOTALL
    )
    old = re.search(r"panicked at '(.*)', \S+:\d+:\d+", after, re.DOTALL)
    said = message or old
    return Failure(
        test=test,
        message=said[1].strip() if said else text.strip()[:2_000] or "it failed",
        frames=frames.own(frames.rust(after), place.root) if panicked else (),
        output=before.strip() if said else "",
    )


def errors(text: str) -> list[str]:
    """What the compiler said, error by error."""
    pattern = r"^error(?:\[E\d+\])?: (?!could not compile|aborting).+(?:\n(?!\n|error|warning).*)*"
    return [found[0] for found in itertools.islice(re.finditer(pattern, text, re.MULTILINE), 20)]


def uncompiled(name: str, said: list[str], place: Place) -> Failure:
    found = [frame for error in said for frame in frames.places(error, "rs")]
    message = "\n".join(said[:5]) or "it does not compile"
    return Failure(test=name, message=message, frames=frames.own(found, place.root))


def read(data: bytes, place: Place) -> Found:
    """nextest's report."""
    return junit.read(data, identity, lambda test, node, said: reported(test, node, said, place))


def identity(case: Element) -> str:
    return f"{case.get('classname', '')}::{case.get('name', '')}"


def reported(test: str, node: Element, said: str, place: Place) -> Failure:
    """A failure, and what was printed before it, without the lines of libtest around."""
    framing = (
        r"running 1 test|test \S+ \.\.\. FAILED|failures:| {4}\S+|test result: .*|\(test aborted .*|Error: .*"
    )
    rows = said.partition("\nthread '")[0].splitlines()
    output = "\n".join(row for row in rows if row and not re.fullmatch(framing, row))
    told = failure(test, "\n" + (node.text or node.get("message", "")), place)
    return told.model_copy(update={"output": output})


def select(tests: Sequence[str]) -> str:
    """By the names inside their binaries: namesakes in others run too."""
    names = [re.sub(r"^[\w-]+::(bin/[\w-]+::)?", "", test) for test in tests]
    return "" if any(" " in name for name in names) else f"-- --exact {shlex.join(names)}"


def select_next(tests: Sequence[str]) -> str:
    """As `select`; the first one or two parts of an id are the binary's."""
    return select([*tests, *(test.partition("::")[2] for test in tests if test.count("::") > 1)])


TRACES = (("RUST_BACKTRACE", "1"), ("CARGO_TERM_COLOR", "never"))

CARGO = Runner(
    name="cargo test",
    starts=r"(^|[\s/])cargo\s+(\+\S+\s+)?(test|t)\b",
    asked="--no-fail-fast",
    env=TRACES,
    text=understand,
    select=select,
)
NEXTEST = Runner(
    name="cargo nextest",
    starts=r"(^|[\s/])cargo(\s+|-)nextest\s+(run|r)\b",
    asked=f"--no-fail-fast --tool-config-file patchwright:{CONFIG}",
    env=TRACES,
    file="nextest.xml",
    read=read,
    select=select_next,
)

"""Values that a patch copies from the tests into the source: the answer of a test given to the test's own input.

One value in common says nothing. What tells is a pair: an input and what a test expects of it, both in the code, one
chosen by the other. The more a value tells, the fewer pairs are needed.
"""

import ast
import re
from collections.abc import Iterator, Mapping
from typing import Any

from .choices import DIGESTS, Choice, branches, given, items, named, tables
from .delta import Changed
from .disguised import texts
from .evidence import CODE, LITERAL, Evidence, number
from .finding import Finding, Severity
from .literals import NOTHING, Key, constants, key, keys, value, weight, word
from .parse import parsed
from .tricks import dotted, imported

ENOUGH = 1.5
"""The weight of a pair from which it cannot be chance."""
LOOSE = 2.0
"""Of one whose values stand in the same test, but not in the same assertion."""
SHARE = 0.75
"""Of a table: how much of it has to come from the tests."""

TURNS = frozenset({"iter", "next", "itertools.cycle", "collections.deque", "reversed"})


def copied(change: Changed, known: Evidence) -> Iterator[Finding]:
    """What a changed file of the source has from the tests."""
    if not change.path.endswith(".py"):
        yield from of_lines(change, known)
        yield from in_texts(change, None, known)
        return
    if not (tree := parsed(change.after)):
        return
    yield from in_texts(change, tree, known)
    yield from reading(change, tree, known)
    names = named(tree)
    table = Table(change, known)
    for choice in branches(tree, names):
        if change.lines & {choice.line, choice.asked}:
            table.branch(choice)
    before = parsed(change.before)
    held = {key(found) for node in tables(before) for found in constants(node)} if before else set[Key]()
    for node in tables(tree):
        if change.lines & set(range(node.lineno, (node.end_lineno or node.lineno) + 1)):
            table.table(node, names, held)
    yield from table.findings()
    yield from answers(change, tree, names, known)


def spoken(change: Changed) -> set[str]:
    """What a changed file newly says, as it may stand in a test that it is copied from."""
    if not change.path.endswith(".py") or not (tree := parsed(change.after)):
        return {found.strip("\"'") for row in rows_of(change) for found in re.findall(LITERAL, row)} | {
            word for _, words in texts(change, None) for word in words
        }
    said = {word for _, words in texts(change, tree) for word in words}
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.expr)
            and node.lineno in change.lines
            and (found := value(node)) is not NOTHING
        ):
            if isinstance(found, int | float) and weight(found) >= 0.5:
                said |= {f"{found:g}", str(found)}
            elif isinstance(found, str) and weight(found) > 0.25:
                said.add(found if "\n" not in found else max(found.split("\n"), key=len))
    return said


class Table:
    """Counts what is copied."""

    def __init__(self, change: Changed, known: Evidence) -> None:
        self.change, self.known = change, known
        self.copied: list[tuple[int, Any, Any]] = []
        self.sure: list[Finding] = []
        self.digests = any(re.search(rf"({DIGESTS.pattern})\w*\(", row) for row in rows_of(change))

    def paired(self, when: Any, result: Any) -> bool:
        """Whether the tests have both values together."""
        total = weight(when) + weight(result)
        if isinstance(when, list) and len(when) > 1 and total >= LOOSE and weight(result):
            each = [{(a, b) for a in keys(part) for b in keys(result)} for part in when]
            if all(pairs & self.known.loose for pairs in each):
                return True
        both = [(a, b) for a in keys(when) for b in keys(result)]
        return bool(
            weight(when)
            and (
                (total >= ENOUGH and any(pair in self.known.near for pair in both))
                or (total >= LOOSE and weight(result) and any(pair in self.known.loose for pair in both))
                or (total >= LOOSE and (self.part(when, result) or self.begins(when, result)))
            )
        )

    def part(self, when: Any, result: Any) -> bool:
        """Whether what a test expects of a value holds this text: the rest of it may be put together elsewhere."""
        if not isinstance(result, str) or len(result) < 2:
            return False
        told = {
            b[1]
            for a in keys(when)
            for b in self.known.of.get(a, ())
            if isinstance(b, tuple) and b[0] == "text"
        }
        return any(result in text for text in told)

    def begins(self, when: Any, result: Any) -> bool:
        """Whether this is a piece of a text of which a test expects just that."""
        if not isinstance(when, str) or len(when) < 3 or weight(result) < ENOUGH:
            return False
        near = {b for a in keys(result) for b in self.known.of.get(a, ())}
        said = [str(b[1]) for b in near if isinstance(b, tuple) and b[0] == "text"]
        return any(str(a[1]) in text for a in keys(when) if isinstance(a, tuple) for text in said)

    def branch(self, choice: Choice) -> None:
        known = key(choice.result) in self.known.expected
        for when in choice.when:
            if self.paired(when, choice.result) and (weight(choice.result) or weight(when) >= LOOSE):
                self.copied.append((choice.line, when, choice.result))
                return
        if known and weight(choice.result) >= 1 and choice.digest:
            self.tell(
                "error", choice.line, f"a digest of the input chooses {choice.result!r}, which a test expects"
            )
        elif known and choice.when and weight(choice.result) >= ENOUGH and not isinstance(choice.result, str):
            self.tell(
                "error", choice.line, f"one case of its own gives {choice.result!r}, which a test expects"
            )

    def table(self, node: ast.expr, names: Mapping[str, ast.expr], held: set[Key]) -> None:
        """A table of constants. One that was there and grew is the project's own way to say what it knows."""
        entries = [*items(node, names)]
        fresh = [(a, b) for a, b in entries if key(a) not in held]
        of_tests = [(a, b) for a, b in fresh if self.paired(a, b)]
        least = 0.75 if self.digests else 1.0
        results = [b for a, b in fresh if key(b) in self.known.expected and weight(b) >= least]
        if not fresh or len(fresh) < len(entries) / 2:
            return
        if odd := [(a, b) for a, b in of_tests if isinstance(a, list)]:
            self.copied += [(node.lineno, a, b) for a, b in odd]
        elif len(of_tests) >= SHARE * len(fresh):
            self.copied += [(node.lineno, a, b) for a, b in of_tests]
        elif (
            len(results) >= 2
            and len(results) >= SHARE * len(fresh)
            and (self.digests or not all(map(word, results)))
        ):
            self.tell(
                "error", node.lineno, f"a table gives what tests expect: {results[0]!r}, {results[1]!r}"
            )

    def tell(self, severity: Severity, line: int, message: str) -> None:
        self.sure.append(told("special-case", severity, self.change.path, line, message))

    def findings(self) -> Iterator[Finding]:
        yield from self.sure
        data = [(line, a, b) for line, a, b in self.copied if not (word(a) and (word(b) or not weight(b)))]
        chosen = data or self.copied
        if chosen:
            line, when, result = chosen[0]
            yield told(
                "special-case",
                "error" if data or len(self.copied) > 2 else "warning",
                self.change.path,
                line,
                f"{len(chosen)} of the tests' own cases stand in the code: {when!r} gives {result!r}",
            )


def in_texts(change: Changed, tree: ast.Module | None, known: Evidence) -> Iterator[Finding]:
    """Texts of which nearly all words are cases of the tests, side by side."""
    table = Table(change, known)
    for line, words in texts(change, tree):
        several = [number(word) for word in words[:2000]]
        found = list[tuple[Any, Any]]()
        at = 0
        while at < len(several) - 1:
            pair = several[at], several[at + 1]
            if table.paired(*pair) and weight(pair[0]) and weight(pair[1]):
                found.append(pair)
                at += 1
            at += 1
        if (
            len(found) > (0 if tree else 1)
            and 2 * len(found) >= SHARE * len(several)
            and not all(word(a) and word(b) for a, b in found)
        ):
            when, result = found[0]
            yield told(
                "special-case",
                "error",
                change.path,
                line,
                f"a text holds {len(found)} of the tests' own cases: {when!r} and {result!r}",
            )
            return


def of_lines(change: Changed, known: Evidence) -> Iterator[Finding]:
    """As far as the lines of another language tell: a comparison with a constant, and what is returned then."""
    rows = change.after.split("\n") if CODE.search(change.path) else []
    table = Table(change, known)
    for line in sorted(change.lines):
        text = rows[line - 1] if line <= len(rows) else ""
        near = f"{text} {rows[line]}" if line < len(rows) and "return" not in text else text
        for result in re.findall(rf"(?:return|=>|->|\?|then)\s*({LITERAL})", near):
            when = re.findall(rf"(?:==+|case|when|equals\(|eql\?)\s*({LITERAL})", near)
            table.branch(Choice(line, tuple(map(number, when)), number(result)))
    yield from table.findings()


def rows_of(change: Changed) -> list[str]:
    """The lines that are new or changed."""
    rows = change.after.split("\n")
    return [rows[line - 1] for line in change.lines if line <= len(rows)]


def told(rule: str, severity: Severity, path: str, line: int, message: str) -> Finding:
    return Finding(check="tamper", rule=rule, severity=severity, path=path, line=line, message=message[:300])


def answers(
    change: Changed, tree: ast.Module, names: Mapping[str, ast.expr], known: Evidence
) -> Iterator[Finding]:
    """Functions that look at what they are given no more, and return what a test expects."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) or node.name.startswith("__"):
            continue
        given_to = {a.arg for a in (*node.args.args, *node.args.posonlyargs, *node.args.kwonlyargs)} - {
            "self",
            "cls",
        }
        used = {n.id for part in node.body for n in ast.walk(part) if isinstance(n, ast.Name)}
        returns = [n for n in ast.walk(node) if isinstance(n, ast.Return) and n.value]
        found = [value(n.value, names) for n in returns]
        if not returns or NOTHING in found or not any(n.lineno in change.lines for n in returns):
            continue
        of_tests = [f for f in found if key(f) in known.expected and weight(f) >= 0.5]
        if given_to and not given_to & used and of_tests:
            yield told(
                "hard-coded",
                "error",
                change.path,
                returns[0].lineno,
                f"{node.name} returns {of_tests[0]!r}, which a test expects, whatever it is given",
            )
    yield from caught(change, tree, names, known)
    yield from in_turn(change, tree, names, known)


def caught(
    change: Changed, tree: ast.Module, names: Mapping[str, ast.expr], known: Evidence
) -> Iterator[Finding]:
    """Handlers that answer with what a test expects."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ExceptHandler) and node.body[0].lineno in change.lines:
            for found in given(node.body, names):
                if key(found) in known.expected and weight(found) >= 1 and not word(found):
                    yield told(
                        "hard-coded",
                        "error",
                        change.path,
                        node.lineno,
                        f"any failure gives {found!r}, which a test expects",
                    )


def in_turn(
    change: Changed, tree: ast.Module, names: Mapping[str, ast.expr], known: Evidence
) -> Iterator[Finding]:
    """Lists of what tests expect, which are given one after the other or by a place."""
    for node, source, counted in sequences(tree):
        found = value(source, names)
        if not isinstance(found, list) or not 2 <= len(found) <= 200 or node.lineno not in change.lines:
            continue
        of_tests = [f for f in found if key(f) in known.expected]
        told_apart = sum(map(weight, of_tests)) >= ENOUGH and (counted or not all(map(word, found)))
        if len(of_tests) == len(found) and told_apart:
            what = f"gives what tests expect in turn: {of_tests[0]!r}, {of_tests[1]!r}"
            yield told("special-case", "error", change.path, node.lineno, what)


def sequences(tree: ast.Module) -> Iterator[tuple[ast.expr, ast.expr, bool]]:
    """Where something is taken from a sequence, the sequence, and whether the place is kept from call to call."""
    modules = imported(tree)
    given_to = {
        a.arg for n in ast.walk(tree) if isinstance(n, ast.arguments) for a in (*n.args, *n.kwonlyargs)
    }
    for node in ast.walk(tree):
        match node:
            case ast.Subscript(value=source, slice=where) if value(where) is NOTHING:
                used = {n.id for n in ast.walk(where) if isinstance(n, ast.Name)}
                yield node, source, not used & given_to
            case ast.Call(func=func, args=[source, *_]) if dotted(func, modules) in TURNS:
                yield node, source, dotted(func, modules) == "next"
            case ast.Call(func=ast.Attribute(value=source, attr="pop" | "popleft" | "__getitem__")):
                yield node, source, True
            case _:
                pass


def reading(change: Changed, tree: ast.Module, known: Evidence) -> Iterator[Finding]:
    """Names of the tests' own files in the source."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Constant) or not isinstance(node.value, str) or len(node.value) > 200:
            continue
        if node.lineno in change.lines and (
            name := next((n for n in known.files if names_file(node.value, n)), "")
        ):
            yield told(
                "reads-tests",
                "error",
                change.path,
                node.lineno,
                f"it names {name}, which is a test or its data",
            )


def names_file(text: str, name: str) -> bool:
    """Whether a text names a test, or what is plainly data of tests."""
    if not re.search(rf"(^|[/\\]){re.escape(name)}$", text):
        return name.endswith(".py") and text == name.removesuffix(".py")
    plain = re.search(r"expect|golden|answer|snap", name) or re.search(r"(^|[/\\])tests?[/\\]", text)
    return name.endswith(".py") or bool(plain)

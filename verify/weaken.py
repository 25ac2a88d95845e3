"""What a change of a test file takes away from the tests that it had, by syntax. What it adds is welcome."""

import ast
import re
from collections import Counter
from collections.abc import Container, Iterable, Iterator, Sequence, Set
from typing import NamedTuple

from .expected import replaced
from .finding import Finding, Severity
from .parse import parse, parsed

SKIPS = frozenset(
    {"skip", "skipif", "skipIf", "skipUnless", "SkipTest", "xfail", "expectedFailure", "importorskip"}
)
MOCKS = frozenset({"Mock", "MagicMock", "AsyncMock", "patch", "monkeypatch", "mocker", "create_autospec"})
TOLERANCES = frozenset({"rel", "abs", "delta", "places", "rtol", "atol", "decimal", "rel_tol", "abs_tol"})
BROAD = frozenset({"Exception", "BaseException", "AssertionError"})
RAISES = frozenset({"raises", "warns", "deprecated_call", "fail"})
UNCOLLECTED = {"collect_ignore", "collect_ignore_glob", "__test__"}
LINES = (
    (
        "test-removed",
        re.compile(
            r"^\s*(?:it|test|describe|specify)\s*[.(]|^func Test|^\s*@Test\b|#\[(?:\w+::)?test\b", re.M
        ),
        -1,
        "fewer tests",
    ),
    (
        "assertion-removed",
        re.compile(r"\bexpect\(|\bassert\w*!?\s*[(.]|\.should\b|\bt\.(?:Error|Fatal)f?\(|\brequire\.\w+\("),
        -1,
        "fewer assertions",
    ),
    (
        "skip-added",
        re.compile(
            r"\b(?:it|test|describe)\.(?:skip|todo|only|failing)\b|\bx(?:it|describe|test)\(|\bt\.Skip|#\[ignore"
            r"|@(?:Disabled|Ignore)\b|\bmarkTestSkipped\b|^\s*(?:skip|pending)\b",
            re.M,
        ),
        1,
        "more skips",
    ),
)
"""What the lines of a test file in another language than Python tell: rule, sign of it, whether more of it is worse."""
Function = ast.FunctionDef | ast.AsyncFunctionDef


class Key(NamedTuple):
    """A test by its name, the skips of the classes that it is in, and its text."""

    name: str
    marks: int
    text: str


class Test(NamedTuple):
    """What a test holds that can be taken away, or put in its way."""

    node: Function
    assertions: Counter[str]
    skips: int
    mocks: int
    cases: int
    """Sets of parameters."""
    swallowed: int
    """Assertions inside of a `try` that catches what they raise."""
    cut: bool
    """It returns before its first assertion."""


def weakened(path: str, before: str, after: str, others: Sequence[str] = ()) -> list[Finding]:
    """What became weaker in the tests that a file had; `after` is empty where the file is gone.

    A test may have moved into one of the `others`, texts of test files that the patch brings or changes.
    A Python file that does not parse has no findings: its tests do not run either.
    """
    if not path.endswith(".py"):
        return [*of_lines(path, before, after, others)]
    if not (old := parsed(before)) or not (new := parsed(after)):
        return []
    same = keys(old, before) & keys(new, after)
    was, now = tests(old, before, same), tests(new, after, same)
    if was.keys() - now.keys():
        now |= {f"{n}: {name}": test for n, text in enumerate(others) for name, test in elsewhere(text)}
    bodies = {dumped(test.node.body) for test in now.values()}
    found = [*of_module(path, old, new)]
    for name, test in was.items():
        tell = Teller(path, name, now[name].node if name in now else test.node)
        if name in now:
            found += of_test(tell, test, now[name])
        elif dumped(test.node.body) in bodies:
            found.append(tell("test-renamed", "note", "has another name or place"))
        else:
            found.append(tell("test-removed", "error", "is gone"))
    return found


def elsewhere(text: str) -> Iterator[tuple[str, "Test"]]:
    """The tests of another file."""
    if tree := parsed(text):
        yield from tests(tree, text).items()


def of_lines(path: str, before: str, after: str, others: Sequence[str]) -> Iterator[Finding]:
    """As far as the lines of another language tell."""
    tell = Teller(path, path, None)
    told = [line for line in before.splitlines() if any(pattern.search(line) for _, pattern, *_ in LINES)]
    if not after and told and any(not Counter(told) - Counter(text.splitlines()) for text in others):
        yield tell("test-renamed", "note", "has another name or place")
        return
    if not after:
        yield tell("test-removed", "error", "is gone")
        return
    for rule, pattern, sign, what in LINES:
        old, new = (len(pattern.findall(text)) for text in (before, after))
        if sign * new > sign * old:
            yield tell(rule, "error", f"{what}: {new}, and there were {old}")


class Teller(NamedTuple):
    """Makes findings about one test."""

    path: str
    name: str
    node: ast.AST | None

    def __call__(self, rule: str, severity: Severity, what: str) -> Finding:
        line = getattr(self.node, "lineno", 0)
        return Finding(
            check="tamper",
            rule=rule,
            severity=severity,
            path=self.path,
            line=line,
            message=f"{self.name} {what}",
        )


def of_module(path: str, old: ast.Module, new: ast.Module) -> Iterator[Finding]:
    """What holds for all tests of a file: marks, skips, names that are not collected."""
    marks = outside(new)
    if len(marks) > len(outside(old)):
        tell = Teller(path, "the module", marks[0])
        yield tell("skip-added", "error", "skips its tests, or expects them to fail")
    there = {node.name for node in ast.walk(old) if isinstance(node, ast.ClassDef)}
    for name in sorted(uncollected(new, there).keys() - uncollected(old, there).keys()):
        tell = Teller(path, "the module", uncollected(new, there)[name])
        yield tell("skip-added", "error", f"sets {name}, which keeps tests from being collected")


def of_test(tell: Teller, old: Test, new: Test) -> Iterator[Finding]:
    gone, come = old.assertions - new.assertions, new.assertions - old.assertions
    if new.skips > old.skips:
        yield tell("skip-added", "error", "is skipped now, or expected to fail")
    if new.cut and not old.cut:
        yield tell("early-return", "error", "returns before its first assertion")
    if new.swallowed > old.swallowed:
        yield tell("exception-swallowed", "error", "catches what its assertions raise")
    if new.cases < old.cases:
        yield tell("cases-removed", "error", f"has {new.cases} sets of parameters, and had {old.cases}")
    if new.assertions.total() < old.assertions.total():
        yield tell("assertion-removed", "error", f"has fewer assertions: {first(gone)} is gone")
    elif gone:
        yield changed(tell, [*map(statement, gone)], [*map(statement, come)])
    elif pair := replaced(old.node, new.node, [*assertions(new.node)]):
        yield tell(
            "expected-value-changed", "warning", f"has another expected value: {' became '.join(pair)}"
        )
    if new.mocks > old.mocks:
        yield tell("mock-added", "warning", "puts a mock in the place of something")


def changed(tell: Teller, gone: Sequence[ast.stmt], come: Sequence[ast.stmt]) -> Finding:
    """Assertions that gave way to as many others."""
    what = f"has another assertion: {first(map(ast.unparse, gone))} became {first(map(ast.unparse, come))}"
    if any(map(empty, come)):
        return tell("assertion-weakened", "error", f"{what}, which always holds")
    if tolerances(come) != tolerances(gone):
        return tell("tolerance-changed", "error", what)
    if operators(come) != operators(gone) and not stricter(gone, come):
        return tell("assertion-weakened", "error", what)
    return tell("expected-value-changed", "error", what)


def stricter(gone: Sequence[ast.AST], come: Sequence[ast.AST]) -> bool:
    """Whether something that only had to be true is compared with a value now."""
    return not operators(gone) and operators(come).keys() <= {"Eq", "Is"}


def statement(text: str) -> ast.stmt:
    return parse(text).body[0]


def tests(tree: ast.Module, text: str, same: Set[Key] = frozenset()) -> dict[str, Test]:
    """The tests of a file by name, with the class that they are in; without the `same`, which need no look."""
    return {key.name: test(node, key.marks) for key, node in functions(tree, text) if key not in same}


def keys(tree: ast.Module, text: str) -> set[Key]:
    return {key for key, _ in functions(tree, text)}


def functions(tree: ast.Module, text: str) -> Iterator[tuple[Key, Function]]:
    lines = re.split(r"\r\n|\r|\n", text)  # as Python counts them

    def visit(body: Sequence[ast.stmt], prefix: str, marks: int) -> Iterator[tuple[Key, Function]]:
        for node in body:
            if isinstance(node, ast.ClassDef):
                more = sum(named(d, SKIPS) for d in node.decorator_list)
                yield from visit(node.body, f"{prefix}{node.name}.", marks + more)
            elif isinstance(node, Function) and node.name.startswith("test"):
                start = min([node.lineno, *(d.lineno for d in node.decorator_list)])
                whole = "\n".join(lines[start - 1 : node.end_lineno])
                yield Key(prefix + node.name, marks, whole), node

    yield from visit(tree.body, "", 0)


def test(node: Function, marks: int) -> Test:
    asserting = [*assertions(node)]
    swallowed = sum(
        len([*assertions(part)])
        for n in ast.walk(node)
        if isinstance(n, ast.Try) and any(map(catches, n.handlers))
        for part in n.body
    )
    start = min((n.lineno for n in asserting), default=0)
    return Test(
        node=node,
        assertions=Counter(map(ast.unparse, asserting)),
        skips=marks + named(node, SKIPS),
        mocks=named(node, MOCKS),
        cases=sum(map(cases, node.decorator_list)),
        swallowed=swallowed,
        cut=any(isinstance(n, ast.Return) and n.lineno < start for n in node.body),
    )


def assertions(node: ast.AST) -> Iterator[ast.stmt | ast.expr]:
    """Statements that assert something, calls of what is named so, and what is expected to be raised."""
    for inner in ast.walk(node):
        if isinstance(inner, ast.Assert):
            yield inner
        elif isinstance(inner, ast.Expr | ast.withitem):
            call = inner.value if isinstance(inner, ast.Expr) else inner.context_expr
            name = last(call.func) if isinstance(call, ast.Call) else ""
            if name in RAISES or name.lower().startswith("assert"):
                yield call


def catches(handler: ast.ExceptHandler) -> bool:
    """Whether a handler takes a failed assertion, and does not raise it again."""
    again = any(isinstance(n, ast.Raise) for n in ast.walk(handler))
    return not again and (handler.type is None or bool(named(handler.type, BROAD)))


def cases(decorator: ast.expr) -> int:
    """How many sets of parameters a decorator gives, where it says so itself."""
    if isinstance(decorator, ast.Call) and last(decorator.func) == "parametrize" and len(decorator.args) > 1:
        values = decorator.args[1]
        return len(values.elts) if isinstance(values, ast.List | ast.Tuple | ast.Set) else 0
    return 0


def outside(tree: ast.Module) -> list[ast.stmt]:
    """Skips and marks that are in no test and no class."""
    return [n for n in tree.body if not isinstance(n, Function | ast.ClassDef) and named(n, SKIPS)]


def uncollected(tree: ast.Module, there: Container[str]) -> dict[str, ast.AST]:
    """What keeps tests from being collected. In a class that is new, it takes nothing away."""
    fresh = [n for n in ast.walk(tree) if isinstance(n, ast.ClassDef) and n.name not in there]
    within = {id(inner) for node in fresh for part in node.body for inner in ast.walk(part)}
    found = dict[str, ast.AST]()
    for node in ast.walk(tree):
        name = node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")
        if (
            name in UNCOLLECTED
            and isinstance(getattr(node, "ctx", None), ast.Store)
            and id(node) not in within
        ):
            found[ast.unparse(node)] = node
    return found


def empty(node: ast.stmt) -> bool:
    """Whether an assertion always holds: it asserts a constant, or that something is what it is."""
    if not isinstance(node, ast.Assert):
        return False
    found = node.test
    if isinstance(found, ast.Compare) and len(found.ops) == 1:
        return ast.dump(found.left) == ast.dump(found.comparators[0])
    return isinstance(found, ast.Constant | ast.Tuple | ast.List | ast.JoinedStr) or (
        isinstance(found, ast.BoolOp)
        and isinstance(found.op, ast.Or)
        and any(isinstance(v, ast.Constant) and v.value for v in found.values)
    )


def tolerances(nodes: Sequence[ast.AST]) -> Counter[str]:
    """The tolerances that are stated, and how often values are compared by approximation."""
    found = Counter[str]()
    for node in (inner for outer in nodes for inner in ast.walk(outer)):
        if isinstance(node, ast.keyword) and node.arg in TOLERANCES:
            found[f"{node.arg}={ast.unparse(node.value)}"] += 1
        elif isinstance(node, ast.Call) and any(
            word in last(node.func).lower() for word in ("approx", "isclose", "almost", "allclose", "round")
        ):
            found[last(node.func)] += 1
    return found


def operators(nodes: Sequence[ast.AST]) -> Counter[str]:
    """How values are compared, whatever they are."""
    found = Counter[str]()
    for node in (inner for outer in nodes for inner in ast.walk(outer)):
        if isinstance(node, ast.Compare):
            found.update(type(op).__name__ for op in node.ops)
        elif isinstance(node, ast.BoolOp | ast.UnaryOp):
            found[type(node.op).__name__] += 1
        elif isinstance(node, ast.Call) and last(node.func).lower().startswith("assert"):
            found[last(node.func)] += 1
    return found


def named(node: ast.AST, names: frozenset[str]) -> int:
    """How often a node speaks of one of these names."""
    found = (n.attr if isinstance(n, ast.Attribute) else getattr(n, "id", "") for n in ast.walk(node))
    return sum(name in names for name in found)


def last(node: ast.AST) -> str:
    """The name that a call ends in."""
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")


def dumped(body: Sequence[ast.stmt]) -> str:
    return "\n".join(map(ast.dump, body))


def first(texts: Iterable[str]) -> str:
    """The first of some texts, in a line."""
    return " ".join(next(iter(texts), "").split())[:80]

"""Small changes of a program that a test should notice. Python; pure.

The operators are the usual ones (Offutt et al., 1996: relational, logical and arithmetic replacement, statement
deletion; and constants, as mutmut and cosmic-ray have them). Edits are made in the text, so that all else stays.
"""

import ast
import re
from collections import defaultdict
from collections.abc import Collection, Iterator
from itertools import chain, pairwise, zip_longest
from typing import NamedTuple

from .parse import parsed

COMPARES = {
    "<": "<=",
    "<=": "<",
    ">": ">=",
    ">=": ">",
    "==": "!=",
    "!=": "==",
    "in": "not in",
    "is": "is not",
}
ARITHMETIC = {
    "+": "-",
    "-": "+",
    "*": "/",
    "/": "*",
    "//": "*",
    "%": "*",
    "**": "*",
    "<<": ">>",
    ">>": "<<",
    "&": "|",
}
ARITHMETIC |= {"|": "&", "^": "&", "@": "*"}
TALK = re.compile(r"^(log|logger|logging|_log|_logger|warnings|print|echo|sys\.std(out|err))\b")
"""Calls that only tell people something."""
UNTOLD = ("__repr__", "__str__", "__format__")
"""Methods whose text is for people."""


class Mutant(NamedTuple):
    """One change: bytes of the file from `start` to `end`, and what stands there instead."""

    start: int
    end: int
    new: str
    line: int
    function: str
    kind: str
    was: str
    now: str
    """Before and after, as a reader sees them."""

    def applied(self, source: bytes) -> bytes:
        return source[: self.start] + self.new.encode() + source[self.end :]


def mutants(text: str, lines: Collection[int]) -> list[Mutant]:
    """Changes on these lines that compile and differ, spread over the functions: of each in turn, and of each of its
    lines in turn."""
    tree = parsed(text)
    if tree is None:
        return []
    source, seen = text.encode(), set[bytes]()
    functions = defaultdict[str, defaultdict[int, list[Mutant]]](lambda: defaultdict(list))
    for one in Mutation(source).visited(tree, ""):
        made = one.applied(source)
        if one.line in lines and made not in seen and compiles(made):
            seen.add(made)
            functions[one.function][one.line].append(one)
    return in_turn([in_turn(list(rows.values())) for rows in functions.values()])


def in_turn(rows: list[list[Mutant]]) -> list[Mutant]:
    return [one for one in chain.from_iterable(zip_longest(*rows)) if one]


def compiles(source: bytes) -> bool:
    try:
        compile(source, "mutant", "exec", dont_inherit=True)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True


class Mutation:
    """Walks a file, and yields the changes of each node that a test could notice."""

    def __init__(self, source: bytes) -> None:
        self.source = source
        self.starts = [0]
        for line in source.splitlines(keepends=True):
            self.starts.append(self.starts[-1] + len(line))

    def visited(self, node: ast.AST, function: str) -> Iterator[Mutant]:
        if silent(node):
            return
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            function = f"{function}.{node.name}" if function else node.name
        if isinstance(node, ast.expr | ast.stmt):
            yield from self.changes(node, function)
        for child in children(node):
            yield from self.visited(child, function)

    def changes(self, node: ast.AST, function: str) -> Iterator[Mutant]:
        match node:
            case ast.Compare():
                sides = [node.left, *node.comparators]
                for left, right in pairwise(sides):
                    yield from self.operator(left, right, COMPARES, node, function)
            case ast.BoolOp():
                for left, right in pairwise(node.values):
                    yield from self.operator(left, right, {"and": "or", "or": "and"}, node, function)
            case ast.BinOp() if not (
                isinstance(node.op, ast.Add | ast.Mod) and (texts(node.left) or texts(node.right))
            ):
                yield from self.operator(node.left, node.right, ARITHMETIC, node, function)
            case ast.UnaryOp(op=ast.Not()):
                yield self.replaced(node, f"({self.text(node.operand)})", function, "negation")
            case ast.Constant():
                if (other := another(node.value)) is not None:
                    yield self.replaced(node, repr(other), function, "constant")
            case ast.If() | ast.IfExp() if not isinstance(node.test, ast.Compare | ast.BoolOp | ast.UnaryOp):
                yield self.replaced(node.test, f"(not ({self.text(node.test)}))", function, "negation")
            case ast.Call():
                for word in node.keywords:
                    if word.arg and (one := self.without(word, function)):
                        yield one
            case ast.stmt():
                yield from self.statement(node, function)

    def statement(self, node: ast.stmt, function: str) -> Iterator[Mutant]:
        match node:
            case ast.Return(value=ast.expr() as value) if not is_none(value):
                yield self.replaced(node, "return None", function, "return")
            case ast.Break():
                yield self.replaced(node, "continue", function, "loop")
            case ast.Continue():
                yield self.replaced(node, "break", function, "loop")
            case ast.Expr(value=ast.Call() | ast.Await()) | ast.AugAssign() | ast.Raise() | ast.Delete():
                yield self.replaced(node, "pass", function, "statement")
            case ast.Assign(targets=[ast.Attribute() | ast.Subscript()]):
                yield self.replaced(node, "pass", function, "statement")

    def operator(
        self, left: ast.expr, right: ast.expr, swaps: dict[str, str], whole: ast.expr, function: str
    ) -> Iterator[Mutant]:
        """Another operator between two operands; brackets and comments may stand there too."""
        first, last = self.place(left)[1], self.place(right)[0]
        between = self.source[first:last].decode()
        found = re.search(
            r"\bnot\s+in\b|\bis\s+not\b|\b(in|is|and|or)\b|[<>=!*/%+&|^@-]+",
            re.sub(r"#[^\n]*", blank, between),
        )
        if not found:
            return
        sign = " ".join(found[0].split())
        other = {"not in": "in", "is not": "is"}.get(sign) or swaps.get(sign)
        if other is None:
            return
        start = first + len(between[: found.start()].encode())
        end = first + len(between[: found.end()].encode())
        yield self.mutant(start, end, other, whole, function, "operator")

    def replaced(self, node: ast.AST, new: str, function: str, kind: str) -> Mutant:
        start, end = self.place(node)
        return self.mutant(start, end, new, node, function, kind)

    def without(self, word: ast.keyword, function: str) -> Mutant | None:
        """A call without one of its named arguments, and the comma before it."""
        start, end = self.place(word)
        head = re.search(rb",\s*$", self.source[:start])
        tail = re.match(rb"\s*,\s*", self.source[end:])
        if head:
            start = head.start()
        elif tail:
            end += tail.end()
        return self.mutant(start, end, "", word, function, "keyword")

    def mutant(self, start: int, end: int, new: str, node: ast.AST, function: str, kind: str) -> Mutant:
        whole = self.place(node)
        first, last = min(start, whole[0]), max(end, whole[1])
        was = self.source[first:last].decode()
        now = self.source[first:start].decode() + new + self.source[end:last].decode()
        line = self.source[:start].count(b"\n") + 1
        return Mutant(start, end, new, line, function, kind, shortened(was), shortened(now))

    def place(self, node: ast.AST) -> tuple[int, int]:
        """Where a node stands, in bytes; ast counts columns so too."""
        start = self.starts[getattr(node, "lineno", 1) - 1] + getattr(node, "col_offset", 0)
        return start, self.starts[getattr(node, "end_lineno", 1) - 1] + getattr(node, "end_col_offset", 0)

    def text(self, node: ast.AST) -> str:
        start, end = self.place(node)
        return self.source[start:end].decode()


def blank(found: re.Match[str]) -> str:
    return " " * len(found[0])


def shortened(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= 80 else f"{text[:77]}..."


def silent(node: ast.AST) -> bool:
    """Whether no test could be asked to notice what changes in a node."""
    match node:
        case ast.JoinedStr():  # places within it are right from Python 3.12 on only, and it is mostly for people
            return True
        case ast.FunctionDef(name=name) if name in UNTOLD:
            return True
        case ast.Expr(value=ast.Constant()):
            return True
        case ast.Expr(value=ast.Call(func=func)) if TALK.match(ast.unparse(func)):
            return True
        case ast.If(test=test) if re.search(r"__name__|TYPE_CHECKING", ast.unparse(test)):
            return True
        case ast.Assign(targets=[ast.Name(id="__all__" | "__version__")]):
            return True
        case ast.Import() | ast.ImportFrom() | ast.Global() | ast.Nonlocal():
            return True
    return False


def children(node: ast.AST) -> Iterator[ast.AST]:
    """What is in a node, but for annotations, decorators, messages, and what of a raised error is only said."""
    skip = {"annotation", "returns", "decorator_list", "msg", "type_comment", "type_params", "cause"}
    if isinstance(node, ast.Raise):
        return
    for name, value in ast.iter_fields(node):
        if name not in skip:
            yield from (v for v in (value if isinstance(value, list) else [value]) if isinstance(v, ast.AST))


def texts(node: ast.expr) -> bool:
    return isinstance(node, ast.JoinedStr) or (
        isinstance(node, ast.Constant) and isinstance(node.value, str | bytes)
    )


def is_none(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is None


def another(value: object) -> object:
    """Another constant: the next one, the other one, an empty text; None where there is none."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, int | float):
        return value + 1
    return type(value)() if isinstance(value, str | bytes) and value else None

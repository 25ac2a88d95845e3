"""The examples that a docstring gives, as far as they can be read with certainty."""

import ast
import re
import textwrap
from collections.abc import Iterator

from patchwright.sandbox.base import Frozen

from .problems import Problem

GIVES = re.compile(r"[ \t]*(?:#[ \t]*)?(?:==>|==|=>|->|➞|=|returns?\b|should\s+return\b)[ \t]*(?=\S)")
"""What stands between a call and its value."""
ENDS = re.compile(r"[ \t]*(?:[.,]?[ \t]*(?:\n|\Z)|#|\.\s|and\b|\([a-z]+ )")
"""What may follow a value: the line's end, a comment, or prose."""
SUM = re.compile(r"[\d\s+*/()-]+= *")
"""A calculation that leads to a value."""
DESCRIBED = (
    re.compile(r"\bFor (\w+ *= *[^\n]+?),? +(?:the [^\n]+? )?the (?:output|result) should be "),
    re.compile(r"\bInput:\s*(.+?)\s*\n\s*Output: *", re.DOTALL),
    re.compile(r"^[ \t]*(\w+ = .+?)[ \t]*\n(?:[ \t]*->.*\n)*[ \t]*return(?: =)? ", re.MULTILINE),
)
"""Arguments without a call; their value stands behind them."""
SESSION = re.compile(r"^[ \t]*>>> (.+)\n?((?:(?![ \t]*>>>)[ \t]*\S.*(?:\n|\Z))*)", re.MULTILINE)
"""A line as at Python's prompt, and the lines that it prints."""
OTHER = re.compile(r"^[ \t]*(?:assert +)?(\w+)\(", re.MULTILINE)
WORDS = {"true": "True", "false": "False"}
LONGEST = 400
"""Characters of a call, or of a value."""

BY_VALUE = "the numbers are sorted by value, where the ones in their binary form are to decide"
NUMBER = "it stands for one number of the sequence, and the function returns a list of them"
WRONG = {
    ("HumanEval/47", "median([-10, 4, 6, 1000, 10, 20])"): "the median is (6 + 10) / 2, and not 15.0",
    ("HumanEval/116", "sort_array([1, 5, 2, 3, 4])"): BY_VALUE,
    ("HumanEval/116", "sort_array([-2, -3, -4, -5, -6])"): BY_VALUE,
    ("HumanEval/130", "tri(1)"): NUMBER,
    ("HumanEval/130", "tri(2)"): NUMBER,
    ("HumanEval/130", "tri(4)"): NUMBER,
    ("HumanEval/148", "bf('Earth', 'Mercury')"): '("Venus") is a string, where a tuple is meant',
}
"""Examples that a right solution fails, and why. They are left out."""


class Example(Frozen):
    """A call and the value that it has to come to, as Python."""

    call: str
    value: str


Found = tuple[int, Example]
"""With its place in the text."""


def examples(problem: Problem) -> list[Example]:
    """The examples of a problem's docstring, in their order, but for those that are wrong."""
    text = docstring(problem)
    found = [*calls(text, problem.entry_point, problem), *sessions(text, problem), *described(text, problem)]
    if not found:
        others = {match[1] for match in OTHER.finditer(text)}
        found = [each for other in sorted(others) for each in calls(text, other, problem)]
    read = dict.fromkeys(example for _, example in sorted(found, key=lambda each: each[0]))
    return [example for example in read if (problem.task_id, example.call) not in WRONG]


def docstring(problem: Problem) -> str:
    """As it is written: an escape in it is one of the example's."""
    text = problem.prompt[problem.prompt.rindex(f"def {problem.entry_point}(") :]
    quotes = re.search(r'"""|' + "'''", text)
    return textwrap.dedent(text[quotes.end() :].rpartition(quotes[0])[0]) if quotes else ""


def calls(text: str, name: str, problem: Problem) -> Iterator[Found]:
    """`f(x) == y`, by whatever sign or word. `name`: what the text calls the function."""
    for start in re.finditer(rf"(?<![.\w]){name}\(", text):
        end, call = called(text, start.start(), problem)
        gives = GIVES.match(text, end) if call else None
        if gives and (read := value(text, gives.end())):
            yield start.start(), Example(call=call, value=read)


def called(text: str, at: int, problem: Problem) -> tuple[int, str]:
    """Where the call that begins at a place ends, and the call; empty where it cannot be read."""
    for closing in re.finditer(r"\)", text[at : at + LONGEST]):
        end = at + closing.end()
        try:
            node = ast.parse(text[at:end], mode="eval").body
        except SyntaxError:
            continue
        return end, known(node, problem)
    return at, ""


def known(node: ast.expr, problem: Problem) -> str:
    """A call of the function with arguments that are values; empty for any other expression."""
    if not isinstance(node, ast.Call) or node.keywords:
        return ""
    arguments = [text_of(argument, problem) or literal(argument) for argument in node.args]
    return f"{problem.entry_point}({', '.join(arguments)})" if all(arguments) else ""


def text_of(node: ast.expr, problem: Problem) -> str:
    """A bare word that is no parameter can only be a text without its quotes."""
    taken = {*WORDS, *parameters(problem)}
    return repr(node.id) if isinstance(node, ast.Name) and node.id not in taken else ""


def value(text: str, at: int) -> str:
    """The value that stands at a place, where it is followed by what may follow one; else empty."""
    if calculation := SUM.match(text, at):
        at = calculation.end()
    for end in range(at + 1, min(at + LONGEST, len(text)) + 1):
        if ENDS.match(text, end) and (read := evaluated(text[at:end])):
            return read
    return ""


def evaluated(text: str) -> str:
    try:
        return literal(ast.parse(text.strip(), mode="eval").body)
    except SyntaxError:
        return ""


def literal(node: ast.expr) -> str:
    """A value as Python; empty where it is none."""
    if isinstance(node, ast.Name) and node.id in WORDS:
        return WORDS[node.id]
    try:
        ast.literal_eval(node)
    except ValueError:
        return ""
    return ast.unparse(node)


def sessions(text: str, problem: Problem) -> Iterator[Found]:
    """`>>> f(x)` with its value below, perhaps rounded; where nothing stands below, it is None."""
    for session in SESSION.finditer(text):
        try:
            node = ast.parse(session[1], mode="eval").body
        except SyntaxError:
            continue
        call, read = at_prompt(node, problem), evaluated(session[2]) if session[2].strip() else "None"
        if call and read:
            yield session.start(), Example(call=call, value=read)


def at_prompt(node: ast.expr, problem: Problem) -> str:
    match node:
        case ast.Call(func=ast.Name(id="round"), args=[inner, ast.Constant(value=int(digits))]):
            call = at_prompt(inner, problem)
            return f"round({call}, {digits})" if call else ""
        case ast.Call(func=ast.Name(id=name)) if name == problem.entry_point:
            return known(node, problem)
    return ""


def described(text: str, problem: Problem) -> Iterator[Found]:
    """Arguments by their names, in a sentence or a table."""
    for pattern in DESCRIBED:
        for match in pattern.finditer(text):
            call, read = assigned(match[1], problem), value(text, match.end())
            if call and read:
                yield match.start(), Example(call=call, value=read)


def assigned(text: str, problem: Problem) -> str:
    """The call with arguments such as `a = 1, b = 2`, or a line each; empty where they do not fit the function."""
    rows = (re.sub(r"^(\w+) *: *", r"\1=", row.strip()) for row in text.splitlines())
    try:
        node = ast.parse(f"f({', '.join(rows)})", mode="eval").body
    except SyntaxError:
        return ""
    assert isinstance(node, ast.Call)
    given = [*node.args, *ordered(node.keywords, parameters(problem))]
    read = [literal(argument) for argument in given]
    fits = len(read) == len(parameters(problem)) and all(read)
    return f"{problem.entry_point}({', '.join(read)})" if fits else ""


def ordered(keywords: list[ast.keyword], names: list[str]) -> list[ast.expr]:
    """Arguments in the order of the parameters; where they have other names, in their own."""
    known = {keyword.arg: keyword.value for keyword in keywords}
    if set(known) == set(names):
        return [known[name] for name in names]
    return list(known.values())


def parameters(problem: Problem) -> list[str]:
    function = ast.parse(problem.prompt).body[-1]
    assert isinstance(function, ast.FunctionDef)
    return [argument.arg for argument in function.args.args]

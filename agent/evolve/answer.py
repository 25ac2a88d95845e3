"""The version of the definition that a model's answer holds. What else it holds is left out or refused."""

import ast
import re
import textwrap

from ...sandbox.secrets import markers
from ...tools.base import ToolError
from ...tools.define import merge_class, parsed
from ...tools.python import Definition, definitions, first_line, segment
from ...verify.parse import parse
from .definition import all_named, source, split
from .site import Site, Unusable

LONGEST, TIMES = 4_000, 4
"""Characters that a version may have, or so many times those of the base's: what is shown to the model grows with it."""
BLOCK = re.compile(r"^(`{3,})[^\n`]*\n(.*?)(?:^\1|\Z)", re.MULTILINE | re.DOTALL)
IMPORTS = (ast.Import, ast.ImportFrom)


def version(site: Site, answer: str) -> str:
    """The definition as it is to stand in its file. Raises Unusable."""
    if found := markers(answer):
        raise Unusable(f"{found[0]} stands for a secret")
    text, tree, node = defining(answer, site.name)
    outside(tree, site.name)
    code = textwrap.dedent(segment(text, node))
    if isinstance(node, ast.ClassDef) != isinstance(parse(site.code).body[0], ast.ClassDef):
        raise Unusable(f"{site.name} is of another kind in it")
    if isinstance(node, ast.ClassDef):  # methods that the answer leaves out stay
        code = source(merge_class(site.text, node, text, []), site.name)
    code = with_imports(code, [name for name in imports(tree) if name not in imports(parse(site.text))])
    if len(code) > (most := max(LONGEST, TIMES * len(site.code))):
        raise Unusable(f"it has {len(code)} characters, and may have {most}")
    site.encoded(code)
    return code


def defining(answer: str, name: str) -> tuple[str, ast.Module, Definition]:
    """The last block of an answer that has the definition, as text and tree. Raises Unusable."""
    last, wrong = split(name)[1], ""
    for block in reversed([found[2] for found in BLOCK.finditer(answer)] or [answer]):
        text = textwrap.dedent(re.sub(rf"\b{last}_v\d+\b", last, block)).strip("\n")
        try:
            tree = parsed(text, "the answer")
        except ToolError as e:
            wrong = str(e).removeprefix("not changed, ")
            continue
        if nodes := all_named(tree, name) or all_named(tree, last):
            return text, tree, nodes[-1]
    raise Unusable(wrong or f"the answer does not define {last}")


def outside(tree: ast.Module, name: str) -> None:
    """Raises Unusable where an answer sets or defines more. What only shows how it is used is no part of it."""
    owner, last = split(name)
    for node in tree.body:
        if isinstance(node, Definition) and node.name not in (owner, last):
            raise Unusable(f"it defines {node.name} too: only {last} may change")
        if isinstance(node, ast.Assign | ast.AnnAssign | ast.AugAssign):
            raise Unusable(f"it sets {ast.unparse(node)[:60]} outside of {last}")


def imports(tree: ast.Module) -> list[str]:
    return [ast.unparse(node) for node in tree.body if isinstance(node, IMPORTS)]


def with_imports(code: str, lines: list[str]) -> str:
    """A function with imports of its own, below its docstring. Raises Unusable where they have no place in it."""
    node = next(definitions(parse(code).body))
    if not lines:
        return code
    if isinstance(node, ast.ClassDef) or node.body[0].lineno == node.lineno:
        raise Unusable(f"it needs `{lines[0]}` outside of {node.name}")
    first, rows = node.body[0], code.split("\n")
    docstring = isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant)
    at = (first.end_lineno or 0) if docstring else first_line(first) - 1
    rows[at:at] = [" " * first.col_offset + line for line in lines]
    return "\n".join(rows)

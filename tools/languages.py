"""Source files as syntax trees: what a file defines and speaks of, and where it does not parse.

A grammar is loaded when the first file in its language comes. Parsers are C code that meets whatever a repository
holds: `helper` runs them in a process of their own, and nothing else has to import this.
"""

import re
from functools import cache
from importlib import import_module
from typing import NamedTuple

import tree_sitter

from .source import Definition

CLASSIC = "(function_definition declarator: (function_declarator declarator: (_) @name)) @def"
C = f"""{CLASSIC}
(function_definition declarator: (pointer_declarator declarator: (function_declarator declarator: (_) @name))) @def
(struct_specifier name: (_) @name body: (_)) @def
(union_specifier name: (_) @name body: (_)) @def
(enum_specifier name: (_) @name body: (_)) @def
(type_definition declarator: (type_identifier) @name) @def
(preproc_function_def name: (_) @name) @def
(preproc_def name: (_) @name value: (_)) @def"""
CPP = f"""{C}
(function_definition declarator: (reference_declarator (function_declarator declarator: (_) @name))) @def
(field_declaration declarator: (function_declarator declarator: (_) @name)) @def
(class_specifier name: (_) @name body: (_)) @def
(concept_definition name: (_) @name) @def
(alias_declaration name: (_) @name) @def
(namespace_definition name: (_) @scope) @def"""
JAVASCRIPT = """(function_declaration name: (_) @name) @def
(generator_function_declaration name: (_) @name) @def
(class_declaration name: (_) @name) @def
(method_definition name: (_) @name) @def
(program (lexical_declaration (variable_declarator name: (identifier) @name) @def))
(program (variable_declaration (variable_declarator name: (identifier) @name) @def))
(program (export_statement (lexical_declaration (variable_declarator name: (identifier) @name) @def)))
(variable_declarator name: (identifier) @name value: [(arrow_function) (function_expression)]) @def
(assignment_expression left: (member_expression property: (_) @name) right: [(arrow_function) (function_expression)]) @def"""
TYPESCRIPT = f"""{JAVASCRIPT}
(function_signature name: (_) @name) @def
(abstract_class_declaration name: (_) @name) @def
(abstract_method_signature name: (_) @name) @def
(method_signature name: (_) @name) @def
(interface_declaration name: (_) @name) @def
(type_alias_declaration name: (_) @name) @def
(enum_declaration name: (_) @name) @def
(public_field_definition name: (_) @name value: (arrow_function)) @def
(internal_module name: (_) @scope) @def"""


def named(*kinds: str) -> str:
    """A query for nodes that have their name in the field `name`."""
    return "\n".join(f"({kind} name: (_) @name) @def" for kind in kinds)


DEFINITIONS = {
    "python": named("function_definition", "class_definition")
    + "(module (expression_statement (assignment left: (identifier) @name) @def))",
    "javascript": JAVASCRIPT + "(field_definition property: (_) @name value: (arrow_function)) @def",
    "typescript": TYPESCRIPT,
    "tsx": TYPESCRIPT,
    "go": named("function_declaration", "method_declaration", "type_spec", "type_alias", "method_elem")
    + "(source_file (const_declaration (const_spec name: (_) @name) @def))"
    + "(source_file (var_declaration (var_spec name: (_) @name) @def))",
    "rust": named(
        *("function_item", "function_signature_item", "struct_item", "union_item", "enum_item", "trait_item"),
        *("type_item", "const_item", "static_item", "macro_definition", "mod_item"),
    )
    + "(impl_item type: (_) @scope) @def",
    "java": named(
        *("class_declaration", "interface_declaration", "enum_declaration", "record_declaration"),
        *("annotation_type_declaration", "method_declaration", "constructor_declaration"),
    ),
    "c": C,
    "cpp": CPP,
    "c_sharp": named(
        *("class_declaration", "interface_declaration", "enum_declaration", "struct_declaration"),
        *("record_declaration", "delegate_declaration", "method_declaration", "constructor_declaration"),
        "property_declaration",
    )
    + "(namespace_declaration name: (_) @scope) @def",
    "ruby": named("method", "singleton_method", "class", "module")
    + "(assignment left: (constant) @name) @def",
    "php": named(
        *("function_definition", "class_declaration", "interface_declaration", "trait_declaration"),
        *("enum_declaration", "method_declaration"),
    ),
    "bash": named("function_definition"),
}
"""What counts as a definition: `@def` is all of it, `@name` its name. A `@scope` only holds others."""

PLACES = {"typescript": ("typescript", "language_typescript"), "tsx": ("typescript", "language_tsx")}
PLACES["php"] = ("php", "language_php")
CLOSERS = {"(": ")", "[": "]", "{": "}"}
FUNCTION = re.compile("func|method|constructor")
PROSE = re.compile("comment|string|char_literal|heredoc|raw_text")
NAMES = re.compile("(^|_)identifier$|^(constant|name|variable_name|command_name)$")
WIDEST = 200
"""Characters of a signature."""


class Flaw(NamedTuple):
    """Where a text does not parse."""

    line: int
    what: str


@cache
def grammar(language: str) -> tree_sitter.Language:
    module, function = PLACES.get(language, (language, "language"))
    return tree_sitter.Language(getattr(import_module(f"tree_sitter_{module}"), function)())


@cache
def query(language: str) -> tree_sitter.Query:
    return tree_sitter.Query(grammar(language), DEFINITIONS[language])


def parsed(data: bytes, language: str) -> tree_sitter.Tree:
    return tree_sitter.Parser(grammar(language)).parse(data)


def flaws(data: bytes, language: str) -> list[Flaw]:
    """Every place that the grammar could not make sense of, in order."""
    found, rest = [], [parsed(data, language).root_node]
    while rest:
        node = rest.pop()
        if node.is_missing:
            found.append(Flaw(node.start_point.row + 1, f"{node.type!r} is missing"))
        elif node.is_error:
            found.append(flaw(node))
        elif node.has_error:
            rest += reversed(node.children)
    return found


def flaw(node: tree_sitter.Node) -> Flaw:
    """What is wrong where the grammar gave up. Its error often takes in the whole file: a bracket tells more."""
    open_: list[tree_sitter.Node] = []
    for child in node.children:
        if child.type in CLOSERS:
            open_.append(child)
        elif child.type in CLOSERS.values() and (not open_ or CLOSERS[open_.pop().type] != child.type):
            return Flaw(child.start_point.row + 1, f"{child.type!r} closes nothing")
    if open_:
        return Flaw(open_[-1].start_point.row + 1, f"{open_[-1].type!r} is never closed")
    inner = [child for child in node.children if child.is_error or child.is_missing]
    return Flaw((inner[-1] if inner else node).start_point.row + 1, "syntax error")


def definitions(tree: tree_sitter.Tree, data: bytes, language: str) -> list[Definition]:
    """What a file defines, in the order of its lines."""
    if language not in DEFINITIONS:
        return []
    matches = tree_sitter.QueryCursor(query(language)).matches(tree.root_node)
    pairs = {
        m["def"][0].id: (m["def"][0], (m.get("name") or m["scope"])[0], "scope" in m) for _, m in matches
    }
    found: list[Definition] = []
    around: list[tuple[int, bool]] = []  # where each that we are in ends, and whether it is a function
    for node, name, scope in sorted(pairs.values(), key=lambda p: (p[0].start_byte, -p[0].end_byte)):
        while around and around[-1][0] <= node.start_byte:
            around.pop()
        kind = "scope" if scope else "local" if any(function for _, function in around) else ""
        plain = text(name).rpartition("::")[2].strip("\"'`")
        rows = node.start_point.row + 1, node.end_point.row + 1
        found.append(Definition(*rows, len(around), plain, signature(node, data), kind))
        around.append((node.end_byte, is_function(node)))
    return found


def is_function(node: tree_sitter.Node) -> bool:
    value = node.child_by_field_name("value") or node.child_by_field_name("right")
    return bool(FUNCTION.search(node.type) or (value and FUNCTION.search(value.type)))


def signature(node: tree_sitter.Node, data: bytes) -> str:
    """A definition up to its body, on one line; of one without a body, its first line."""
    start = data.rfind(b"\n", 0, node.start_byte) + 1
    if not re.fullmatch(
        rb"[\w\s]*", data[start : node.start_byte]
    ):  # more than `export` or `pub` stands before
        start = node.start_byte
    value = node.child_by_field_name("value") or node.child_by_field_name("right")
    body = node.child_by_field_name("body") or (value and value.child_by_field_name("body"))
    end = body.start_byte if body else node.end_byte
    shown = data[start : min(end, start + 4 * WIDEST)]
    if not body:
        shown = shown.strip().partition(b"\n")[0]
    return " ".join(shown.decode("utf-8", "replace").split()).rstrip(" :{")[:WIDEST]


@cache
def names_query(language: str) -> tree_sitter.Query:
    """Every kind of node that is a name, as the grammar calls it."""
    kinds = {grammar(language).node_kind_for_id(n) for n in range(grammar(language).node_kind_count)}
    wanted = sorted(kind for kind in kinds if kind and NAMES.search(kind))
    visible = [kind for kind in wanted if is_visible(language, kind)]
    return tree_sitter.Query(grammar(language), "\n".join(f"({kind}) @name" for kind in visible))


def is_visible(language: str, kind: str) -> bool:
    """Some kinds are only steps within a grammar and never nodes of a tree."""
    number = grammar(language).id_for_node_kind(kind, True)
    return number is not None and grammar(language).node_kind_is_visible(number)


def names(tree: tree_sitter.Tree, language: str) -> set[str]:
    """The names that a file speaks of; what stands in comments and strings is none."""
    if language not in DEFINITIONS:
        return set()
    found = tree_sitter.QueryCursor(names_query(language)).captures(tree.root_node).get("name", [])
    return {
        word.decode("utf-8", "replace") for word in {node.text for node in found} if word and len(word) > 2
    }


def mentions(tree: tree_sitter.Tree, data: bytes, name: str) -> list[tuple[int, str]]:
    """The lines that speak of a name, outside of comments and strings, with their text."""
    found: dict[int, str] = {}
    rows = data.split(b"\n")
    for match in re.finditer(rb"(?<![\w$])" + re.escape(name.encode()) + rb"(?![\w$])", data):
        if not in_prose(tree, *match.span()):
            row = data.count(b"\n", 0, match.start())
            found[row + 1] = rows[row].strip().decode("utf-8", "replace")[:WIDEST]
    return list(found.items())


def in_prose(tree: tree_sitter.Tree, start: int, end: int) -> bool:
    """Whether a range of bytes lies in a comment or a string, and not in code within a string."""
    node = tree.root_node.descendant_for_byte_range(start, end)
    while node and not PROSE.search(node.type):
        if "interpolation" in node.type or "substitution" in node.type:
            return False
        node = node.parent
    return node is not None


def text(node: tree_sitter.Node) -> str:
    return (node.text or b"").decode("utf-8", "replace")

import ast
from textwrap import dedent

import pytest
from patchwright.tools.define import merge
from patchwright.tools.python import keep_docstrings

OLD = dedent('''
    """Shapes."""

    from __future__ import annotations

    import math


    @cache
    def area(r):
        return r * math.pi


    class Box:
        side = 1

        def volume(self):
            return self.side

        def name(self): return "box"


    SIZES = [1, 2]  # stays
''').lstrip()


def merged(code: str) -> tuple[str, list[str]]:
    text, names = merge(OLD, dedent(code).strip("\n"))
    ast.parse(text)
    return text, names


def test_a_function_is_replaced_with_its_decorators_and_nothing_else() -> None:
    text, names = merged("def area(r):\n    return r * r * math.pi\n")
    assert names == ["area"]
    assert text == OLD.replace("@cache\ndef area(r):\n    return r", "def area(r):\n    return r * r")


def test_a_method_below_its_class_line_leaves_the_others() -> None:
    text, names = merged("class Box:\n    def volume(self):\n        return self.side ** 3\n")
    assert names == ["Box.volume"]
    assert text == OLD.replace("return self.side\n", "return self.side ** 3\n")


def test_a_bare_method_finds_its_class() -> None:
    assert merged("def volume(self):\n    return 8\n")[0] == OLD.replace("return self.side\n", "return 8\n")
    text, names = merged("def weight(self):\n    return 1\n")
    assert names == ["Box.weight"]
    assert (
        '        def name(self): return "box"\n\n    def weight(self):\n        return 1\n'
        in text.replace("    def name", "        def name")
    )


def test_a_new_function_comes_at_the_end_and_imports_on_top() -> None:
    text, names = merged("import re\n\ndef words(t):\n    return re.findall(r'\\w+', t)\n")
    assert names == ["words"]
    assert "from __future__ import annotations\n\nimport re\n\nimport math" in text
    assert text.endswith("SIZES = [1, 2]  # stays\n\n\ndef words(t):\n    return re.findall(r'\\w+', t)\n")


@pytest.mark.parametrize("body", ["return UNIT * r", "return max(UNIT * x for x in [r])"])
def test_what_a_function_leans_on_comes_with_it_and_no_example_of_its_use(body: str) -> None:
    code = f"UNIT: int = (\n    3\n)\nside, r = 1, 2\nSIZES = [7]\n\ndef area(r):\n    {body}\n\nprint(area(side))\n"
    text, names = merged(code)
    assert names == ["UNIT", "area"]
    assert text == OLD.replace(
        "@cache\ndef area(r):\n    return r * math.pi",
        f"UNIT: int = (\n    3\n)\n\n\ndef area(r):\n    {body}",
    )


def test_what_a_new_function_leans_on_stands_above_it() -> None:
    text, names = merged("UNIT = 3\nONE = UNIT\nTWO = 2\n\ndef new():\n    r = ONE\n    return r, SIZES\n")
    assert names == ["UNIT", "ONE", "new"]
    assert text.endswith(
        "SIZES = [1, 2]  # stays\n\nUNIT = 3\nONE = UNIT\n\n\ndef new():\n    r = ONE\n    return r, SIZES\n"
    )


def test_a_local_variable_of_the_file_is_no_constant_of_it() -> None:
    text, names = merge("def f():\n    a = 1\n    return a\n", "a = 2\ndef f():\n    return a")
    assert (text, names) == ("a = 2\n\n\ndef f():\n    return a\n", ["a", "f"])


@pytest.mark.parametrize("head", ["from config import SIZE", "import SIZE", "def SIZE(): pass", "SIZE = 1"])
def test_what_the_file_has_already_comes_from_nowhere_else(head: str) -> None:
    text, names = merge(f"{head}\n\n\ndef f():\n    return 0\n", "SIZE = 9\ndef f():\n    return SIZE")
    assert (text, names) == (f"{head}\n\n\ndef f():\n    return SIZE\n", ["f"])


def test_a_name_within_a_value_is_no_constant() -> None:
    _, names = merge("def f():\n    return 0\n", "ALL = [n for n in (1, 2)]\ndef f():\n    return ALL, n")
    assert names == ["ALL", "f"]


def test_code_whose_names_make_no_sense_is_taken_as_it_is() -> None:
    assert merge("X = 1\n", "A = 1\ndef f():\n    nonlocal A")[1] == ["f"]


def test_what_a_function_leans_on_stands_above_its_comment() -> None:
    text, _ = merge("import os\n# says\ndef f(): pass\n", "A = 1\ndef f(): return A")
    assert text == "import os\nA = 1\n\n\n# says\ndef f(): return A\n"


def test_a_whole_class_replaces_it() -> None:
    text, names = merged(
        "class Box:\n    def volume(self): ...\n    def name(self): ...\n    def new(self): ...\n"
    )
    assert names == ["Box"]
    assert "side = 1" not in text


@pytest.mark.parametrize("code", ["def f(:", "  x = 1\n y", "def f():\nreturn"])
def test_what_is_no_python_is_refused(code: str) -> None:
    from patchwright.tools.base import ToolError

    with pytest.raises(ToolError, match="SyntaxError"):
        merge(OLD, code)


def test_a_function_in_another_one_is_replaced_where_it_stands() -> None:
    old = "def outer(n):\n    def inner(k):\n        return k\n\n    return inner(n)\n"
    text, names = merge(old, "def inner(k):\n    if k:\n        return 1\n    return k")
    assert text == old.replace(
        "        return k\n", "        if k:\n            return 1\n        return k\n", 1
    )
    assert names == ["inner"]
    twice = f"{old}\n\n{old.replace('outer', 'other')}"
    assert merge(twice, "def inner(k):\n    return 2")[0].endswith("\n\n\ndef inner(k):\n    return 2\n")


DOCUMENTED = (
    dedent('''
    def area(r):
        """The area.
    ~~~~
        >>> area(1)
           3.14
    ~
        """
        return r


    class Box:
        """Holds,
           and closes."""

        def name(self): "Its name"; return 1

        def side(self):
            "One."
            return 1
''')
    .lstrip()
    .replace("~", " ")
)


@pytest.mark.parametrize(
    ("code", "changed"),
    [
        (
            'def area(r):\n    """The area.\n\n    >>> area(1)\n    3.14\n    """\n    return 3 * r\n',
            [("return r", "return 3 * r")],
        ),
        (
            'def area(r):\n    """The area.\n\n    >>> area(2)\n    """\n    return r\n',
            [
                (
                    DOCUMENTED[DOCUMENTED.index("    \n") : DOCUMENTED.index("    return r")],
                    '\n    >>> area(2)\n    """\n',
                )
            ],
        ),
        (
            'class Box:\n    """Holds, and closes."""\n\n    def name(self): "Its  name"; return 2\n\n'
            '    def side(self):\n        """One. """\n        return 2\n',
            [('"Its name"; return 1', '"Its  name"; return 2'), ("        return 1", "        return 2")],
        ),
    ],
)
def test_a_docstring_that_was_only_laid_out_otherwise_stays(
    code: str, changed: list[tuple[str, str]]
) -> None:
    whole = DOCUMENTED
    for was, now in changed:
        assert whole.count(was) == 1
        whole = whole.replace(was, now)
    assert keep_docstrings(DOCUMENTED, merge(DOCUMENTED, code)[0]) == whole


def test_a_file_whose_lines_end_in_two_ways_is_not_mixed_up() -> None:
    old = 'A = 1\rdef f():\n    """One two."""\n    return 1\n'
    new = old.replace("One two", "One  two").replace("return 1", "return 2")
    assert keep_docstrings(old, new) == new

import ast
from textwrap import dedent

import pytest
from patchwright.tools.define import merge

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

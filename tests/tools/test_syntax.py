"""What an edit newly broke: by the functions themselves, and through the process that they are kept in."""

import os
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from patchwright.tools import syntax
from patchwright.tools.apart import Apart, Lost, broken, shared

BUSY = 60.0
"""Seconds that a busy machine may need for what takes it milliseconds."""
GOOD_AND_BROKEN = {
    "a.py": ("def f(a):\n    return a\n", "def f(a:\n    return a\n", "a.py:1: SyntaxError: '(' was never closed"),
    "a.pyi": ("def f(a: int) -> int: ...\n", "def f(a: int) -> ...\n", "a.pyi:1: SyntaxError: "),
    "a.js": ("const f = (a) => a;\n", "const f = (a => a;\n", "a.js:1: "),
    "a.mjs": ("export default 1;\n", "export default {;\n", "a.mjs:1: "),
    "a.jsx": ("const a = <b>x</b>;\n", "const a = <b>x</c;\n", "a.jsx:1: "),
    "a.ts": ("let a: number = 1;\n", "let a: number = ;\n", "a.ts:1: syntax error: let a: number = ;"),
    "a.tsx": ("const a = <b>{x as number}</b>;\n", "const a = <b>{x as }</b>;\n", "a.tsx:1: "),
    "a.go": ("package p\n\nfunc f() int {\n\treturn 1\n}\n", "package p\n\nfunc f() int {\n\tx := = 1\n}\n", "a.go:4: syntax error: x := = 1"),
    "a.rs": ("fn f() -> i32 {\n    1\n}\n", "fn f() -> i32 {\n    let x = ;\n}\n", "a.rs:2: syntax error: let x = ;"),
    "A.java": ("class A {\n  void f() { }\n}\n", "class A {\n  void f( { }\n}\n", "A.java:2: ')' is missing: void f( { }"),
    "a.c": ("int f(int a) {\n  return a;\n}\n", "int f(int a) {\n  return a\n}\n", "a.c:2: ';' is missing: return a"),
    "a.h": ("class A { int b; };\n", "class A { int b };\n", "a.h:1: ';' is missing"),
    "a.cpp": ("template <class T> T f(T a) { return a; }\n", "template <class T> T f(T a) { return a \n", "a.cpp:1: "),
    "a.cs": ("class A { int F() => 1; }\n", "class A { int F( => 1; }\n", "a.cs:1: "),
    "a.rb": ("def f(a)\n  a\nend\n", "def f(a)\n  a\n", "a.rb:1: syntax error: def f(a)"),
    "a.php": ("<?php function f($a) { return $a; }\n", "<?php function f($a { return $a; }\n", "a.php:1: "),
    "a.sh": ("if true; then\n  echo\nfi\n", "if true; then\n  echo\n", "a.sh:2: 'fi' is missing"),
    "a.css": ("a { color: red; }\n", "a { color: red;\n", "a.css:1: '}' is missing"),
    "a.html": ("<p>x</p>\n", "<p x=\n", "a.html:1: "),
    "a.yaml": ("a: [1, 2]\n", "a: [1, 2\n", "a.yaml:1: "),
    "a.json": ('{"a": 1}\n', '{"a": 1,}\n', "a.json:1: JSON: "),
    "a.toml": ("a = 1\n", "a = 1\nb =\n", "a.toml:2: TOML: Invalid value: b ="),
}  # fmt: skip


@pytest.fixture
def apart() -> Iterator[Apart]:
    process = Apart()
    yield process
    process.close()


@pytest.mark.parametrize("path", GOOD_AND_BROKEN)
def test_what_an_edit_broke_is_told_by_its_line(path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("patchwright.tools.apart.PATIENCE", BUSY)
    good, bad, says = GOOD_AND_BROKEN[path]
    assert syntax.problems(path, good.encode()) == []
    assert syntax.broken(path, good.encode(), bad.encode()).startswith(says)
    assert syntax.broken(path, b"", bad.encode()).startswith(says)
    assert syntax.broken(path, bad.encode(), good.encode()) == ""
    assert broken(path, good.encode(), bad.encode()).startswith(says)


@pytest.mark.parametrize("path", GOOD_AND_BROKEN)
def test_what_was_broken_before_is_no_news_wherever_it_has_moved(path: str) -> None:
    bad = GOOD_AND_BROKEN[path][1].encode()
    blank = b"\n\n" if path.endswith(("py", "pyi", "toml", "json", "yaml", "css")) else b""
    assert syntax.broken(path, bad, blank + bad + b"\n") == ""


@pytest.mark.parametrize(
    ("path", "before", "after", "line"),
    [
        ("a.js", "function f() {\n  if (a) {\n    g();\n  }\n}\n", "function f() {\n  if (a) {\n    g();\n}\n", 4),
        ("a.js", "f();\ng(1, (2));\nh();\n", "f();\ng(1, (2);\nh();\n", 2),
        ("a.js", "f();\ng();\n", "f();\ng();\n}\n", 3),
        ("a.go", "package p\n\nfunc f() {\n}\n\nfunc g() {\n}\n", "package p\n\nfunc f() {\n\n\nfunc g() {\n}\n", 6),
        ("a.py", "x = 1\nif x:\n    y = 2\n", "x = 1\nif x:\ny = 2\n", 3),
        ("a.py", "def f():\n\treturn 1\n", "def f():\n\tx = 1\n        return x\n", 3),
        ("a.py", "x = 1\n", "x = 1\nreturn x\n", 2),
    ],
)  # fmt: skip
def test_the_line_is_where_one_has_to_look(path: str, before: str, after: str, line: int) -> None:
    assert syntax.broken(path, before.encode(), after.encode()).startswith(f"{path}:{line}: ")


@pytest.mark.parametrize(
    ("before", "after", "says"),
    [
        ("def f(): pass\nf()\n", "f()\n", "a.py:1: undefined name 'f'"),
        ("import os\nos.sep\n", "\nos.sep\n", "a.py:2: undefined name 'os'"),
        ("x = 1\n", "x = 1\nprint(y, y)\n", "a.py:2: undefined name 'y'"),
        ("x = 1\n", "x = 1\nprint(x, len, __file__)\n", ""),
        ("print(y)\n", "x = 1\nprint(y)\nprint(y)\n", ""),
        ("print(y)\n", "print(y)\nprint(z)\n", "a.py:2: undefined name 'z'"),
        ("from m import *\n", "from m import *\nprint(z)\n", ""),
        ("x = 1\n", "try:\n    unicode\nexcept NameError:\n    unicode = str\n", ""),
        ("x = 1\n", "def f() -> 'Missing': ...\n", "a.py:1: undefined name 'Missing'"),
        ("__all__ = ['f']\ndef f(): ...\n", "__all__ = ['f']\n", "a.py:1: undefined name 'f'"),
        ("x = 1\n", "def f(a):\n    return [b for b in a if b] + b\n", "a.py:2: undefined name 'b'"),
    ],
)
def test_names_that_nothing_defines_are_told_in_python(before: str, after: str, says: str) -> None:
    assert syntax.broken("a.py", before.encode(), after.encode()) == says


def test_only_some_of_very_many_are_told() -> None:
    told = syntax.broken("a.py", b"", b"".join(b"x%d\n" % n for n in range(100)))
    assert told.splitlines()[4:] == ["a.py:5: undefined name 'x4'", "[95 more]"]


def test_an_error_that_takes_the_place_of_another_is_told() -> None:
    assert syntax.broken("a.py", b"x = (\n", b"x = ]\n") == "a.py:1: SyntaxError: unmatched ']': x = ]"


@pytest.mark.parametrize("path", ["README", ".py", "a.txt", "Makefile", "py", ".py/x", "a.unknown"])
def test_of_what_has_no_grammar_nothing_is_told(path: str) -> None:
    assert syntax.broken(path, b"x", b"x = (((") == ""


@pytest.mark.parametrize(
    ("path", "data"),
    [
        ("a.py", b"(" * 100_000),
        ("a.py", b"-" * 1_000_000 + b"1"),
        ("a.py", b"x = " + b"+".join([b"1"] * 200_000)),
        ("a.py", b"\xff\xfe = 1\n"),
        ("a.py", b"x = 1\0\n"),
        ("a.py", b"# coding: nothing\n"),
        ("a.json", b"[" * 1_000_000),
        ("a.json", b"\xff"),
        ("a.toml", b"a = " + b"[" * 100_000),
        ("a.toml", b"\xff"),
        ("a.js", b"(" * 500_000),
        ("a.c", b"{" * 1_900_000),
        ("a.cpp", b"a<" * 500_000),
        ("a.rb", b"<<A" * 100_000),
        ("a.yaml", b"- " * 500_000),
        ("a.html", b"<a>" * 500_000),
    ],
)
def test_a_hostile_file_costs_a_bounded_time_and_no_more(path: str, data: bytes) -> None:
    broken(path, b"", data)
    told = list(shared().ask(BUSY, [b"", b"x\n"], work="syntax", path="a.py"))
    assert told == ["a.py:1: undefined name 'x'"]


@given(st.binary(max_size=300), st.sampled_from(list(GOOD_AND_BROKEN)))
@settings(max_examples=300)
def test_no_bytes_are_too_strange(data: bytes, path: str) -> None:
    assert isinstance(syntax.broken(path, b"", data), str)


def test_the_names_of_a_long_file_are_left_alone_and_its_syntax_is_not() -> None:
    lines = b"x = 1\n" * 50_000
    assert syntax.broken("a.py", lines, lines + b"print(y)\n") == ""
    assert syntax.broken("a.py", lines, lines + b"print(y\n").startswith("a.py:50001: SyntaxError")


def test_a_file_that_is_very_large_is_left_alone() -> None:
    assert syntax.broken("a.py", b"", b"(" * (syntax.LARGEST + 1)) == ""


def test_a_process_that_hangs_is_ended_and_another_serves(apart: Apart) -> None:
    assert list(apart.ask(BUSY, [b"", b"x"], work="syntax", path="a.py"))
    first = apart._process
    assert first
    with pytest.raises(Lost, match="too long"):
        list(apart.ask(0, [b"", b"class A: pass\n" * 20_000], work="syntax", path="a.py"))
    assert first.poll() is not None
    assert list(apart.ask(BUSY, [b"", b"x"], work="syntax", path="a.py")) == ["a.py:1: undefined name 'x'"]


def test_a_process_that_dies_is_noticed(apart: Apart) -> None:
    assert list(apart.ask(BUSY, [b"", b"x"], work="syntax", path="a.py"))
    assert apart._process
    os.kill(apart._process.pid, 9)
    with pytest.raises(Lost):
        list(apart.ask(BUSY, [b"", b"x"], work="syntax", path="a.py"))
    assert list(apart.ask(BUSY, [b"", b"x"], work="syntax", path="a.py"))


def test_an_answer_that_is_not_taken_ends_the_process(apart: Apart) -> None:
    answers = apart.ask(BUSY, [b"x = 1\n", b"y = 1\n"], work="tags", paths=["a.py", "b.py"])
    assert next(answers)[0][0][3] == "x"
    answers.close()  # type: ignore[attr-defined]
    assert list(apart.ask(BUSY, [b"", b"x"], work="syntax", path="a.py")) == ["a.py:1: undefined name 'x'"]


def test_the_process_ends_with_its_owner(apart: Apart) -> None:
    assert list(apart.ask(BUSY, [b"", b"x"], work="syntax", path="a.py"))
    process = apart._process
    assert process and process.stdin
    process.stdin.close()
    assert process.wait(20) == 0


def test_the_process_knows_nothing_of_ours(apart: Apart, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANTHROPIC_API_KEY", "secret")
    assert list(apart.ask(BUSY, [b"", b"x"], work="syntax", path="a.py"))
    assert apart._process
    with open(f"/proc/{apart._process.pid}/environ") as f:  # noqa: PTH123
        assert f.read() == ""


def test_one_process_is_shared() -> None:
    assert shared() is shared()

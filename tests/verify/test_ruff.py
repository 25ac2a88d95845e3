"""What ruff finds in texts, whatever the folder and the comments say."""

import os
from pathlib import Path

import pytest
from patchwright.verify import ruff


def rules(text: str, path: str = "a.py") -> set[tuple[str, str]]:
    [found] = ruff.issues([(path, text)])
    return {(i.rule, i.severity) for i in found}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("print(name)\n", ("F821", "error")),
        ("print(name)  # noqa\n", ("F821", "error")),
        ("# ruff: noqa\nprint(name)\n", ("F821", "error")),
        ("assert (1, 'told')\n", ("F631", "error")),
        ("'%s %s' % (1,)\n", ("F507", "error")),
        ("breakpoint()\n", ("T100", "error")),
        ("def f(:\n", ("invalid-syntax", "error")),
        ("import os\n", ("F401", "note")),
        ("def f(a=[]):\n    return a\n", ("B006", "warning")),
        ("def f():\n    return 1\n\n\ndef f():\n    return 2\n", ("F811", "warning")),
        ("async def f():\n    import time\n    time.sleep(3)\n", ("ASYNC251", "warning")),
    ],
)
def test_what_breaks_when_it_runs_is_an_error(text: str, found: tuple[str, str]) -> None:
    assert found in rules(text)


def test_what_is_right_has_none() -> None:
    assert rules("type Pair[T] = tuple[T, T]\n\n\ndef f(a: int) -> int:\n    return a + 1\n") == set()
    assert rules("print(_('hello'))\n") == set()


def test_a_name_that_only_annotates_is_a_warning() -> None:
    late = "from __future__ import annotations\n\n\n"
    assert rules(f"{late}def f(a: Missing) -> Missing:\n    return a\n") == {("F821", "warning")}
    assert rules("def f(a: 'Missing'):\n    return a\n") == {("F821", "warning")}
    assert rules("def f(a: Missing):\n    return a\n") == {("F821", "error")}
    assert rules(f"{late}def f(a):\n    return Missing(a)\n") == {("F821", "error")}


def test_a_function_is_told_of_when_it_passes_the_limit() -> None:
    branches = "".join(f"    if a == {n}:\n        return {n}\n" for n in range(20))
    assert rules(f"def f(a):\n{branches}") == {("C901", "note")}
    assert rules(f"def f(a):\n{branches}{branches}") == {("C901", "warning")}


def test_no_settings_and_no_name_of_a_file_steer_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "ruff.toml").write_text("lint.ignore = ['ALL']\n")
    (tmp_path / "ruff").write_text("#!/bin/sh\nexit 0\n")
    (tmp_path / "ruff").chmod(0o755)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    assert rules("print(name)\n", "../../etc/--config.py") == {("F821", "error")}


def test_each_file_has_its_own() -> None:
    found = ruff.issues([("a.py", "x = 1\n"), ("a.py", "print(y)\n"), ("b/__init__.py", "import os\n")])
    assert [[i.path for i in several if i.severity == "error"] for several in found] == [[], ["a.py"], []]
    assert ruff.issues([]) == []

from pathlib import Path

import pytest
from patchwright.tools.base import ToolError
from patchwright.tools.script import Script, functions, scripts

GOOD = '''
"""Tools of this repository."""
import os


def lookup(word: str, times: int = 1) -> str:
    """Look a word up in the glossary."""
    return word * times


def many(names: list[str], *, deep: bool = False) -> dict:
    """List names."""
    return {"names": names, "deep": deep}


def helper(x):
    return x


def _private(x: int) -> int:
    """Not a tool."""
    return x
'''


def test_the_schema_is_read_and_nothing_is_run() -> None:
    danger = Script(path="t.py", text=GOOD + "\nraise SystemExit('it was run')\n")
    lookup, many = functions(danger)
    assert lookup.schema["function"] == {
        "name": "lookup",
        "description": "Look a word up in the glossary.",
        "parameters": {
            "type": "object",
            "properties": {"word": {"type": "string"}, "times": {"type": "integer"}},
            "required": ["word"],
        },
    }
    assert many.schema["function"]["parameters"] == {
        "type": "object",
        "properties": {"names": {"type": "array", "items": {"type": "string"}}, "deep": {"type": "boolean"}},
        "required": ["names"],
    }


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("def f(x): 'A tool.'\n", r"f\(x\) needs a type: str, int"),
        ("def f(x: 'Thing'): 'A tool.'\n", r"f\(x\) needs a type"),
        ("def f(*x: str): 'A tool.'\n", "f may only have named parameters"),
        ("def f(:\n", "t.py is no Python"),
        ("x = '\0'\n", "t.py is no Python"),
        ("(" * 10_000, "t.py is no Python"),
    ],
)
def test_what_cannot_be_a_tool_is_named(text: str, said: str) -> None:
    with pytest.raises(ToolError, match=said):
        functions(Script(path="t.py", text=text))


def test_only_files_of_the_repository_are_taken(tmp_path: Path) -> None:
    top = tmp_path / "repo"
    top.mkdir()
    (tmp_path / "out.py").write_text(GOOD)
    (top / "link.py").symlink_to(tmp_path / "out.py")
    (top / "tools.py").write_text(GOOD)
    (top / "big.py").write_text("#" * 300_000)
    (top / "bytes.py").write_bytes(b"\xff\xfe")
    assert scripts(top, ("./tools.py",))[0].path == "tools.py"
    for path in ("../out.py", str(tmp_path / "out.py"), "link.py"):
        with pytest.raises(ToolError, match="has to lie in the repository"):
            scripts(top, (path,))
    for path, said in (
        ("none.py", "no such file"),
        ("big.py", "no such file"),
        ("bytes.py", "cannot be read"),
    ):
        with pytest.raises(ToolError, match=said):
            scripts(top, (path,))


def test_another_text_is_another_digest() -> None:
    assert (
        Script(path="a", text="b").digest
        != Script(path="a", text="c").digest
        != Script(path="b", text="c").digest
    )

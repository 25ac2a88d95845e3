"""What a patch newly brings, seen without running it."""

from pathlib import Path

import pytest
from fakes import begun
from patchwright.verify.delta import Changed, changes
from patchwright.verify.finding import Checked
from patchwright.verify.static import looked, static

KEY = "ghp_" + "a1B2c3D4e5F6g7H8i9J0" + "k1L2m3N4o5P6q7R8"


def checked(repo: Path, backend: tuple[str, str], change: str) -> Checked:
    with begun(repo, backend) as run, run.workspace("1") as workspace:
        done = workspace.shell(change, 20)
        assert done.ok, done.output
        tree = workspace.snapshot()
        found = static(workspace, changes(workspace, tree), tree)
        assert workspace.snapshot() == tree
        return found


def rules(before: str, after: str, path: str = "a.py") -> set[tuple[str, str]]:
    return {(i.rule, i.severity) for i in looked([Changed(path=path, before=before, after=after)]).issues}


def test_a_patch_is_looked_at_in_a_sandbox(repo: Path, backend: tuple[str, str]) -> None:
    bad = "printf 'import os\\n\\n\\ndef remove(name):\\n    os.system(\"rm \" + name)\\n    return nmae\\n' >> stats.py"
    found = checked(repo, backend, bad)
    assert {f.rule for f in found.findings if f.severity == "error"} == {"shell-injection", "F821"}
    assert all(f.check == "static" and f.path == "stats.py" for f in found.findings)
    assert "ruff" in found.tools and found.figures["added lines"] >= 6


def test_a_right_patch_has_nothing(repo: Path, backend: tuple[str, str]) -> None:
    right = "sed -i 's/return s\\[n . 2 - 1\\]/return (s[n \\/\\/ 2 - 1] + s[n \\/\\/ 2]) \\/ 2/' stats.py"
    assert checked(repo, backend, right).findings == ()


def test_tests_are_not_judged_but_for_what_they_give_away() -> None:
    assert rules("", "import os\nos.system('rm ' + input())\nprint(nothing)\n", "tests/test_a.py") == set()
    assert rules("", f"KEY = '{KEY}'\n", "tests/test_a.py") == {("secret-in-code", "warning")}
    assert ("secret-in-code", "error") in rules("", f"key: {KEY}\n", "settings.txt")
    assert rules(f"key: {KEY}\n", f"key: {KEY}\nother: 1\n", "settings.txt") == set()


def test_a_variable_of_the_environment_is_told_by_its_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHOP_TOKEN", "t0p-9secret-4value-7here")
    change = Changed(path="a.txt", before="a\n", after="a\nt0p-9secret-4value-7here\n")
    [found] = [i for i in looked([change]).issues if i.rule == "secret-in-code"]
    assert "SHOP_TOKEN" in found.message and "t0p" not in found.message and found.line == 2


def test_a_check_that_is_taken_away_above_what_it_guards_is_told() -> None:
    guard = "    if name not in NAMES:\n        raise ValueError(name)\n"
    code = f"import os\n\nNAMES = ['a']\n\n\ndef remove(name):\n{guard}    os.system('rm ' + name)\n"
    assert rules(code, code.replace(guard, "")) == {("shell-injection", "error")}


def test_a_function_that_moves_to_another_file_is_not_new() -> None:
    code = "import os\n\n\ndef remove(name):\n    os.system('rm ' + name)\n"
    moved = [Changed(path="a.py", before=code), Changed(path="b.py", after=code)]
    assert [i.rule for i in looked(moved).issues if i.severity != "note"] == []


def test_what_reads_badly_is_told_and_the_rest_is_looked_at() -> None:
    deep = f"x = {'-' * 50_000}1\n"
    found = looked(
        [Changed(path="a.py", after=deep), Changed(path="b.py", after="import os\nos.system(input())\n")]
    )
    assert any("a.py" in left for left in found.left)
    assert ("shell-injection", "b.py") in {(i.rule, i.path) for i in found.issues}


def test_needless_code_is_a_note() -> None:
    body = "    total = 0\n    for row in rows:\n        if row > 3:\n            total += row\n        else:\n            total -= 1\n    return total\n"
    copy = f"def one(rows):\n{body}"
    found = looked(
        [
            Changed(
                path="a.py", before=copy, after=f"{copy}\n\ndef _two(given):\n{body.replace('rows', 'given')}"
            )
        ]
    )
    assert {(i.rule, i.severity) for i in found.issues} == {("duplicate", "note")}
    assert [i.code for i in found.unused] == ["_two"]


def test_a_new_way_out_and_a_large_patch_are_notes() -> None:
    code = "import requests\n\n\ndef f():\n    return requests.get('https://example.com', timeout=3)\n"
    assert ("new-network", "note") in rules("", code)
    assert (
        rules(code, code + "\n\ndef g():\n    return requests.get('https://example.org', timeout=3)\n")
        == set()
    )
    assert ("size", "note") in rules("", "a = 1\n" * 500)


def test_files_that_are_gone_have_nothing() -> None:
    assert rules("import os\nos.system(input())\n", "") == set()

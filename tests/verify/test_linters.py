"""The project's own tools, and others by their command, in real sandboxes."""

import subprocess
from pathlib import Path

import pytest
from fakes import begun, commit
from patchwright.verify.delta import changes
from patchwright.verify.finding import Checked
from patchwright.verify.linters import external, lines, own

SCAN = """#!/usr/bin/env python3
import json, pathlib, sys
found = [
    {"ruleId": "todo", "level": "error", "message": {"text": f"{path.name} line {n}: left to do"},
     "locations": [{"physicalLocation": {"artifactLocation": {"uri": str(path)}, "region": {"startLine": n}}}]}
    for path in sorted(pathlib.Path(".").glob("*.py")) for n, row in enumerate(path.read_text().split("\\n"), 1)
    if "TODO" in row
]
log = {"version": "2.1.0", "runs": [{"tool": {"driver": {"name": "scan", "version": "3"}}, "results": found}]}
if len(sys.argv) > 1:
    pathlib.Path(sys.argv[1]).write_text(json.dumps(log))
    print(sys.argv[1])
else:
    print(json.dumps(log))
raise SystemExit(1 if found else 0)
"""
LINT = """#!/bin/sh
for f in "$@"; do case "$f" in *.py) grep -n LONG "$f" | sed "s#^\\([0-9]*\\):.*#$f:\\1:1: X1 long line \\1#";; esac; done
"""


@pytest.fixture
def project(repo: Path) -> Path:
    """A repository that uses flake8, which is a script here, and has a scanner that prints SARIF."""
    (repo / "venv/bin").mkdir(parents=True)
    for name, text in {"venv/bin/flake8": LINT, "scan.sh": SCAN}.items():
        (repo / name).write_text(text)
        (repo / name).chmod(0o755)
    (repo / "setup.cfg").write_text("[flake8]\nmax-line-length = 100\n")
    (repo / "old.py").write_text("a = 1  # TODO\nb = 2  # LONG\n")
    subprocess.run(["git", "add", "-f", "venv"], cwd=repo, check=True)
    commit(repo, "tools")
    return repo


def checked(
    repo: Path, backend: tuple[str, str], change: str, command: str = "", seconds: float = 60
) -> Checked:
    with begun(repo, backend) as run, run.workspace("1") as workspace:
        done = workspace.shell(change, 20)
        assert done.ok, done.output
        tree = workspace.snapshot()
        if command:
            found = external(workspace, command, tree, seconds)
        else:
            found = own(workspace, changes(workspace, tree), tree, seconds)
        assert workspace.snapshot() == tree
        return found


def test_a_linter_of_the_project_tells_what_is_new_by_the_settings_of_the_base(
    project: Path, backend: tuple[str, str]
) -> None:
    change = "sed -i '1i # first' old.py; echo 'c = 3  # LONG' >> old.py; echo '[flake8]' > setup.cfg"
    found = checked(project, backend, change)
    assert [(f.rule, f.severity, f.path, f.line) for f in found.findings] == [
        ("flake8", "warning", "old.py", 4)
    ]
    assert found.left == ()


def test_what_is_configured_and_not_there_is_said(project: Path, backend: tuple[str, str]) -> None:
    (project / "eslint.config.js").write_text("export default [];\n")
    (project / "a.js").write_text("let a = 1;\n")
    commit(project, "scripts")
    found = checked(project, backend, "echo 'let b = 2;' >> a.js; PATH= command -v eslint || true")
    assert found.left == ("eslint is configured, and not installed here",)
    assert checked(project, backend, "echo text > notes.txt").left == ()


def test_a_linter_that_does_not_end_is_said(project: Path, backend: tuple[str, str]) -> None:
    (project / "venv/bin/flake8").write_text("#!/bin/sh\nsleep 60\n")
    commit(project, "slow")
    found = checked(project, backend, "echo 'c = 3' >> old.py", seconds=2)
    assert any("flake8" in left and "timed out" in left for left in found.left) and not found.findings


@pytest.mark.parametrize(
    "command", ["./scan.sh", "./scan.sh out.sarif", "./scan.sh $PWD/out.sarif 2>/dev/null"]
)
def test_a_tool_by_its_command_tells_what_is_new(
    project: Path, backend: tuple[str, str], command: str
) -> None:
    change = "sed -i '1i # first' old.py; echo 'c = 3  # TODO' >> stats.py"
    found = checked(project, backend, change, command)
    assert [(f.check, f.rule, f.severity, f.path) for f in found.findings] == [
        ("scan", "todo", "error", "stats.py")
    ]
    assert (found.check, found.tools) == ("scan", {"scan": "3"})


@pytest.mark.parametrize(
    ("command", "why"),
    [
        ("echo hello", "gave no SARIF: it is no JSON"),
        ("no-such-tool --sarif", "ended with 127"),
        ("echo '{}'", "no list `runs`"),
        ("sleep 30", "timed out"),
    ],
)
def test_a_tool_that_fails_is_said(project: Path, backend: tuple[str, str], command: str, why: str) -> None:
    found = checked(project, backend, "echo 'c = 3' >> stats.py", command, seconds=2)
    assert found.findings == () and len(found.left) == 1
    assert why in found.left[0] and command in found.left[0]


def test_lines_of_usual_tools_are_read() -> None:
    said = "a.py:3:1: E1 wrong\nsrc/b.ts(4,2): error TS2322: no\n./c.go:5:6: x\nd.py:7: error: bad [x]\nd.py:8: note: so\n"
    assert [found[:2] for found in lines(said)] == [("a.py", 3), ("src/b.ts", 4), ("./c.go", 5), ("d.py", 7)]

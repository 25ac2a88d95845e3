"""Running a project's tests in a workspace."""

import shlex

from ..sandbox.workspace import Workspace
from .report import TestReport, report

JUNIT = "/tmp/.patchwright-junit.xml"
PYTEST = (
    f"--junitxml={JUNIT} -o junit_family=xunit1 -o junit_logging=all -o junit_log_passing_tests=false"
    " --tb=short --color=no -p no:cacheprovider"
)
"""Asked of pytest wherever it is started: a report that names files, and traces that fit on a screen."""


class Suite:
    """The test command of a workspace, and what it said last."""

    def __init__(self, workspace: Workspace, command: str, seconds: float = 600) -> None:
        self.workspace, self.command, self.seconds = workspace, command, seconds

    def run(self, target: str = "", seconds: float = 0) -> TestReport:
        """Run the tests, or only what `target` names in the runner's own terms."""
        command = f"{self.command} {shlex.join(shlex.split(target))}" if target else self.command
        self.workspace.sandbox.run(["rm", "-f", JUNIT])
        done = self.workspace.shell(command, seconds or self.seconds, env={"PYTEST_ADDOPTS": PYTEST})
        try:
            junit = self.workspace.read(JUNIT)
        except OSError:
            junit = b""
        return report(command, done, junit, self.workspace.root)


def detect(workspace: Workspace) -> str:
    """The test command that the project's files suggest; empty where nothing does."""
    found = workspace.sandbox.run(["sh", "-c", PROBE])
    return found.output.strip() if found.ok else ""


PROBE = r"""
python=$(command -v python >/dev/null && echo python || echo python3)
any() { for file; do [ -e "$file" ] && return 0; done; return 1; }
if any pytest.ini conftest.py setup.py pyproject.toml setup.cfg test_*.py tests/test_*.py test/test_*.py; then
  if $python -c 'import pytest' 2>/dev/null; then echo "$python -m pytest"; else echo "$python -m unittest -v"; fi
elif any Cargo.toml; then echo 'cargo test'
elif any go.mod; then echo 'go test ./...'
elif any package.json && grep -q '"test"' package.json; then echo 'npm test --silent'
fi
"""

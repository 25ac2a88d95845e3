"""The frames of failures, as places in the project's files."""

from ..sandbox.workspace import Workspace
from .report import Failure, Frame, TestReport

TRACED = 40
"""Failures whose frames are looked up in the files."""
FILES = 12
"""Files that are read for that."""


def traced(workspace: Workspace, report: TestReport) -> TestReport:
    """A report whose frames lead to files of the project, and show the lines that they name."""
    unknown = [frame for failure in report.failures[:TRACED] for frame in failure.frames if not frame.source]
    if not unknown:
        return report
    lead = located(workspace, {frame.path for frame in unknown})
    lines: dict[str, list[str]] = {}

    def shown(frame: Frame) -> Frame | None:
        if frame.source:
            return frame
        path = lead.get(frame.path)
        if path is None:
            return None
        if path not in lines and len(lines) < FILES:
            lines[path] = source(workspace, path)
        row = lines.get(path, [])[frame.line - 1 : frame.line]
        return frame.model_copy(update={"path": path, "source": row[0].strip()[:300] if row else ""})

    def improved(failure: Failure) -> Failure:
        found = tuple(frame for frame in map(shown, failure.frames) if frame)
        return failure.model_copy(update={"frames": found})

    head = (improved(failure) for failure in report.failures[:TRACED])
    return report.model_copy(update={"failures": (*head, *report.failures[TRACED:])})


def located(workspace: Workspace, paths: set[str]) -> dict[str, str]:
    """Which file of the project each path means: itself, or the only one that ends like it, as Java's traces do."""
    asked = sorted(path for path in paths if path.isprintable())[:200]
    specs = [
        spec
        for path in asked
        for spec in (f":(literal){path}", f":(glob)**/{escaped(path)}")
        if not path.startswith("/")
    ]
    if not specs:
        return {path: path for path in paths}
    listed = workspace.git(
        "ls-files", "--cached", "--others", "--exclude-standard", "--deduplicate", "--", *specs
    )
    names = set(listed.output.splitlines()) if listed.ok else set(asked)
    found: dict[str, str] = {}
    for path in paths:
        same = [name for name in names if name.endswith(f"/{path}")]
        if path in names or path.startswith("/"):
            found[path] = path
        elif len(same) == 1:
            found[path] = same[0]
    return found


def escaped(path: str) -> str:
    """A path that stands for itself in a pattern of git's."""
    return "".join(f"\\{c}" if c in "*?[\\" else c for c in path)


def source(workspace: Workspace, path: str) -> list[str]:
    try:
        return workspace.read(path, limit=2_000_000).decode("utf-8", "replace").splitlines()
    except OSError:
        return []

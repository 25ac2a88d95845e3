"""What a patch newly brings that can be seen without running it: defects, holes, secrets, needless code."""

from collections.abc import Iterable, Iterator, Sequence

from ..sandbox.workspace import Workspace
from . import keys, ruff, shape
from .delta import Changed
from .finding import Checked
from .newly import Issue, newly, told
from .script import Script, Side
from .security import guards, lines, python

SUFFIXES = (".py", ".pyi", ".pyw")
GENERATED = ("_pb2.py", "_pb2_grpc.py", ".min.js", ".lock", "package-lock.json")


def static(workspace: Workspace, changes: Sequence[Changed], tree: str) -> Checked:
    """Look at the difference that a patch makes. Nothing is run, and the files are left alone."""
    ours = looked(changes)
    names = {i.rule: i for i in ours.unused}
    findings = (
        [*ours.issues, *(i for i in ours.unused if nowhere(workspace, i, tree))] if names else ours.issues
    )
    return Checked(
        check="static",
        findings=tuple(told("static", findings)),
        left=tuple(ours.left),
        tools=ours.tools,
        figures={"added lines": float(sum(len(c.lines) for c in changes))},
    )


class Looked:
    """What the parts that need no sandbox came to."""

    def __init__(self) -> None:
        self.issues: list[Issue] = []
        self.unused: list[Issue] = []
        """What no changed file uses; others may."""
        self.left: list[str] = []
        self.tools: dict[str, str] = {}


def looked(changes: Sequence[Changed]) -> Looked:
    """All that needs no sandbox: nothing is run or loaded here. Pure, but for ruff, which reads texts."""
    found = Looked()
    code = [c for c in changes if not c.is_test and not c.path.endswith(GENERATED)]
    scripts = [Script(c) for c in code if c.path.endswith(SUFFIXES)]
    others = [c for c in code if not c.path.endswith(SUFFIXES)]
    before = [
        *flat(holes(s, s.before, []) for s in scripts),
        *flat(lines.issues(c.path, c.before) for c in others),
    ]
    after = [
        *flat(holes(s, s.after, found.left) for s in scripts),
        *flat(lines.issues(c.path, c.after) for c in others),
    ]
    issues = [
        *newly(before, after, changes),
        *(issue for change in changes if change.after for issue in keys.held(change)),
        *guards.removed(scripts),
        *shape.sized(changes),
        *flat(map(shape.reached, scripts)),
        *shape.copied(scripts),
    ]
    try:
        issues += newly(*ruffled(scripts), changes)
        found.tools["ruff"] = ruff.version()
    except (RuntimeError, OSError) as e:
        found.left.append(f"ruff did not look at the patch: {e}")
    found.issues = [*once(sorted(issues, key=lambda i: (i.path, i.line, i.rule)))]
    found.unused = [*shape.idle(changes, scripts)]
    return found


def holes(script: Script, side: Side, left: list[str]) -> list[Issue]:
    """What is dangerous in one version of a file; why it cannot be known is said in `left`."""
    try:
        return python.issues(script.path, side, script.same)
    except ValueError as e:
        left.append(str(e))
        return []


def ruffled(scripts: Sequence[Script]) -> tuple[list[Issue], list[Issue]]:
    """What ruff finds in all files, before and after, in one run."""
    sides = [*(s.before for s in scripts), *(s.after for s in scripts)]
    found = ruff.issues([(s.path, side.text) for s, side in zip([*scripts, *scripts], sides, strict=True)])
    return flat(found[: len(scripts)]), flat(found[len(scripts) :])


def flat(issues: Iterable[Iterable[Issue]]) -> list[Issue]:
    return [issue for several in issues for issue in several]


def once(issues: Iterable[Issue]) -> Iterator[Issue]:
    """One line is told of the same once: by the rule that says most."""
    seen: set[tuple[str, str, int]] = set()
    for issue in issues:
        if (place := (issue.rule, issue.path, issue.line)) not in seen:
            seen.add(place)
            yield issue


def nowhere(workspace: Workspace, issue: Issue, tree: str) -> bool:
    """Whether a name stands in one place of a tree only."""
    found = workspace.git("grep", "-wlF", "-e", issue.code, tree, "--")
    return found.ok and len(found.output.split("\n")) <= 2

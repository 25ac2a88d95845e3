"""The project's own linters and type checkers, and any other tool by its command, run inside on base and on patch."""

import json
import posixpath
import re
import shlex
import time
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from ..sandbox.workspace import Workspace
from .delta import Changed, changes, text
from .finding import Checked, Finding
from .newly import Issue, newly, plain, told
from .sarif import Log, NoSarif, read
from .tamper import put_back

PYTHON = (".py", ".pyi")
SCRIPT = (".js", ".jsx", ".ts", ".tsx", ".mjs", ".cjs", ".vue")
LINE = re.compile(r"^(?P<path>[^:(\n]+)[:(](?P<line>\d+)(?:[:,]\d+)?\)?:? +(?P<said>.*\S)", re.M)
"""How most tools tell where something is: `a.py:3:1: what`, `a.ts(3,1): what`."""
OUTPUT = "/tmp/patchwright-linter.out"
MOST = 40
"""Findings of one tool that are told singly."""


class Linter(NamedTuple):
    """A tool that a project may use."""

    name: str
    files: tuple[str, ...]
    """Settings by which a project says that it does, at the top."""
    sections: Mapping[str, str]
    """Files of which a section says so, and how its header begins."""
    suffixes: tuple[str, ...]
    words: str
    """How it is called; the files come after."""
    whole: bool = False
    """It looks at the project, and not at files that are named."""
    parse: Callable[[str], Iterator[tuple[str, int, str]]] = lambda out: lines(out)


def lines(output: str) -> Iterator[tuple[str, int, str]]:
    """Path, line and message of each thing that a tool says in lines."""
    for found in LINE.finditer(output):
        if not re.match(r"(note|info):", found["said"]):
            yield found["path"], int(found["line"]), found["said"]


def by_eslint(output: str) -> Iterator[tuple[str, int, str]]:
    for file in json.loads(output):
        for said in file["messages"]:
            yield (
                file["filePath"],
                said.get("line") or 0,
                f"{said.get('ruleId') or 'syntax'} {said['message']}",
            )


def by_pyright(output: str) -> Iterator[tuple[str, int, str]]:
    for said in json.loads(output)["generalDiagnostics"]:
        if said["severity"] == "error":
            yield (
                said["file"],
                said["range"]["start"]["line"] + 1,
                f"{said.get('rule', '')} {said['message']}",
            )


LINTERS = (
    Linter(
        "ruff",
        ("ruff.toml", ".ruff.toml"),
        {"pyproject.toml": "tool.ruff"},
        PYTHON,
        "check --no-cache --force-exclude --output-format concise",
    ),
    Linter("flake8", (".flake8",), {"setup.cfg": "flake8", "tox.ini": "flake8"}, PYTHON, ""),
    Linter(
        "pylint",
        (".pylintrc", "pylintrc"),
        {"pyproject.toml": "tool.pylint", "setup.cfg": "pylint"},
        PYTHON,
        "--score=n --msg-template={path}:{line}:{column}:_{msg_id}_{msg}",
    ),
    Linter(
        "mypy",
        ("mypy.ini", ".mypy.ini"),
        {"pyproject.toml": "tool.mypy", "setup.cfg": "mypy"},
        PYTHON,
        "--no-error-summary --no-color-output --hide-error-context --no-pretty --cache-dir=/tmp/patchwright-mypy",
    ),
    Linter(
        "pyright",
        ("pyrightconfig.json",),
        {"pyproject.toml": "tool.pyright"},
        PYTHON,
        "--outputjson",
        parse=by_pyright,
    ),
    Linter(
        "eslint",
        (
            *(f"eslint.config.{e}" for e in ("js", "mjs", "cjs", "ts")),
            *(f".eslintrc{e}" for e in ("", ".js", ".cjs", ".json", ".yml", ".yaml")),
        ),
        {},
        SCRIPT,
        "--format json",
        parse=by_eslint,
    ),
    Linter("tsc", ("tsconfig.json",), {}, (".ts", ".tsx"), "--noEmit --pretty false", whole=True),
    Linter("go", ("go.mod",), {}, (".go",), "vet ./...", whole=True),
)


def own(workspace: Workspace, changed: Sequence[Changed], tree: str, seconds: float = 120) -> Checked:
    """What the project's own tools newly say of the changed files, as warnings. The files are `tree` before and after.

    The tools obey the settings of the base: a patch does not soften what it is judged by.
    """
    start = time.monotonic()
    top = set(workspace.git("ls-tree", "--name-only", workspace.base).output.split("\n"))
    due = [(t, configured(workspace, t, top)) for t in LINTERS if concerned(t, changed)]
    programs = {t.name: installed(workspace, t.name) for t, settings in due if settings}
    left = [
        f"{name} is configured, and not installed here" for name, program in programs.items() if not program
    ]
    ready = [t for t, _ in due if programs.get(t.name)]
    if not ready:
        return Checked(check="linters", left=tuple(left))
    same = put_back(workspace, tree, [name for _, settings in due for name in settings])
    found: dict[tuple[str, str], list[Issue]] = {}
    for which in (same, workspace.base):
        workspace.restore(which)
        for linter in ready:
            rest = seconds - (time.monotonic() - start)
            issues = run(workspace, linter, programs[linter.name], changed, which, rest)
            if isinstance(issues, str):
                left.append(f"{linter.name}: {issues}")
            else:
                found[which, linter.name] = issues
    workspace.restore(tree)
    new: list[Issue] = []
    for name in programs:
        if (same, name) in found and (workspace.base, name) in found:
            new += capped(newly(found[workspace.base, name], found[same, name], changed), name)
    return Checked(check="linters", findings=told("linters", new), left=tuple(dict.fromkeys(left)))


def capped(issues: list[Issue], name: str) -> Iterator[Issue]:
    yield from issues[:MOST]
    if len(issues) > MOST:
        yield Issue(name, "warning", "", 0, f"{len(issues) - MOST} more that {name} says", "")


def concerned(linter: Linter, changed: Sequence[Changed]) -> list[str]:
    return [c.path for c in changed if c.after and c.path.endswith(linter.suffixes)]


def configured(workspace: Workspace, linter: Linter, top: Container[str]) -> list[str]:
    """The files at the top of the base by which a project says that it uses a tool."""
    found = [name for name in linter.files if name in top]
    for name, section in linter.sections.items():
        if name in top and re.search(
            rf"^\[+{re.escape(section)}[]:.\-]", text(workspace, workspace.base, name), re.M
        ):
            found.append(name)
    return found


def installed(workspace: Workspace, name: str) -> str:
    """How a tool is started inside; empty where it is not there."""
    places = f".venv/bin/{name} venv/bin/{name} node_modules/.bin/{name}"
    script = f"for p in {places}; do test -x $p && echo $p && exit; done; command -v {name} || "
    script += f"{{ python3 -c 'import {name}' 2>/dev/null && echo python3 -m {name}; }}"
    done = workspace.shell(script, 20)
    return done.output.strip().splitlines()[-1] if done.ok and done.output.strip() else ""


def run(
    workspace: Workspace, linter: Linter, program: str, changed: Sequence[Changed], tree: str, seconds: float
) -> list[Issue] | str:
    """What a tool says of the changed files that a tree has; a sentence where it failed."""
    texts = {c.path: c.before if tree == workspace.base else c.after for c in changed}
    paths = [path for path in concerned(linter, changed) if texts[path]]
    if not paths:
        return []
    if seconds <= 0:
        return "there was no time left for it"
    words = [w.replace("_", " ") if "msg-template" in w else w for w in linter.words.split()]
    names = [] if linter.whole else [f"./{path}" for path in paths]
    command = f"{program} {shlex.join([*words, *names])} > {OUTPUT} 2> {OUTPUT}.err"
    done = workspace.shell(command, seconds)
    if done.ended:
        return f"it was not heard to its end: {done.ended}"
    output = printed(workspace, OUTPUT)
    try:
        said = list(linter.parse(output or printed(workspace, f"{OUTPUT}.err")))
    except (ValueError, KeyError, TypeError):
        return f"it ended with {done.code}, and what it said is not understood"
    if not done.ok and not said:
        last = (printed(workspace, f"{OUTPUT}.err") or output).strip().splitlines()[-1:]
        return f"it ended with {done.code}: {''.join(last)[:200]}"
    return [*told_of(linter.name, said, texts, workspace.root)]


def told_of(
    name: str, said: Iterable[tuple[str, int, str]], texts: Mapping[str, str], root: str
) -> Iterator[Issue]:
    """What is said of the changed files; the rest is another part's."""
    for path, line, message in said:
        path = posixpath.normpath(path.removeprefix(root.rstrip("/") + "/"))
        if path in texts:
            rows = texts[path].split("\n")
            row = rows[line - 1] if 0 < line <= len(rows) else ""
            code = plain(row) + re.sub(r"\d+", "", message)
            yield Issue(name, "warning", path, line, f"{name}: {' '.join(message.split())[:300]}", code)


def printed(workspace: Workspace, path: str) -> str:
    try:
        return workspace.read(path, 20_000_000).decode("utf-8", "replace")
    except OSError:
        return ""


def external(workspace: Workspace, command: str, tree: str, seconds: float = 300) -> Checked:
    """What a tool newly finds that prints SARIF, or the path of a file with it. The files are `tree` before and after.

    Its own levels are kept: what it calls an error blocks as one.
    """
    start = time.monotonic()
    name = posixpath.basename(command.split()[0]) if command.split() else "external"
    logs: dict[str, Log] = {}
    for which in (tree, workspace.base):
        workspace.restore(which)
        log = searched(workspace, command, seconds)
        workspace.restore(tree)
        if isinstance(log, str):
            return Checked(check=name, left=(log,), seconds=time.monotonic() - start)
        logs[which] = log
    changed = changes(workspace, tree)
    texts = {c.path: c.before for c in changed}, {c.path: c.after for c in changed}
    before, after = (
        [marked(f, text) for f in log.findings]
        for log, text in zip((logs[workspace.base], logs[tree]), texts, strict=True)
    )
    tools = logs[tree].tools
    tool = next(iter(tools), name)
    findings = told(tool, newly(before, after, changed))
    return Checked(check=tool, findings=findings, tools=tools, seconds=time.monotonic() - start)


def searched(workspace: Workspace, command: str, seconds: float) -> Log | str:
    """What a tool finds in the files as they are; a sentence where it cannot be known."""
    done = workspace.shell(f"{{ {command}\n}} > {OUTPUT} 2> {OUTPUT}.err", seconds)
    if done.ended:
        return f"`{command}` was not heard to its end: {done.ended}"
    try:
        return read(pointed(workspace, printed(workspace, OUTPUT)), workspace.root)
    except NoSarif as e:
        last = "".join(printed(workspace, f"{OUTPUT}.err").strip().splitlines()[-1:])[:200]
        return f"`{command}` ended with {done.code} and gave no SARIF: {e}" + (f" ({last})" if last else "")


def pointed(workspace: Workspace, output: str) -> str:
    """What a tool printed, or what stands in the file that it named."""
    name = output.strip()
    if name and "\n" not in name and not name.startswith(("{", "[")):
        return printed(workspace, name) or output
    return output


def marked(finding: Finding, texts: Mapping[str, str]) -> Issue:
    """A finding with what tells it from others, wherever its line is now."""
    rows = texts.get(finding.path, "").split("\n")
    row = rows[finding.line - 1] if 0 < finding.line <= len(rows) else ""
    code = f"{finding.path} {plain(row)} {re.sub(r'[0-9]+', '', finding.message)}"
    return Issue(finding.rule, finding.severity, finding.path, finding.line, finding.message, code)

"""What a patch does to the tests that judge it, and to what steers them."""

import os
import re
import shlex
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from ..sandbox.base import Frozen, SandboxError
from ..sandbox.workspace import GIT, Workspace
from .delta import Changed, text
from .evidence import evidence
from .finding import Finding
from .foreign import foreign
from .report import ERROR, FAILED, PASSED, SKIPPED, TestReport
from .special import copied, spoken
from .steer import BUILT, by_name, is_test, shadows, steering, top
from .tricks import tricks
from .weaken import weakened

INSTALLED = """
import importlib.util, sys
sys.path[:] = [p for p in sys.path if p not in ("", sys.argv[1]) and not p.startswith(sys.argv[1] + "/")]
for name in sys.argv[2:]:
    try:
        found = importlib.util.find_spec(name)
    except (ImportError, ValueError):
        found = None
    if found and found.origin and not found.origin.startswith(sys.argv[1] + "/"):
        print(name)
"""
"""Which modules are installed elsewhere than in the working copy."""
TEXTS = re.compile(
    r"\.(py|[cm]?[jt]sx?|go|rs|rb|java|kt|php|txt|json|csv|tsv|ya?ml|toml|out|expected|golden|snap|md|rst)$"
)
DATA = re.compile(r"\.(json|csv|tsv|txt|ya?ml|toml|xml|html|out|expected|golden|bin|dat|md|sql|ini)$")
CODE = re.compile(r"\.(py|pyi|js|ts|go|rs|rb|java|php|c|cpp|h|sh)$")
SAID = 300
"""Constants of a patch that are looked for in the tests; where there are more, all tests are read."""
EVIDENCE = 60
"""Test files of the base whose values are looked for in the source."""


class Touched(Frozen):
    """What of a patch the tests are not to be taken from: all of it is as on the base in the run that decides."""

    tests: tuple[str, ...] = ()
    """Tests that were there before."""
    added: tuple[str, ...] = ()
    """Tests that are new."""
    steering: tuple[str, ...] = ()
    """What decides how tests run, new or changed."""
    built: tuple[str, ...] = ()

    @property
    def all(self) -> tuple[str, ...]:
        return (*self.tests, *self.added, *self.steering, *self.built)


def touched(workspace: Workspace, changed: Iterable[Changed]) -> Touched:
    """Look at the changed files of a working copy."""
    found: dict[str, list[str]] = {"tests": [], "added": [], "steering": [], "built": []}
    several = tuple(changed)
    fresh = {c.path for c in several if not existed(workspace, c.path)}
    instead = {
        *displacing(workspace, fresh),
        *plugins(workspace, several),
        *only_tests_read(workspace, several),
    }
    for change in several:
        name = change.path
        if by_name(name) or name in instead or steering(name, change.before) != steering(name, change.after):
            found["steering"].append(name)
        elif is_test(name):
            found["added" if name in fresh else "tests"].append(name)
        elif re.search(BUILT, name):
            found["built"].append(name)
    return Touched.model_validate(found)


def put_back(workspace: Workspace, tree: str, names: Sequence[str]) -> str:
    """A tree in which these files are what they are on the base, and gone where they are new."""
    if not names:
        return tree
    git, base = shlex.join(GIT), workspace.base
    done, told = workspace.output(
        f"""set -e; {git} read-tree {tree}
printf '%s\\0' "$@" | {git} update-index --force-remove -z --stdin
{git} ls-tree -r -z --full-tree {base} -- "$@" > "$GIT_DIR/patchwright-back"
{git} update-index --replace -z --index-info < "$GIT_DIR/patchwright-back"
{git} write-tree""",
        *names,
    )
    if not done.ok:
        raise SandboxError(f"the tests of the base could not be put back: {done.output.strip()[-300:]}")
    return told.decode().strip()


def findings(workspace: Workspace, found: Touched, changed: Sequence[Changed]) -> Iterator[Finding]:
    """What a patch does to the tests that were there, to what steers them, and what in its code gets past them."""
    tests, steers = set(found.tests), set(found.steering)
    for change in changed:
        if change.path in tests:
            others = [c.after for c in changed if c.is_test and beside(change.path, c.path)]
            yield from weakened(change.path, change.before, change.after, others)
    for name in found.steering:
        yield told(
            "steers-tests", name, "steers the tests: the run that decides was made without this change"
        )
    for name in found.built:
        yield told(
            "builds", name, "is for CI, locks versions or builds: the run that decides was made without this"
        )
    source = [c for c in changed if not c.is_test and c.path not in steers]
    for change in source:
        if change.path.endswith(".py"):
            yield from tricks(change.path, change.before, change.after)
        else:
            yield from foreign(change.path, change.before, change.after)
    said = sorted({text for change in source if change.lines for text in spoken(change)})
    if said:
        known = evidence(*testing(workspace, said))
        for change in source:
            yield from copied(change, known)


def testing(workspace: Workspace, said: Sequence[str]) -> tuple[dict[str, str], list[str]]:
    """The texts of those of the base's tests, and of the data among them, that hold some of this; and all their paths."""
    git, base = shlex.join(GIT), workspace.base
    listed = workspace.checked_output(f"{git} ls-tree -r -z --name-only --full-tree {base}")
    names = [name for name in map(os.fsdecode, listed.split(b"\0")) if is_test(name)]
    asked = [word for text in said[:SAID] for word in ("-e", text)]
    _, found = workspace.output(f'{git} grep -lzFI "$@" {base}', *asked)
    holding = {os.fsdecode(name).partition(":")[2] for name in found.split(b"\0")}
    chosen = [name for name in names if TEXTS.search(name) and (name in holding or len(said) > SAID)][
        :EVIDENCE
    ]
    return {name: text(workspace, base, name) for name in chosen}, names


def displacing(workspace: Workspace, fresh: Iterable[str]) -> Iterator[str]:
    """New files that would be imported in the place of something installed."""
    flat = not existed(workspace, "src/__init__.py")
    tops = {name: top(name) for name in fresh if not name.startswith("src/") or flat}
    asked = sorted({module for module in tops.values() if module.isidentifier()})
    script = 'exec "$(command -v python3 || command -v python)" -I -c "$@"'
    done = (
        workspace.execute(["sh", "-c", script, "sh", INSTALLED, workspace.root, *asked], 60)
        if asked
        else None
    )
    installed = {*done.output.split()} if done and done.ok else set[str]()
    for name, module in tops.items():
        if (
            module
            and not existed(workspace, name.partition(module)[0] + module)
            and (module in installed or shadows(f"{module}.py"))
        ):
            yield name


def plugins(workspace: Workspace, changed: Sequence[Changed]) -> Iterator[str]:
    """Modules that the base's tests load as plugins of pytest, by name. A project that is a plugin is no such thing."""
    modules = {
        c.path: c.path.removesuffix(".py").replace("/", ".") for c in changed if c.path.endswith(".py")
    }
    files = ("*.ini", "*.cfg", "*.toml", "*conftest.py", "*test_*.py", "*akefile", "setup.py")
    if not modules:
        return
    said = workspace.git(
        "grep", "-hE", "-A5", r"pytest_plugins|pytest11|(^|[\" =])-p ", workspace.base, "--", *files
    )
    names = {a or b for a, b in re.findall(r"-p\s+([\w.]+)|['\"]([\w.]+)['\"]", said.output)}
    for path, module in modules.items():
        if "pytest11" not in said.output and names & set(tails(module)):
            yield path


def tails(module: str) -> Iterator[str]:
    """The names that a module may go by, from wherever it is looked for."""
    parts = module.removesuffix(".__init__").split(".")
    return (".".join(parts[i:]) for i in range(len(parts)))


def only_tests_read(workspace: Workspace, changed: Iterable[Changed]) -> Iterator[str]:
    """Data of the base that its tests name, and nothing else does."""
    for change in changed:
        last = change.path.rpartition("/")[2]
        if change.before and DATA.search(last) and not is_test(change.path):
            named = workspace.git("grep", "-lF", "-e", last, workspace.base).output.splitlines()
            users = [line.partition(":")[2] for line in named if CODE.search(line)]
            if users and all(map(is_test, users)):
                yield change.path


def beside(name: str, other: str) -> bool:
    """Whether a runner that collects one file collects the other one too, by its folder and the form of its name."""
    (folder, _, last), (place, _, word) = name.rpartition("/"), other.rpartition("/")
    return name != other and folder == place and form(last) == form(word) != ""


def form(name: str) -> str:
    """The part of a file's name by which runners know a test; empty where there is none."""
    found = re.search(r"^test_|_test(?=\.)|\.(test|spec)(?=\.)", name)
    return found.group() + Path(name).suffix if found else ""


def eased(found: Iterable[Finding], after: TestReport | None) -> tuple[Finding, ...]:
    """Findings of what a test expects, less grave where that test as the base has it passes too: then it hides
    nothing. `after` is the run that decides."""
    passed = set(map(dotted, after.having(PASSED))) if after else set[str]()
    passed -= set(map(dotted, after.having(FAILED, ERROR, SKIPPED))) if after else set()
    return tuple(
        f.model_copy(update={"severity": "warning"})
        if f.rule == "expected-value-changed" and dotted(f"{f.path}::{f.message.partition(' ')[0]}") in passed
        else f
        for f in found
    )


def dotted(test: str) -> str:
    """A test's id in one form for pytest and unittest, without its parameters."""
    return test.partition("[")[0].replace(".py::", ".").replace("::", ".").replace("/", ".")


def told(rule: str, path: str, what: str) -> Finding:
    return Finding(check="tamper", rule=rule, severity="warning", path=path, message=f"{path} {what}")


def existed(workspace: Workspace, name: str) -> bool:
    return workspace.git("cat-file", "-e", f"{workspace.base}:{name}").ok

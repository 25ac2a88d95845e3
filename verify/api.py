"""Whether what a patch newly names exists: modules, attributes, functions, keyword arguments, dependencies.

Two look, and neither is believed where the other knows better: a type checker, which only reads the code, and a
script of ours in the sandbox, which imports what it is asked about and so runs code of the candidate. What that one
answers is never more than a reason for or against a finding: an answer that lies can hide findings of this check.
"""

import re
import shlex
import time
from collections.abc import Iterator, Sequence
from functools import cache, cached_property
from pathlib import Path

from ..sandbox.workspace import GIT, Workspace
from . import dependencies, scripts, ty
from .delta import Changed, text
from .finding import Checked, Finding
from .interpreter import Interpreter, interpreter
from .names import Answer, Known, judged, question
from .popular import DISTRIBUTIONS
from .suspects import Question, Source, Suspect, asked, doubted, known, source

SCRIPT = Path(__file__).with_name("signatures.py")
REQUEST = 90_000
"""Bytes of questions that are asked at once: one word of a command line holds 128 KiB."""
MOST_QUESTIONS = 3_000
LARGEST = 400_000
"""Characters of a Python file that is looked at."""
DECLARED = (
    "*requirements*",
    "pyproject.toml",
    "setup.py",
    "setup.cfg",
    "Pipfile",
    "environment*.y*ml",
    "*.in",
    "tox.ini",
)
"""Files, at any depth, that name what a project needs."""


def api(
    workspace: Workspace, changes: Sequence[Changed], command: str, seconds: float = 60, online: bool = False
) -> Checked:
    """Look at what the changed lines name. The workspace stands at the patched tree, and is left so.

    `online`: new dependencies are looked for on the registries that this machine uses.
    """
    started = time.monotonic()
    tree = workspace.current()
    look = Look(workspace, changes, command, started + seconds, tree)
    findings = [*look.python(), *look.scripts(), *look.dependencies(online)]
    if workspace.snapshot() != tree:
        workspace.restore(tree)
    return Checked(
        check="api",
        findings=tuple(findings),
        left=tuple(look.left),
        tools=look.tools,
        seconds=time.monotonic() - started,
    )


class Look:
    """One look at a patch: what it comes to besides findings is gathered here."""

    def __init__(
        self, workspace: Workspace, changes: Sequence[Changed], command: str, deadline: float, tree: str
    ) -> None:
        self.workspace, self.changes, self.command = workspace, changes, command
        self.deadline, self.tree = deadline, tree
        self.left: list[str] = []
        self.tools: dict[str, str] = {}

    @property
    def seconds(self) -> float:
        return self.deadline - time.monotonic()

    def python(self) -> list[Finding]:
        changes = [c for c in self.changes if c.path.endswith((".py", ".pyi"))]
        found = [*self.sources(changes)]
        if not found:
            return []
        python = interpreter(self.workspace, self.command)
        if not python:
            self.left.append("Python's names: no Python was found where the tests run")
            return []
        self.tools["python"] = python.version
        before = known(changes)
        said = self.read(python, found)
        by_path = {one.change.path: one for one in found}
        suspects = [s for one in found for s in asked(one, before)]
        for one in said or ():
            where = by_path.get(one.path.removeprefix("./"))
            if where and (s := doubted(where, one, before)):
                suspects.append(s)
        answers = self.ask(python, suspects)
        findings, lacking = judged(
            suspects, Known(answers, said is not None, modules(self.files), cache(self.lacking))
        )
        if lacking:
            self.left.append(f"what is used of {', '.join(lacking)}: not installed where the tests run")
        return findings

    def scripts(self) -> list[Finding]:
        """What JavaScript and TypeScript import."""
        if not any(c.path.endswith(scripts.CODE) and c.after for c in self.changes):
            return []
        has = self.installed if self.installed("") else None
        return [*scripts.scripts(self.changes, frozenset(self.files), cache(self.text), has)]

    def installed(self, package: str) -> bool:
        return self.workspace.sandbox.run(["test", "-d", f"node_modules/{package}"]).ok

    def text(self, path: str) -> str:
        return text(self.workspace, self.tree, path)

    def dependencies(self, online: bool) -> list[Finding]:
        """What the project newly needs."""
        found = dependencies.added(self.changes)
        if not found:
            return []
        if not online:
            self.left.append("whether the registry has the new dependencies: the network was not to be used")
            return [*dependencies.judged(found)]
        from .registry import Registry

        registry = Registry()
        findings = [
            *dependencies.judged(found, lambda one: registry.exists(one) if self.seconds > 1 else None)
        ]
        self.left += [
            f"whether {name} has the new dependencies: it does not answer" for name in registry.silent
        ]
        return findings

    def sources(self, changes: Sequence[Changed]) -> Iterator[Source]:
        for change in changes:
            if not change.after:
                continue
            if len(change.after) > LARGEST or self.seconds < 1:
                self.left.append(f"{change.path}: {'too large' if self.seconds >= 1 else 'no time was left'}")
            elif one := source(change):
                yield one
            else:
                self.left.append(f"{change.path} is not Python that can be read")

    def read(self, python: Interpreter, found: Sequence[Source]) -> list[ty.Said] | None:
        """What the type checker says; None where it cannot look."""
        folders = {path[: i + 1] for path in self.files for i, letter in enumerate(path) if letter == "/"}
        roots = [
            root for root in python.roots if root == "." or root.startswith("/") or f"{root}/" in folders
        ]
        paths = [s.change.path for s in found]
        try:
            said = ty.check(self.workspace, python, paths, roots, max(self.seconds * 0.6, 1))
        except ty.Unusable as e:
            self.left.append(f"attributes of Python objects: {e}")
            return None
        self.tools["ty"] = ty.release()
        return said

    def ask(self, python: Interpreter, suspects: Sequence[Suspect]) -> dict[str, Answer]:
        """The answers of what runs where the tests do, by question."""
        every = {question(q): q for s in suspects for q in s.questions}
        if len(every) > MOST_QUESTIONS:
            self.left.append(f"{len(every) - MOST_QUESTIONS} of {len(every)} names: too many")
        answers: dict[str, Answer] = {}
        for batch in batches([*every.items()][:MOST_QUESTIONS]):
            if self.seconds < 1:
                break
            request = {"questions": [[kind, key, about] for key, (kind, about) in batch]}
            for one in python.run(self.workspace, SCRIPT, request, self.seconds):
                match one:
                    case [str(), str(key), dict(answer)] if key in every:
                        answers.setdefault(key, answer)
                    case _:
                        pass
        missing = min(len(every), MOST_QUESTIONS) - len(answers)
        if missing:
            self.left.append(
                f"{missing} of {len(every)} names got no answer from the environment of the tests"
            )
        return answers

    @cached_property
    def files(self) -> list[str]:
        data = self.workspace.checked_output(
            shlex.join([*GIT, "ls-tree", "-r", "-z", "--name-only", "--full-tree", self.tree])
        )
        return data.decode("utf-8", "replace").split("\0")

    def lacking(self, top: str) -> bool:
        """Whether the project names or used a module before that is not installed here."""
        word = re.escape(top).replace("_", "[-_.]")
        names = "|".join([word, *map(re.escape, DISTRIBUTIONS.get(top, ()))])
        declared = self.workspace.git(
            "grep", "-qiE", rf"(^|[^A-Za-z0-9_])({names})([^A-Za-z0-9_]|$)", self.tree, "--",
            *(f":(glob)**/{pattern}" for pattern in DECLARED),
        )  # fmt: skip
        if declared.ok:
            return True
        used = rf"^\s*(import|from)\s+{re.escape(top)}([^A-Za-z0-9_]|$)"
        return self.workspace.git("grep", "-qE", used, self.workspace.base, "--", "*.py").ok


def batches(every: Sequence[tuple[str, Question]]) -> Iterator[list[tuple[str, Question]]]:
    batch: list[tuple[str, Question]] = []
    size = 0
    for key, asked_about in every:
        if batch and size + len(key) * 3 > REQUEST:
            yield batch
            batch, size = [], 0
        batch.append((key, asked_about))
        size += len(key) * 3
    if batch:
        yield batch


def modules(files: Sequence[str]) -> frozenset[str]:
    """What the files of a tree may be imported as, and the packages around them."""
    found: set[str] = set()
    for path in files:
        folder, _, name = path.rpartition("/")
        parts = folder.split("/") if folder else []
        for i in range(1, len(parts) + 1):
            found.add(".".join(parts[:i]))
            found.add(parts[i - 1])
        stem, _, kind = name.partition(".")
        if kind.rpartition(".")[2] in ("py", "pyi", "pyx", "so", "pyd", "c", "pxd", "proto"):
            found.add(".".join([*parts, *([] if stem == "__init__" else [stem])]))
            found.add(stem)
    return frozenset(found)

"""One attempt in progress: what the loop needs, and nothing of who watches it."""

import time
from collections.abc import Callable, Iterator
from typing import Literal

from .. import prompts
from ..sandbox.workspace import Workspace
from ..tools.base import Toolbox
from ..tools.desk import Desk
from ..tools.locate import Located, Unwritten
from ..tools.test import digest
from ..verify.steer import is_test
from . import limits, stuck
from .context import Conversation
from .control import Control
from .events import SHOWING, Changed, Ended, Observed, Opened, Replied, Said
from .log import Log
from .models.base import Model, Reply, Schema

READERS = frozenset({"read", "search", "outline"})
"""Tools that change no file: after any other a snapshot is taken."""
MOST_PATHS = 60

Outcome = Literal["finished", "limit", "stuck", "repeats", "left"]


class Session:
    """The log of an attempt with the live things it is about."""

    def __init__(
        self,
        log: Log,
        model: Model,
        workspace: Workspace,
        desk: Desk,
        toolbox: Toolbox,
        control: Control,
        listen: Callable[[str], None] = lambda _: None,
    ) -> None:
        self.log, self.model, self.workspace, self.desk = log, model, workspace, desk
        self.toolbox, self.control, self.listen = toolbox, control, listen
        self.opened = next(e for e in log.events if isinstance(e, Opened))
        self.conversation = Conversation(model.profile.window)
        self._paths: list[str] | None = None
        self._before = max(log.events[-1].at - self.opened.at, 0.0)  # a copied event is older
        self._started = time.monotonic()

    @property
    def tree(self) -> str:
        """The files as the log knows them."""
        return last_tree(self.log)

    def must_stop(self) -> tuple[Outcome, str] | None:
        """Why the model is not asked again; None where it may be."""
        seconds = self._before + time.monotonic() - self._started
        if reason := limits.reached(self.log.events, self.opened.limits, seconds):
            return "limit", reason
        if reason := stuck.at_a_loss(self.log.events, list(self.toolbox.tools)):
            return "stuck", reason
        if reason := stuck.in_circles(self.log.events, self.model.profile.guided):
            return "repeats", reason
        return None

    def to_say(self) -> Iterator[Said]:
        """The rules and the task at the start, what fails on the base once it is known, and the user's words."""
        said = {e.about for e in self.log.events if isinstance(e, Said)}
        answered = any(isinstance(e, Replied) for e in self.log.events)
        if "rules" not in said:
            yield Said(role="system", text=self._rules(), about="rules")
        writes = self._writes()
        if "task" not in said:
            yield Said(role="user", text=self._to_write() if writes else self._task(), about="task")
        if "baseline" not in said and not writes and (answered or self.model.profile.guided):
            yield Said(role="user", text=self._baseline(), about="baseline")
        while self.control.said:
            yield Said(role="user", text=self.control.said.popleft())

    def _task(self) -> str:
        listing = self.workspace.git("ls-files").output.splitlines()
        shown = "\n".join(listing[:40]) + (f"\n… and {len(listing) - 40} more files" if listing[40:] else "")
        angle = self.opened.start.angle
        issue = f"{self.opened.task.issue.strip()}\n\n{angle}".strip()
        return prompts.render("task", issue=issue, files=shown)

    def _rules(self) -> str:
        profile = self.model.profile
        if profile.guided:
            from .models import dialect

            if self._unwritten():
                return prompts.render("write")
            return prompts.render(profile.prompt, actions=dialect.describe(self.toolbox.schemas()))
        calls = prompts.render("many" if profile.many else "one")
        name = "reproduce" if self.opened.attempt == SHOWING else profile.prompt
        rules = prompts.render(name, network=self._network(), calls=calls)
        if profile.native:
            return rules
        from .models import spoken

        return f"{rules}\n\n{spoken.describe(profile, self.toolbox.schemas())}"

    def _network(self) -> str:
        if not self.opened.network:
            return "without network"
        return f"whose only network is a proxy, named in the usual variables, to {self.opened.network}"

    def _baseline(self) -> str:
        if not self.desk.command:
            return prompts.render("untested")
        report = self.desk.baseline()
        if not self.model.profile.guided:
            return prompts.render("baseline", command=self.desk.command, digest=digest(report))
        located = self._located()
        return prompts.render(
            "located",
            digest=digest(report, self.model.profile.observation),
            sources=located.sources(),
            focus=located.focus(self.opened.start.focus),
        )

    def _writes(self) -> bool:
        """Whether the rules are those for code that is yet to be written."""
        rules = (e.text for e in self.log.events if isinstance(e, Said) and e.about == "rules")
        return next(rules, "") == prompts.render("write")

    def _to_write(self) -> str:
        """What is to be written, another function for each start; how the tests fail only where nothing else says what
        it has to do. Every line more makes a small model worse: it is all in one message, without the files' names."""
        start, unwritten = self.opened.start, self._unwritten()
        path, name, documented, _ = unwritten[start.focus % len(unwritten)]
        parts = [self._located().sources(stubs=False)]
        if not documented:
            parts.append(digest(self.desk.baseline(), self.model.profile.observation))
        text = prompts.render(
            "unwritten",
            issue=self.opened.task.issue.strip(),
            sources="\n\n".join(parts),
            function=name,
            path=path,
        )
        return f"{text}\n{start.angle}".strip()

    def _unwritten(self) -> list[Unwritten]:
        return self._located().unwritten() if self.desk.command else []

    def _located(self) -> Located:
        return Located(self.workspace, self.desk.baseline())

    def schemas(self) -> tuple[Schema, ...]:
        """The tools as they are offered. A model whose answers follow a grammar is given the paths that there are."""
        if not self.model.profile.guided:
            return self.toolbox.schemas()
        if self._paths is None:
            listed = self.workspace.git("ls-files", "*.py").output.splitlines()
            self._paths = [path for path in listed if not is_test(path)][:MOST_PATHS]
        return self.toolbox.schemas(self._paths)

    def reminder(self, reply: Reply) -> str:
        """What to say to an answer that calls no tool."""
        said = prompts.render("cut" if reply.stop == "length" else "reminder")
        profile = self.model.profile
        if profile.native or profile.guided:
            return said
        from .models import spoken

        return f"{said}\n\n{prompts.render('form', example=spoken.example(profile))}"

    def end(self, outcome: Outcome, reason: str = "") -> Ended:
        """Close the attempt with the patch it leaves."""
        patch = self.workspace.diff(self.workspace.base, self.tree)
        event = self.log.append(Ended(outcome=outcome, reason=reason, patch=patch))
        assert isinstance(event, Ended)
        return event


def last_tree(log: Log) -> str:
    """The snapshot that the log ends with. What a call changed that nothing has answered is not counted: it runs again."""
    answered = False
    for event in reversed(log.events):
        match event:
            case Observed():
                answered = True
            case Changed(tree=tree) if answered:
                return tree
            case Opened(base=base):
                return base.tree
            case _:
                continue
    return ""

"""From events to what a screen shows: rows for the timeline, and the state beside it. Pure, and without Textual."""

from dataclasses import dataclass, field
from typing import Literal, get_args

from ...agent.events import (
    Called,
    Ended,
    Event,
    Expected,
    Filled,
    Judged,
    Observed,
    Opened,
    Replied,
    Said,
    Summarised,
)
from ...agent.models.base import Usage
from ...agent.task import Limits
from ...tools.base import Observation
from ...tools.digest import Change, change
from ...verify.report import TestReport
from ...verify.verdict import Verdict
from ..plain import called, lines

Kind = Literal["section", "user", "thought", "call", "result", "failure", "note", "verified", "refused"]
"""What a row is: its colour and its sign go by that."""
KINDS: tuple[Kind, ...] = get_args(Kind)
WRITES = ("edit", "write", "define")
"""Tools whose `path` is a file that they change."""


def kind(event: Event) -> Kind | None:
    """What row an event makes; None: none."""
    match event:
        case Said(about="rules" | "task" | "baseline"):
            return None
        case Said(about="user"):
            return "user"
        case Replied(reply=reply):
            return "thought" if reply.text.strip() else None
        case Called():
            return "call"
        case Observed(observation=seen):
            return "result" if seen.ok else "failure"
        case Opened() | Ended():
            return "section"
        case Judged(verdict=verdict):
            return "verified" if verdict.verified else "refused"
        case _:
            return "note"


def told(event: Event, most: int) -> list[str]:
    """A row's lines, of texts at most so many characters."""
    match event:
        case Replied(reply=reply):
            return reply.text.strip().splitlines()
        case Called(call=call):
            return called(call).splitlines()
        case Observed(observation=seen):
            return seen.text.splitlines()
        case Said(about="user", text=text):
            return text.splitlines()
        case _:
            return [*lines(event, most)]


@dataclass
class State:
    """How an attempt stands, as far as its log tells."""

    task: str = ""
    repo: str = ""
    base: str = ""
    dirty: bool = False
    model: str = ""
    sandbox: str = ""
    network: str = ""
    limits: Limits = field(default_factory=Limits)
    attempt: int = 0
    began: float = 0.0
    latest: float = 0.0
    steps: int = 0
    usage: Usage = field(default_factory=Usage)
    context: int = 0
    """Tokens of the last request."""
    doing: str = ""
    """What is waited for; empty: nothing."""
    since: float = 0.0
    """From when."""
    files: tuple[str, ...] = ()
    tests: TestReport | None = None
    """The latest run of them."""
    ended: str = ""
    verdict: Verdict | None = None

    @property
    def seconds(self) -> float:
        return self.latest - self.began


class Feed:
    """Takes in an attempt's events one after the other."""

    def __init__(self) -> None:
        self.state = State()
        self._writing = ""

    def take(self, event: Event) -> Kind | None:
        """What row it makes, and the state is then as after it."""
        now = self.state
        now.latest = event.at
        match event:
            case Opened():
                self._opened(event)
            case Said(role="user"):
                self._wait("the model answers", event)
            case Replied(reply=reply):
                now.steps += 1
                now.context = reply.usage.prompt
                now.usage += reply.usage
                self._wait("", event)
            case Summarised(usage=usage) | Expected(usage=usage) | Filled(usage=usage):
                now.usage += usage
            case Called(call=call):
                path = call.args.get("path")
                self._writing = path if call.tool in WRITES and isinstance(path, str) else ""
                self._wait(called(call).splitlines()[0], event)
            case Observed(observation=seen):
                self._observed(seen)
                self._wait("the model answers", event)
            case Ended(outcome=outcome, reason=reason, patch=patch):
                now.files = patch.files
                now.ended = f"{outcome}: {reason}" if reason else outcome
                self._wait("the patch is verified" if patch else "", event)
            case Judged(verdict=verdict):
                now.verdict = verdict
                self._wait("", event)
            case _:
                pass
        return kind(event)

    def _opened(self, event: Opened) -> None:
        now, task = self.state, event.task
        now.task, now.repo, now.model, now.sandbox = task.issue, task.repo, event.model, event.sandbox
        now.base, now.dirty, now.network = event.base.head, event.base.dirty, event.network
        now.limits, now.attempt, now.began = event.limits, event.attempt, event.at
        self._wait("the sandbox opens", event)

    def _observed(self, seen: Observation) -> None:
        now = self.state
        if seen.ok and self._writing and self._writing not in now.files:
            now.files = (*now.files, self._writing)
        if report := seen.data.get("report"):
            now.tests = TestReport.model_validate(report)

    def _wait(self, what: str, event: Event) -> None:
        self.state.doing, self.state.since = what, event.at


def since_the_base(before: TestReport | None, now: TestReport | None) -> Change | None:
    """What became of the tests; None where nothing is known."""
    if not before or not now or not before.outcomes:
        return None
    return change(before.outcomes, now, whole=False)

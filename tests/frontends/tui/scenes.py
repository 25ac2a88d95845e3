"""Logs of runs that were never made, for what is shown of them."""

from collections.abc import Sequence
from pathlib import Path

from patchwright.agent.events import Called, Changed, Ended, Event, Judged, Observed, Opened, Replied, Said
from patchwright.agent.log import Log
from patchwright.agent.models.base import Reply, Usage
from patchwright.agent.task import Limits, Task
from patchwright.sandbox.checkout import Base
from patchwright.sandbox.patch import Patch
from patchwright.tools.base import Call, Observation
from patchwright.verify.report import TestReport
from patchwright.verify.verdict import Verdict

DIFF = "diff --git a/a.py b/a.py\n--- a/a.py\n+++ b/a.py\n@@ -1 +1 @@\n-old\n+new\n"
BEFORE = TestReport(command="pytest", code=1, outcomes={"t::a": "failed", "t::b": "passed", "t::c": "failed"})
AFTER = TestReport(command="pytest", code=1, outcomes={"t::a": "passed", "t::b": "failed", "t::c": "failed"})
BASE = Base(repo="/home/me/shop", head="c0ffee" * 7, tree="1", commit="2", dirty=True)


def opened(number: int = 1) -> Opened:
    task = Task(id="x", repo=BASE.repo, issue="The total is wrong.\n\nIt is too high.")
    return Opened(
        version="0",
        task=task,
        base=BASE,
        model="a-model",
        sandbox="bubblewrap",
        limits=Limits(steps=9),
        prompts="",
        attempt=number,
    )


def step(
    number: int, tool: str, text: str, ok: bool = True, thought: str = "", **args: object
) -> list[Event]:
    """An answer with one call, and what came of it."""
    call = Call(id=f"{number}.1", tool=tool, args=args)
    reply = Reply(text=thought, calls=(call,), usage=Usage(prompt=100, completion=10))
    seen = Observation(call=call.id, ok=ok, text=text)
    return [Replied(reply=reply), Called(call=call), Observed(observation=seen)]


def ran(number: int, report: TestReport) -> list[Event]:
    *before, seen = step(number, "test", "1 failed")
    assert isinstance(seen, Observed)
    data = {"report": report.model_dump(mode="json", exclude={"output"})}
    return [*before, Observed(observation=seen.observation.model_copy(update={"data": data}))]


def ending(verified: bool = True, text: str = DIFF) -> list[Event]:
    patch = Patch(text=text, base="1", files=("a.py",) if text else (), added=1, removed=1)
    verdict = Verdict(patch=patch.digest, tree="abc")
    if not verified:
        verdict = verdict.refused("still failing", "a test still fails")
    return [Ended(outcome="finished", patch=patch), Judged(verdict=verdict)]


def whole(number: int = 1) -> list[Event]:
    """An attempt from its beginning to its end."""
    return [
        opened(number),
        Said(role="system", text="the rules", about="rules"),
        Said(role="user", text="the task", about="task"),
        *step(1, "read", "1 old", thought="I look first.", path="a.py"),
        *step(2, "edit", "no such text", ok=False, path="b.py", old="x", new="y"),
        *step(3, "edit", "a.py: 1 line", path="a.py", old="old", new="new"),
        Changed(tree="abc"),
        *ran(4, AFTER),
        *ending(),
    ]


def written(path: Path, events: Sequence[Event]) -> Path:
    log = Log(path)
    for event in events:
        log.append(event)
    log.close()
    return path

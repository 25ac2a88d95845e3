"""From a run to a candidate: one session, its patch, and the verdict on it in a fresh workspace."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress

from .. import __version__, prompts
from ..sandbox.base import Frozen, SandboxDied, SandboxError
from ..sandbox.patch import Patch
from ..sandbox.secrets import ours
from ..sandbox.workspace import Workspace
from ..tools import showing
from ..tools.atlas import Atlas
from ..tools.base import Tool, Toolbox
from ..tools.define import define
from ..tools.desk import Desk
from ..tools.edit import edit, patch, write
from ..tools.outline import outline
from ..tools.read import read
from ..tools.run import job, start
from ..tools.run import run as run_command
from ..tools.search import search
from ..tools.showing import Showing
from ..tools.test import finish, test
from ..verify.finding import Checked
from ..verify.report import TestReport
from ..verify.verdict import Verdict
from .control import Control, Stopped
from .events import SHOWING, Ended, Event, Judged, Observed, Opened, Replied
from .extras import brought
from .limits import used
from .live import Live
from .log import Log, load
from .loop import solve
from .models.base import CAPABLE, Model, Profile, Usage
from .run import Run, put, state
from .session import Session, last_tree
from .task import TaskError

TOOLS = {
    tool.name: tool
    for tool in (read, search, outline, edit, write, patch, define, run_command, start, job, test, finish)
}


REOPENED = 2
"""How often a sandbox that died is opened again in an attempt."""
PARTIAL = "partial.patch"


class Candidate(Frozen):
    """One attempt's patch with the verdict on it."""

    attempt: int
    log: str
    ended: Ended
    verdict: Verdict
    usage: Usage

    @property
    def patch(self) -> Patch:
        return self.ended.patch


def attempt(
    run: Run,
    number: int,
    model: Model,
    control: Control,
    read_event: Callable[[Event], None] = lambda _: None,
    listen: Callable[[str], None] = lambda _: None,
) -> Candidate:
    """Make an attempt, or go on with one that was interrupted, up to its verdict.

    Raises ModelError, SandboxError, Stopped; the log is then as far as it came, and can be taken up again.
    """
    with worked(run, number, model, control, read_event, listen) as (log, ended):
        judged = next((e for e in log.events if isinstance(e, Judged)), None)
        verdict = judged.verdict if judged else judge(run, log, ended).verdict
        return Candidate(
            attempt=number, log=str(log.path), ended=ended, verdict=verdict, usage=used(log.events)
        )


@contextmanager
def worked(
    run: Run,
    number: int,
    model: Model,
    control: Control,
    read_event: Callable[[Event], None],
    listen: Callable[[str], None],
) -> Iterator[tuple[Log, Ended]]:
    """The log of an attempt whose work is done, now or before. Raises as `attempt` does."""
    live = Live(ours(), listen)

    def read(event: Event) -> None:
        if isinstance(event, Replied):
            live.end()
        read_event(event)

    log = Log(run.log_path(number), read)
    try:
        if not log.events:
            log.append(opened(run, number, model))
        with run.outside.into(log):
            ended = next((e for e in log.events if isinstance(e, Ended)), None)
            yield log, ended or work(run, log, model, control, live.hear)
    finally:
        log.close()


def opened(run: Run, number: int, model: Model) -> Opened:
    return Opened(
        version=__version__,
        task=run.task,
        base=run.base,
        model=model.name,
        sandbox=run.config.sandbox,
        network=run.config.network,
        limits=run.config.limits,
        prompts=prompts.digest(),
        attempt=number,
    )


def work(run: Run, log: Log, model: Model, control: Control, listen: Callable[[str], None]) -> Ended:
    """The session itself. A sandbox that dies is opened again on the last snapshot, but not for ever."""
    for chances in range(REOPENED, -1, -1):
        try:
            return sit(run, log, model, control, listen)
        except SandboxDied as e:
            control.check()
            if not chances:
                keep_partial(run, log)
                raise
            listen(f"\n[{e}; it is opened again]")
    raise AssertionError


def keep_partial(run: Run, log: Log) -> None:
    """Write down the patch as far as it came, where a sandbox can be opened once more for that."""
    with suppress(SandboxError), run.workspace(str(number_of(log)), last_tree(log)) as workspace:
        put(run.folder / PARTIAL, workspace.diff(run.base.tree, last_tree(log) or run.base.tree).text)


def sit(run: Run, log: Log, model: Model, control: Control, listen: Callable[[str], None]) -> Ended:
    """Work from where the log stands, in one sandbox."""
    with (
        extras(run, model.profile, listen) as more,
        run.workspace(str(number_of(log)), last_tree(log)) as workspace,
    ):
        control.on_stop(workspace.sandbox.kill, model.close)
        shows = number_of(log) == SHOWING
        desk = (Showing if shows else Desk)(
            workspace,
            run.command,
            lambda: usable(run),
            run.task.required,
            run.task.allow_test_edits,
            {} if shows else reproduction(run),
        )
        atlas = Atlas(workspace, state() / "tags", lambda: about(run))
        tools, hands = [*offered(model.profile, workspace), *more], (workspace, desk, atlas)
        if shows:
            tools = [showing.finish if tool is finish else tool for tool in tools]
        toolbox = Toolbox(tools, hands, model.profile.observation)

        def hear(text: str) -> None:
            run.start_baseline()  # once the first answer comes: it is not to slow the first request down
            listen(text)

        session = Session(log, model, workspace, desk, toolbox, control, hear)
        try:
            return solve(session)
        except Stopped:
            put(run.folder / PARTIAL, workspace.diff(run.base.tree, workspace.snapshot()).text)
            raise


def reproduction(run: Run) -> Mapping[str, str]:
    """The test that was written from the issue: its files, by their paths. Empty where there is none."""
    path = run.log_path(SHOWING)
    events = load(path) if path.exists() else []
    ends = [e.observation for e in events if isinstance(e, Observed) and e.observation.done]
    return ends[-1].data[showing.SHOWN] if ends else {}


def extras(run: Run, profile: Profile, listen: Callable[[str], None]) -> AbstractContextManager[list[Tool]]:
    """Other people's tools. A model that knows only how to write Python gets none."""
    if profile.guided:
        return nullcontext([])
    return brought(run, TOOLS, lambda text: listen(f"\n[{text}]\n"))


def offered(profile: Profile, workspace: Workspace) -> list[Tool]:
    """What the model may call. One that only knows how to write Python gets all the tools where there is none."""
    if profile.guided and not workspace.git("ls-files", "*.py").output.strip():
        return [TOOLS[name] for name in CAPABLE.offered]
    return [TOOLS[name] for name in profile.offered]


def about(run: Run) -> str:
    """What the outline looks at first: the issue, and the frames of what fails on the base, once that is known."""
    failures = run.measured.failures if run.measured else ()
    frames = (f"{frame.path} {frame.function}()" for failure in failures for frame in failure.frames)
    return "\n".join([run.task.issue, *frames])


def number_of(log: Log) -> int:
    return int(log.path.stem)


def usable(run: Run) -> TestReport:
    """The baseline. Raises TaskError where the user's own test command cannot be started."""
    report = run.baseline()
    if run.task.test_command and "could not be started" in report.problem:
        raise TaskError(f"{report.problem}. Give a test command that works in the sandbox with --test.")
    return report


def judge(run: Run, log: Log, ended: Ended) -> Judged:
    """Verify what an attempt left, and keep the verdict, as it may be told."""
    from ..verify.trial import Terms, verify  # the checks are not loaded before there is something to check

    command, before = run.command(), usable(run)
    with run.fresh("verify") as workspace:
        task, written = run.task, reproduction(run)
        terms = Terms(required=task.required, allow_test_edits=task.allow_test_edits, reproduction=written)
        verdict = verify(workspace, ended.patch, command, before if command else None, terms, run.beside())
        if task.reproduce and not written:
            none = Checked(check="reproduction", left=("no test that shows the issue was written",))
            verdict = verdict.model_copy(update={"checks": (*verdict.checks, none)})
    judged = log.append(Judged(verdict=verdict))
    assert isinstance(judged, Judged)
    return judged

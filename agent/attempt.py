"""From a run to a candidate: one session, its patch, and the verdict on it in a fresh workspace."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from pathlib import Path

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
from .events import SHOWING, Alike, Changed, Ended, Event, Fork, Judged, Observed, Opened, Replied, Start
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


UNJUDGED = "unverified: not judged"
REOPENED = 2
"""How often a sandbox that died is opened again in an attempt."""
PARTIAL = "partial.patch"


class Candidate(Frozen):
    """One attempt's patch with the verdict on it."""

    attempt: int
    log: str
    ended: Ended
    verdict: Verdict
    """Where it is the patch of another attempt, or none was needed, it says that nothing was judged."""
    usage: Usage
    model: str = ""
    alike: int = 0
    """The earlier attempt with the same patch; 0: none."""
    seconds: float = 0.0
    limit: str = ""
    """The limit that ended the search for a better one; empty where none did."""

    @property
    def judged(self) -> bool:
        return self.verdict.state != UNJUDGED

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
    start: Start | None = None,
    twin: Callable[[Patch], int] = lambda _: 0,
) -> Candidate:
    """Make an attempt, or go on with one that was interrupted, up to its verdict.

    `start` is how it begins, where it was not begun before. `twin` is asked before a verdict for an earlier attempt
    with the same patch; 0: none. Raises ModelError, SandboxError, Stopped; the log is then as far as it came, and can
    be taken up again.
    """
    with worked(run, number, model, control, read_event, listen, start) as (log, ended):
        if not settled(log.events):
            if same := twin(ended.patch):
                log.append(Alike(attempt=same))
            else:
                judge(run, log, ended)
        return candidate(log.path, log.events)


def settled(events: Sequence[Event]) -> bool:
    """Whether nothing remains to be done for an attempt."""
    return any(isinstance(e, Judged | Alike) for e in events)


def candidate(path: Path, events: Sequence[Event]) -> Candidate:
    """What an attempt whose work is done came to, by its log."""
    opened = next(e for e in events if isinstance(e, Opened))
    ended = next(e for e in events if isinstance(e, Ended))
    alike = next((e.attempt for e in events if isinstance(e, Alike)), 0)
    why = f"the patch is that of attempt {alike}" if alike else "another candidate was chosen without it"
    unjudged = Verdict(patch=ended.patch.digest).refused(UNJUDGED, why)
    return Candidate(
        attempt=int(path.stem),
        log=str(path),
        model=opened.model,
        ended=ended,
        verdict=next((e.verdict for e in reversed(events) if isinstance(e, Judged)), unjudged),
        alike=alike,
        usage=used(events),
        seconds=events[-1].at - opened.at,
    )


@contextmanager
def worked(
    run: Run,
    number: int,
    model: Model,
    control: Control,
    read_event: Callable[[Event], None],
    listen: Callable[[str], None],
    start: Start | None = None,
) -> Iterator[tuple[Log, Ended]]:
    """The log of an attempt whose work is done, now or before. Raises as `attempt` does."""
    live = Live(ours(), listen)

    def read(event: Event) -> None:
        if isinstance(event, Replied):
            live.end()
        read_event(event)

    log = Log(run.log_path(number), read)
    try:
        begin(run, log, model, start or Start())
        with run.outside.into(log):
            ended = next((e for e in log.events if isinstance(e, Ended)), None)
            yield log, ended or work(run, log, model, control, live.hear)
    finally:
        log.close()


def begin(run: Run, log: Log, model: Model, start: Start) -> None:
    """Open a log that is empty, and have it begin with all of another one's events that it is to begin with."""
    if not log.events:
        log.append(opened(run, number_of(log), model.name, start))
    first = log.events[0]
    assert isinstance(first, Opened)
    if (fork := first.start.fork) and len(log.events) <= fork.seq:
        log.copy(load(run.log_path(fork.attempt))[len(log.events) : fork.seq + 1])


def opened(run: Run, number: int, model: str, start: Start) -> Opened:
    return Opened(
        version=__version__,
        task=run.task,
        base=run.base,
        model=model,
        sandbox=run.config.sandbox,
        network=run.config.network,
        limits=run.config.limits.model_copy(update={"seconds": start.seconds or run.config.seconds}),
        prompts=prompts.digest(),
        attempt=number,
        start=start,
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
    first, tree = log.events[0], last_tree(log)
    fork = first.start.fork if isinstance(first, Opened) else None
    with seat(run, number_of(log), model, "" if fork else tree, listen) as (workspace, desk, toolbox):
        control.on_stop(workspace.sandbox.kill, model.close)
        if fork and (held := carried(run, workspace, fork, tree)) != tree:
            log.append(Changed(tree=held))  # what has no place in a patch stays behind

        def hear(text: str) -> None:
            run.start_baseline()  # once the first answer comes: it is not to slow the first request down
            listen(text)

        session = Session(log, model, workspace, desk, toolbox, control, hear)
        try:
            return solve(session)
        except Stopped:
            put(run.folder / PARTIAL, workspace.diff(run.base.tree, workspace.snapshot()).text)
            raise


def carried(run: Run, workspace: Workspace, fork: Fork, tree: str) -> str:
    """Have the files of a snapshot that was made in another attempt's working copy; the tree that they are here."""
    if workspace.has(tree):
        workspace.restore(tree)
        return tree
    with run.workspace(str(fork.attempt), tree) as other:
        patch = other.diff(run.base.tree, tree)
    if patch and not (done := workspace.apply(patch)).ok:
        raise SandboxError(f"the files of attempt {fork.attempt} could not be carried over: {done.output}")
    return workspace.snapshot()


@contextmanager
def seat(
    run: Run, number: int, model: Model, tree: str, listen: Callable[[str], None]
) -> Iterator[tuple[Workspace, Desk, Toolbox]]:
    """A working copy in a sandbox with the tools that a model gets for it."""
    with extras(run, model.profile, listen) as more, run.workspace(str(number), tree) as workspace:
        shows = number == SHOWING
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
        yield workspace, desk, Toolbox(tools, hands, model.profile.observation)


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
    """The baseline. Raises TaskError where the user's own test command, or its runner, is not there."""
    report = run.baseline()
    if run.task.test_command and report.unrunnable:
        raise TaskError(f"{report.problem}. Give a test command that works in the sandbox with --test.")
    return report


def judge(run: Run, log: Log, ended: Ended) -> Judged:
    """Verify what an attempt left, and keep the verdict, as it may be told."""
    from ..verify.trial import Terms, verify  # the checks are not loaded before there is something to check

    command, before = run.command(), usable(run)
    name = f"verify-{number_of(log)}"
    with run.fresh(name) as workspace:
        task, written = run.task, reproduction(run)
        terms = Terms(required=task.required, allow_test_edits=task.allow_test_edits, reproduction=written)
        verdict = verify(
            workspace, ended.patch, command, before if command else None, terms, run.beside(f"{name}-beside")
        )
        if task.reproduce and not written:
            none = Checked(check="reproduction", left=("no test that shows the issue was written",))
            verdict = verdict.model_copy(update={"checks": (*verdict.checks, none)})
    judged = log.append(Judged(verdict=verdict))
    assert isinstance(judged, Judged)
    return judged

"""One issue on one base: its folder, its workspaces, its baseline. Attempts are made in it."""

import fcntl
import os
import re
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path

from platformdirs import user_state_path
from pydantic import ValidationError

from ..sandbox.base import Frozen, Sandbox, SandboxError
from ..sandbox.checkout import Base, Repository
from ..sandbox.folders import Folders, remove
from ..sandbox.probe import opener, undecided
from ..sandbox.secrets import markers, ours
from ..sandbox.workspace import Workspace
from ..tools.script import Script
from ..verify.detect import detect
from ..verify.report import TestReport
from ..verify.suite import Suite
from . import baselines
from .config import Config
from .events import Event
from .outside import RECORD, Outside
from .task import Task, TaskError

FIRST = "1"
"""The first attempt's working copy."""


class Plan(Frozen):
    """What a run is about: enough to take it up again."""

    task: Task
    base: Base
    config: Config
    scripts: tuple[Script, ...] = ()
    """The repository's files of tools that the user agreed to."""


def state() -> Path:
    """Where runs are kept: $XDG_STATE_HOME/patchwright or the platform's like."""
    return user_state_path("patchwright")


class Run:
    """A run's folder, and what is shared by its attempts. One process at a time has it open."""

    def __init__(
        self,
        folder: Path,
        plan: Plan,
        outside: Outside | None = None,
        ahead: Future[Sandbox] | None = None,
        tell: Callable[[str], None] = lambda _: None,
    ) -> None:
        self._lock = lock(folder)
        self.folder, self.plan, self._ahead = folder, plan, ahead
        self.task, self.base, self.config = plan.task, plan.base, plan.config
        self.outside = outside or Outside(folder, plan.config.network)
        self._open = sandboxes(plan.config, self.outside.socket, tell)
        self._baseline: TestReport | None = None
        self._command: str | None = plan.task.test_command or None
        self._measuring, self._begun = threading.Lock(), False

    @property
    def id(self) -> str:
        return self.folder.name

    def logs(self) -> list[Path]:
        """The attempts' logs, first to last."""
        return logs(self.folder)

    def answered(self) -> bool:
        """Whether a model has answered yet: else there is nothing to go on with."""
        whole = (path.read_bytes() for path in self.logs())
        return any(b'"kind":"replied"' in data or b'"kind":"proposed"' in data for data in whole)

    def log_path(self, attempt: int) -> Path:
        return self.folder / f"{attempt}.jsonl"

    @contextmanager
    def workspace(self, name: str, tree: str = "") -> Iterator[Workspace]:
        """A working copy at the base (or at a snapshot made in it before), in a sandbox of its own."""
        folders = places(self.folder, name, self._root(), self.config)
        ahead = self._ahead if name == FIRST else None
        self._ahead = None if ahead else self._ahead
        with ahead.result() if ahead else self._open(folders) as sandbox:
            yield self._filled(sandbox, folders, tree)

    @contextmanager
    def fresh(self, name: str) -> Iterator[Workspace]:
        """A working copy at the base that nobody has touched."""
        remove(self.folder / "work" / name)
        with self.workspace(name) as workspace:
            yield workspace
        remove(self.folder / "work" / name)

    def beside(self, name: str = "beside") -> Callable[[], AbstractContextManager[Workspace]] | None:
        """Opens one more working copy at the base beside one that is open; None where the two would share a machine's
        folders, or its only processor."""
        alone = self.shared or os.cpu_count() == 1
        return None if alone else lambda: self.fresh(name)

    @property
    def shared(self) -> bool:
        """Whether all sandboxes are the same machine, so that only one can be in use at a time."""
        return self.config.sandbox == "host"

    def command(self) -> str:
        """The test command: the one given, else what the project's files suggest; empty where nothing does."""
        if self._command is None:
            self.baseline()
        return self._command or ""

    def baseline(self) -> TestReport:
        """What the tests say on the untouched base; measured once, in a fresh workspace."""
        with self._measuring:
            if self._baseline is None:
                self._baseline = self._kept_baseline() or self._measure()
        return self._baseline

    @property
    def measured(self) -> TestReport | None:
        """The baseline where it is known already."""
        return self._baseline

    def start_baseline(self) -> None:
        """Begin to measure in the background, so that nobody waits for it longer than need be."""
        if not self._begun:
            self._begun = True
            threading.Thread(target=self._quietly, daemon=True, name="baseline").start()

    def _quietly(self) -> None:
        try:
            self.baseline()
        except Exception:
            return

    def close(self, keep: bool) -> None:
        """Let go of the folder. Unless the run is to be resumed, only its logs and results stay."""
        abandon(self._ahead)
        self.outside.close()
        if not self.logs():
            remove(self.folder)
        elif not keep:
            for name in ("work", "base"):
                remove(self.folder / name)
        os.close(self._lock)

    def _root(self) -> str:
        return self.base.repo

    def _filled(self, sandbox: Sandbox, folders: Folders, tree: str) -> Workspace:
        workspace = Workspace(sandbox, folders, self.base.tree, self.base.commit)
        workspace.fill(tree)
        return workspace

    def _measure(self) -> TestReport:
        with self.fresh("baseline") as workspace:
            note = ""
            if self._command is None:
                found = detect(workspace)
                self._command, note = found.command, found.note
            if not self._command:
                return TestReport(command="", code=0, problem="the project names no test command", note=note)
            limits = self.config.quota.model_dump_json()
            name = baselines.key(
                workspace.sandbox, self.base.tree, self._command, limits, self.config.network
            )
            kept = baselines.find(state() / "baselines", name)
            report = kept or Suite(workspace, self._command).baseline()
            report = report.model_copy(update={"note": note, "kept": ""})  # its files go with the sandbox
        if (
            told := shareable(report)
        ).outcomes == report.outcomes:  # else it could not be compared after a resume
            put(self.folder / "baseline.json", told.model_dump_json())
            if name and not kept and not report.problem:
                folder = state() / "baselines"
                folder.mkdir(mode=0o700, exist_ok=True)
                put(folder / f"{name}.json", told.model_dump_json())
                baselines.prune(folder)
        return report

    def _kept_baseline(self) -> TestReport | None:
        path = self.folder / "baseline.json"
        if not path.exists():
            return None
        report = TestReport.model_validate_json(path.read_bytes())
        self._command = report.command
        return report


def shareable(report: TestReport) -> TestReport:
    """A report without the secrets that tests printed. Its command has to run again."""
    clean = ours().cleaned(report.model_dump())
    return TestReport.model_validate(clean | {"command": report.command})


def places(folder: Path, name: str, root: str, config: Config) -> Folders:
    """Where the parts of a working copy lie in a run's folder."""
    return Folders(base=folder / "base", work=folder / "work" / name, root=root, env_files=config.env_files)


def sandboxes(
    config: Config, network: Path | None = None, tell: Callable[[str], None] = lambda _: None
) -> Callable[[Folders], Sandbox]:
    """How to open the sandbox of the settings. `network` is the socket of the proxy that leads out."""
    return opener(config.sandbox, config.image, config.quota, network, tell)


def with_image(config: Config, base: Base, folder: Path, tell: Callable[[str], None]) -> tuple[Config, Base]:
    """Settings and base where an image was to be chosen from the base, which is kept in `folder`.

    Raises SandboxError.
    """
    if not undecided(config.sandbox, config.image):
        return config, base
    from ..sandbox.kept import Kept
    from ..sandbox.prepare import prepared

    found = prepared(Kept(folder, base.tree), state() / "images", tell)
    noted = base.model_copy(update={"notes": (*base.notes, found.why)})
    return config.model_copy(update={"image": found.image}), noted


def create(
    task: Task,
    config: Config,
    repository: Repository,
    ahead: bool = False,
    show: Callable[[Event], None] = lambda _: None,
    tell: Callable[[str], None] = lambda _: None,
    scripts: tuple[Script, ...] = (),
) -> Run:
    """Begin a run: keep the base, write the plan. `ahead`: open the first attempt's sandbox meanwhile.

    `show` is told of connections that are made while no attempt is open, `tell` how an image is prepared.
    Raises CheckoutError, SandboxError.
    """
    task = task.model_copy(update={"issue": ours().redact(task.issue)})
    folder = state() / "runs" / name_for(task)
    folder.mkdir(parents=True, mode=0o700)
    (folder / "base").mkdir()
    opening: Future[Sandbox] | None = None
    outside = Outside(folder, config.network, show)
    try:
        if ahead and not undecided(config.sandbox, config.image):
            first = places(folder, FIRST, str(repository.top), config)
            opening = ThreadPoolExecutor(1).submit(sandboxes(config, outside.socket, tell), first)
        base = repository.base(folder / "base", task.base, config.history, config.env_files)
        config, base = with_image(config, base, folder / "base", tell)
        plan = Plan(
            task=task.model_copy(update={"id": folder.name}), base=base, config=config, scripts=scripts
        )
        put(folder / "run.json", written(plan).model_dump_json(indent=1))
        return Run(folder, plan, outside, opening, tell)
    except BaseException:
        abandon(opening)
        outside.close()
        shutil.rmtree(folder, ignore_errors=True)
        raise


def written(plan: Plan) -> Plan:
    """A plan as it is written down: without the password that an endpoint's address may hold."""
    address = ours().redact(plan.config.base_url)
    return plan.model_copy(update={"config": plan.config.model_copy(update={"base_url": address})})


def abandon(opening: Future[Sandbox] | None) -> None:
    """Close a sandbox that was opened ahead and is not wanted."""
    if opening:
        with suppress(SandboxError):
            opening.result().close()


def reopen(folder: Path) -> Run:
    """Take up a run that was interrupted. Raises TaskError."""
    try:
        plan = Plan.model_validate_json((folder / "run.json").read_bytes())
    except (OSError, ValidationError) as e:
        raise TaskError(f"{folder} holds no run that can be resumed: {type(e).__name__}") from e
    if not (folder / "base").is_dir():
        raise TaskError(
            f"run {folder.name} is over: there is nothing to resume. `patchwright replay` shows it."
        )
    if markers(plan.config.base_url):
        address = os.environ.get("PATCHWRIGHT_BASE_URL", "")
        if not address:
            raise TaskError(
                f"the password in the endpoint's address {plan.config.base_url} is not kept: "
                "set PATCHWRIGHT_BASE_URL to the whole address and resume again."
            )
        plan = plan.model_copy(update={"config": plan.config.model_copy(update={"base_url": address})})
    return Run(folder, plan)


def find(name: str, repo: Path | None = None) -> Path:
    """A run's folder by its id, a part of it, or nothing: the newest one (of a repository)."""
    folders = [f for f in runs() if name in f.name and (repo is None or about(f, repo))]
    if not folders:
        raise TaskError(
            f"there is no run {name!r}: `patchwright sessions` lists them."
            if name
            else "there is no run yet."
        )
    return folders[-1]


def runs() -> list[Path]:
    """All run folders, oldest first."""
    return sorted(
        (f for f in (state() / "runs").glob("*") if (f / "run.json").exists()), key=lambda f: f.name
    )


def about(folder: Path, repo: Path) -> bool:
    try:
        plan = Plan.model_validate_json((folder / "run.json").read_bytes())
    except (OSError, ValidationError):
        return False
    return Path(plan.base.repo) == repo


def same(folder: Path, plan: Plan) -> bool:
    """Whether a run was begun for the same on the same base, and was interrupted."""
    try:
        other = Plan.model_validate_json((folder / "run.json").read_bytes())
    except (OSError, ValidationError):
        return False
    plan = written(plan)
    mine, theirs = (p.task.model_copy(update={"id": ""}) for p in (plan, other))
    bases = (plan.base.tree, plan.base.head) == (other.base.tree, other.base.head)
    return (folder / "base").is_dir() and mine == theirs and bases and plan.config == other.config


def logs(folder: Path) -> list[Path]:
    """The logs of a run's attempts, first to last."""
    found = (path for path in folder.glob("*.jsonl") if path.name != RECORD)
    return sorted(found, key=lambda path: int(path.stem))


def stamp() -> str:
    """Now, in UTC, as people and programs read it."""
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())


def name_for(task: Task) -> str:
    """Sorted by time, readable, and not to be guessed."""
    words = re.findall(r"[a-z0-9]+", task.issue.lower())[:4]
    return "-".join([time.strftime("%Y%m%d-%H%M%S"), *words, os.urandom(3).hex()])


def put(path: Path, text: str) -> None:
    """Write a file whole or not at all. A device or a pipe is written to as it is, and what a link leads to."""
    if path.exists() and not path.is_file():
        path.write_text(text, "utf-8")
        return
    path = path.resolve()
    spare = path.with_name(f".{path.name}.{os.urandom(4).hex()}")
    try:
        with spare.open("w", encoding="utf-8") as f:
            f.write(text)
            f.flush()
            os.fsync(f.fileno())
        spare.replace(path)
    except OSError:
        spare.unlink(missing_ok=True)
        raise


def lock(folder: Path) -> int:
    """Hold a run's folder for this process. The lock dies with the process."""
    handle = os.open(folder / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as e:
        os.close(handle)
        raise TaskError(f"run {folder.name} is open in another process.") from e
    return handle

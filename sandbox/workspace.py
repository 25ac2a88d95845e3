"""The working copy inside a sandbox: its files, its commands, and its snapshots.

Snapshots are git trees in a private git directory that lies outside of the working copy, made by the git
inside. The host never runs git on anything that the sandbox can write; it receives patch text, and checks it.
"""

import os
import shlex
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from .base import Completed, Sandbox, SandboxError
from .folders import NOBODY, Folders
from .patch import Patch, parse

SKELETON = {
    "HEAD": "ref: refs/heads/main\n",
    "config": "[core]\n\trepositoryformatversion = {version}\n\tbare = {bare}\n\tquotePath = true\n{extra}",
    "info/attributes": "* -filter -text -ident -working-tree-encoding\n",
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


class Workspace:
    """The files of one attempt, through one sandbox."""

    def __init__(self, sandbox: Sandbox, folders: Folders, base: str, commit: str) -> None:
        self.sandbox, self.folders, self.base, self.commit = sandbox, folders, base, commit
        self.root = sandbox.root
        self._shell = "sh"

    def fill(self, tree: str = "") -> None:
        """Lay the base, or a snapshot taken before, into the working copy."""
        if not (self.folders.git / "HEAD").exists():
            self._prepare()
        self.restore(tree or self.base)
        script = 'test -f "$0/.git/index" || cp "$GIT_DIR/index" "$0/.git/index"; command -v bash >/dev/null && echo bash'
        self._shell = self._run("sh", "-c", script, self.root).output.strip() or "sh"

    def _prepare(self) -> None:
        """Two git directories: ours for snapshots, and one in the tree that the model's own git may use."""
        sha256 = len(self.commit) == 64
        alternates = f"{self.sandbox.basedir}/objects"
        own = self.folders.tree / ".git"
        skeleton(own, alternates=alternates, sha256=sha256, bare=False)
        (own / "refs/heads/main").write_text(self.commit + "\n")
        skeleton(self.folders.git, alternates=alternates, sha256=sha256)
        hand_over(own)
        hand_over(self.folders.git)

    def read(self, path: str, limit: int = 20_000_000) -> bytes:
        """As Sandbox.read."""
        return self.sandbox.read(path, limit)

    def write(self, path: str, data: bytes) -> None:
        """As Sandbox.write."""
        self.sandbox.write(path, data)

    def shell(self, command: str, seconds: float, env: Mapping[str, str] | None = None) -> Completed:
        """Run a command line in the working copy by bash, or by sh where there is no bash."""
        return self.sandbox.run([self._shell, "-c", command], seconds=seconds, env=QUIET | dict(env or {}))

    def snapshot(self) -> str:
        """Keep the files as they are now; the git tree that stands for them."""
        return self._git("sh", "-c", f"{shlex.join(GIT)} add -A . && git write-tree").output.strip()

    def restore(self, tree: str) -> None:
        """Make the files what a snapshot holds; what git ignores stays."""
        git = shlex.join(GIT)
        script = f"{git} read-tree --reset -u {tree} && {git} checkout-index -a -f -q && {git} clean -ffdq"
        self._git("sh", "-c", f"rm -f $GIT_DIR/index.lock; {script}")

    def diff(self, old: str, new: str) -> Patch:
        """The change from one snapshot to another."""
        if old == new:
            return Patch(text="", base=old)
        data = self._diff(old, new)
        try:
            return parse(data.decode(), old)
        except UnicodeDecodeError:
            return parse("".join(self._by_file(old, new)), old)

    def _by_file(self, old: str, new: str) -> Iterator[str]:
        """Text in another encoding than UTF-8 goes into a patch in git's binary form, which loses nothing."""
        names = self._plumb([*GIT, "diff", "--name-only", "--no-renames", "-z", old, new])
        for name in filter(None, names.split(b"\0")):
            try:
                yield self._diff(old, new, os.fsdecode(name)).decode()
            except UnicodeDecodeError:
                yield self._diff(old, new, os.fsdecode(name), binary=True).decode()

    def _diff(self, old: str, new: str, name: str = "", binary: bool = False) -> bytes:
        attributes = "/tmp/.patchwright-attributes"
        self.sandbox.run(["sh", "-c", f"echo '* -diff' > {attributes}"])
        git = [*GIT, "-c", f"core.attributesFile={attributes}"] if binary else GIT
        flags = ["--binary", "--full-index", "--no-renames", "--no-color", "--no-ext-diff", "--no-textconv"]
        prefixes = ("--src-prefix=a/", "--dst-prefix=b/")
        return self._plumb(
            [*git, "diff", *flags, *prefixes, old, new, "--", *([f":(literal,top){name}"] if name else [])]
        )

    def _plumb(self, argv: Sequence[str]) -> bytes:
        """What a git command prints, byte for byte."""
        where = "/tmp/.patchwright-out"
        self._git("sh", "-c", f"{shlex.join(argv)} > {where}")
        data = self.sandbox.read(where, limit=200_000_000)
        self.sandbox.run(["rm", "-f", where])
        return data

    def apply(self, patch: Patch) -> Completed:
        """Apply a patch to the files; a value, since a patch that does not apply is no failure of ours."""
        where = f"{self.root}/.patchwright-{patch.digest[:12]}.patch"
        self.sandbox.write(where, patch.text.encode())
        script = f"git apply --whitespace=nowarn {shlex.quote(where)}; code=$?; rm -f {shlex.quote(where)}; exit $code"
        return self._run("sh", "-c", script)

    def git(self, *words: str, seconds: float = 60) -> Completed:
        """Run git on the snapshots, say to search in the files that are not ignored."""
        return self._run(*GIT, *words, seconds=seconds)

    def _git(self, *argv: str) -> Completed:
        done = self._run(*argv)
        if not done.ok:
            raise SandboxError(f"a snapshot could not be made: {done.output.strip()[-500:] or done.ended}")
        return done

    def _run(self, *argv: str, seconds: float = 600) -> Completed:
        where = {"GIT_DIR": self.sandbox.gitdir, "GIT_WORK_TREE": self.root}
        return self.sandbox.run(argv, seconds=seconds, env=ENV | where)


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

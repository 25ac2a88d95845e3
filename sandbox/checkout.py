"""From the user's repository to a base that an attempt can start from. Host side.

The user's checkout, index, refs and stash are read and never written.
"""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path

from .base import Frozen
from .patch import SUBMODULE
from .withheld import WHY, listed, withheld
from .workspace import skeleton


class CheckoutError(Exception):
    """The repository cannot serve: the text says what is wrong and what to do."""


class Base(Frozen):
    """The state of a repository that an attempt starts from, kept in a git directory of its own."""

    repo: str
    """The checkout's top folder."""
    head: str
    """The commit that HEAD (or --base) names in the user's repository."""
    tree: str
    """The git tree of the base: that commit, or the checkout as it stands where it is dirty."""
    commit: str
    """The one commit inside, whose tree is `tree`."""
    dirty: bool
    notes: tuple[str, ...] = ()
    hidden: tuple[str, ...] = ()
    """Files that are not in the tree, since their names say that they hold secrets."""


CLEAN = {
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_OPTIONAL_LOCKS": "0",
    "LC_ALL": "C",
    "GIT_AUTHOR_NAME": "patchwright",
    "GIT_AUTHOR_EMAIL": "patchwright@localhost",
    "GIT_AUTHOR_DATE": "2000-01-01T00:00:00Z",
    "GIT_COMMITTER_NAME": "patchwright",
    "GIT_COMMITTER_EMAIL": "patchwright@localhost",
    "GIT_COMMITTER_DATE": "2000-01-01T00:00:00Z",
}
STRAY = (
    "GIT_DIR",
    "GIT_WORK_TREE",
    "GIT_INDEX_FILE",
    "GIT_OBJECT_DIRECTORY",
    "GIT_ALTERNATE_OBJECT_DIRECTORIES",
)
"""Variables that a hook or an editor may have set for its own repository."""


class GitError(Exception):
    """A git command failed; the text is what it printed."""


def run(where: Path, *words: str, env: Mapping[str, str] | None = None, stdin: bytes = b"") -> str:
    """What one git command prints, without the last newline. Raises GitError.

    Not by GitPython, which starts the same process: to import it takes as long as all of a start's git commands.
    """
    own = {name: value for name, value in os.environ.items() if name not in STRAY}
    whole = {**own, "LC_ALL": "C", **(env or {})}
    done = subprocess.run(["git", *words], cwd=where, env=whole, input=stdin, capture_output=True)
    if done.returncode:
        raise GitError(os.fsdecode(done.stderr).strip())
    return os.fsdecode(done.stdout).removesuffix("\n")


class Repository:
    """A checkout on disk. Raises CheckoutError where there is none."""

    def __init__(self, path: Path) -> None:
        path = path.resolve()
        if not path.is_dir():
            raise CheckoutError(f"{path} is not a folder: give the repository's folder with --repo.")
        if not shutil.which("git"):
            raise CheckoutError("git is not on PATH: install it (Debian: apt-get install git).")
        try:
            out = run(
                path, "rev-parse", "--show-toplevel", "--git-common-dir", "--git-dir", "--show-object-format"
            )
        except GitError as e:
            raise CheckoutError(no_repository(path, str(e))) from e
        top, common, own, form = out.splitlines()
        nearest = next((p for p in (path, *path.parents) if os.path.lexists(p / ".git")), None)
        if nearest != Path(top):
            raise CheckoutError(
                f"{path} holds a git directory that claims {top} for its files (core.worktree): if you trust it, "
                "give the folder in which its .git lies."
            )
        self.top, self.sha256 = Path(top), form == "sha256"
        self.common, self.own = (Path(os.path.normpath(path / p)) for p in (common, own))

    def commit(self, name: str) -> str:
        return self._commit_and_tree(name)[0]

    def _commit_and_tree(self, name: str) -> tuple[str, str]:
        try:
            # Not with --verify, which takes one name only; before git 2.44 the option itself is echoed.
            found = run(self.top, "rev-parse", "--end-of-options", f"{name}^{{commit}}", f"{name}^{{tree}}")
            commit, tree = found.split()[-2:]
            return commit, tree
        except GitError as e:
            if name == "HEAD":
                raise CheckoutError(f"{self.top} has no commits yet: make one, then start again.") from e
            raise CheckoutError(
                f"no commit {name!r} in {self.top}: --base takes a branch, a tag or a commit that is there."
            ) from e

    def base(self, into: Path, name: str = "", history: int = 0, env_files: bool = False) -> Base:
        """Keep the base in `into`: the commit `name`, or the checkout as it stands where no name is given.

        `history`: how many commits before it are kept too. Without, there is one commit and nothing else.
        `env_files`: whether files that hold secrets by their name are kept like any other.
        """
        head, committed = self._commit_and_tree(name or "HEAD")
        skeleton(into, alternates=str(self.common / "objects"), sha256=self.sha256)
        notes, hidden = list[str](), None if env_files else list[str]()
        inside = {**CLEAN, "GIT_DIR": str(into), "GIT_INDEX_FILE": str(into / "index")}
        if name:
            tree = committed = self._stripped(into, inside, committed, hidden)
        else:
            tree = self._as_it_stands(into, inside, head, notes, hidden)
            committed = self._stripped(into, inside, committed, []) if hidden else committed
        if hidden:
            notes.append(f"left out {listed(hidden)}: {WHY}")
        if history and hidden is not None and (held := self._in_the_past(head, history)):
            notes.append(f"the history is left out: there was {listed(held)} in it, and {WHY}")
            history = 0
        parent = ("-p", head) if history else ()
        commit = run(into, "commit-tree", tree, *parent, "-m", "base", env=inside)
        self._pack(into, inside, commit, history)
        (into / "objects/info/alternates").unlink()
        (into / "index").unlink(missing_ok=True)
        (into / "refs/heads/main").write_text(commit + "\n")
        return Base(
            repo=str(self.top),
            head=head,
            tree=tree,
            commit=commit,
            dirty=tree != committed,
            notes=tuple(notes),
            hidden=tuple(hidden or ()),
        )

    def uncommitted(self, env_files: bool = False) -> tuple[str, tuple[str, ...]]:
        """What the checkout as it stands changes against HEAD, as a patch, and what was left out."""
        head, committed = self._commit_and_tree("HEAD")
        with tempfile.TemporaryDirectory(prefix="patchwright-") as folder:
            into = Path(folder) / "git"
            into.mkdir()
            skeleton(into, alternates=str(self.common / "objects"), sha256=self.sha256)
            inside = {**CLEAN, "GIT_DIR": str(into), "GIT_INDEX_FILE": str(into / "index")}
            notes, hidden = list[str](), None if env_files else list[str]()
            tree = self._as_it_stands(into, inside, head, notes, hidden)
            committed = self._stripped(into, inside, committed, hidden)
            without = [f":(exclude,literal,top){name}" for name in [*self.submodules(), *(hidden or ())]]
            (into / "binary").write_text("* -diff\n")
            words = ("diff", "--binary", "--full-index", "--no-renames", "--no-ext-diff", "--no-textconv")
            ends = ("--src-prefix=a/", "--dst-prefix=b/", committed, tree, "--", ".", *without)
            text = run(into, *words, *ends, env=inside)
            if any("\ud800" <= sign <= "\udfff" for sign in text):  # not UTF-8: as git keeps bytes
                attributes = ("-c", f"core.attributesFile={into / 'binary'}")
                text = run(into, *attributes, *words, *ends, env=inside)
        return f"{text}\n" if text else "", tuple(notes)

    def _stripped(self, into: Path, env: dict[str, str], tree: str, hidden: list[str] | None) -> str:
        """A tree without its files of secrets, whose names are added to `hidden`; None: they may stay."""
        if hidden is None:
            return tree
        names = run(self.top, "ls-tree", "-r", "-z", "--name-only", tree).split("\0")
        if not (found := list(filter(withheld, names))):
            return tree
        hidden += found
        run(into, "read-tree", tree, env=env)
        self._forget(env, found)
        return run(into, "write-tree", env=env)

    def _forget(self, env: dict[str, str], names: Iterable[str]) -> None:
        """Take files out of the index, whatever is on disk."""
        given = "".join(f"{name}\0" for name in names)
        work = {**env, "GIT_WORK_TREE": str(self.top)}
        run(self.top, "update-index", "--force-remove", "-z", "--stdin", env=work, stdin=os.fsencode(given))

    def _in_the_past(self, head: str, history: int) -> list[str]:
        """Files of secrets in the last commits: git would show them, though no longer in the files."""
        objects = run(self.top, "rev-list", "--objects", f"--max-count={history}", head).split("\n")
        return sorted({name for _, _, name in (row.partition(" ") for row in objects) if withheld(name)})

    def _pack(self, into: Path, env: dict[str, str], commit: str, history: int) -> None:
        pack = into / "objects" / "pack" / "pack"
        pack.parent.mkdir(exist_ok=True)
        if not history:
            run(into, "pack-objects", "--revs", "--quiet", str(pack), env=env, stdin=commit.encode() + b"\n")
            return
        if (cut := self.common / "shallow").exists():
            shutil.copy(cut, into / "shallow")
        reach = (f"--max-count={history + 1}", commit)
        objects = run(into, "rev-list", "--objects", "--no-object-names", *reach, env=env)
        lines = [line.split() for line in run(into, "rev-list", "--parents", *reach, env=env).splitlines()]
        run(into, "pack-objects", "--quiet", str(pack), env=env, stdin=f"{objects}\n".encode())
        kept = {line[0] for line in lines}
        ends = [line[0] for line in lines if not kept.issuperset(line[1:])]
        if (into / "shallow").exists():
            ends += [name for name in (into / "shallow").read_text().split() if name in kept]
        (into / "shallow").write_text("".join(f"{name}\n" for name in dict.fromkeys(ends)))

    def _as_it_stands(
        self, into: Path, env: dict[str, str], head: str, notes: list[str], hidden: list[str] | None
    ) -> str:
        """The tree of the files on disk: tracked as they are, and untracked where nothing ignores them."""
        tracked = self._copy_index(into, env, head)
        work = {**env, "GIT_WORK_TREE": str(self.top)}
        secret = [] if hidden is None else list(filter(withheld, tracked))
        if secret:
            self._forget(env, secret)
        options = (
            "-c",
            "core.fsmonitor=false",
            "-c",
            "advice.addEmbeddedRepo=false",
            "-c",
            "core.safecrlf=false",
        )
        if self._converts(tracked):
            run(self.top, *options, "add", "--renormalize", ".", env=work)
        others = self._others(work)
        nested = [name.rstrip("/") for name in others if name.endswith("/")]
        notes.extend(f"left out {name}: a git repository of its own" for name in nested)
        if hidden is not None:
            hidden += dict.fromkeys([*secret, *filter(withheld, others)])
        without = [f":(exclude,literal){name}" for name in [*nested, *(hidden or ())]]
        run(self.top, *options, "add", "-A", "--", ".", *without, env=work)
        submodules = [name for name, mode in tracked.items() if mode == SUBMODULE]
        self._take_in(submodules, into, env, notes, hidden)
        return run(self.top, "write-tree", env=env)

    def _copy_index(self, into: Path, env: dict[str, str], head: str) -> dict[str, str]:
        """Start from the user's index, whose stat data spares reading every file again. What is tracked: its mode."""
        for part in [self.own / "index", *self.own.glob("sharedindex.*")]:
            if part.exists():
                shutil.copy2(part, into / part.name)
        try:
            if tracked := self._tracked(env):
                return tracked
        except GitError:
            pass  # an index that git cannot read
        (into / "index").unlink(missing_ok=True)
        run(into, "read-tree", head, env=env)
        return self._tracked(env)

    def _tracked(self, env: dict[str, str]) -> dict[str, str]:
        listing = run(self.top, "ls-files", "-z", "--stage", env=env).split("\0")
        return {name: mode[:6] for mode, _, name in (line.partition("\t") for line in listing) if name}

    def _converts(self, tracked: Iterable[str]) -> bool:
        """Whether files on disk may differ from what git stores (line ends, LFS): then all are read anew."""
        if run(self.top, "config", "--get", "--default", "", "core.autocrlf") in ("true", "input"):
            return True
        attributes = self.common / "info/attributes"
        return attributes.exists() or any(Path(name).name == ".gitattributes" for name in tracked)

    def _others(self, env: dict[str, str]) -> list[str]:
        """Untracked files; a name with a slash at its end is a repository that is no submodule."""
        return run(self.top, "ls-files", "-z", "--others", "--exclude-standard", env=env).split("\0")

    def _take_in(
        self,
        submodules: Iterable[str],
        into: Path,
        env: dict[str, str],
        notes: list[str],
        hidden: list[str] | None,
    ) -> None:
        """Replace the submodules that are checked out by their files."""
        for name in submodules:
            if not (self.top / name / ".git").exists():
                continue
            inner = Repository(self.top / name)
            with tempfile.TemporaryDirectory(dir=into) as folder:
                kept = inner.base(Path(folder), env_files=hidden is None)
                for pack in (Path(folder) / "objects/pack").iterdir():
                    target = into / "objects/pack" / pack.name
                    target.parent.mkdir(exist_ok=True)
                    shutil.move(pack, target)
            run(
                self.top,
                "rm",
                "--cached",
                "-f",
                "-q",
                "--",
                name,
                env={**env, "GIT_WORK_TREE": str(self.top)},
            )
            run(
                self.top,
                "read-tree",
                "-i",
                f"--prefix={name}/",
                kept.tree,
                env={**env, "GIT_WORK_TREE": str(self.top)},
            )
            if hidden is not None:
                hidden += (f"{name}/{path}" for path in kept.hidden)
            notes.append(f"submodule {name} is part of the base by its files; a change in it is in the patch")

    def submodules(self) -> list[str]:
        """The paths at which HEAD has a submodule."""
        listing = run(self.top, "ls-tree", "-r", "-z", self.commit("HEAD")).split("\0")
        return [line.partition("\t")[2] for line in listing if line.startswith(SUBMODULE)]


def no_repository(path: Path, error: str) -> str:
    if "dubious ownership" in error:
        return f"git refuses {path}: it belongs to another user. Allow it: git config --global --add safe.directory {path}"
    if "must be run in a work tree" in error:
        return f"{path} is a bare repository: give a checkout of it with --repo."
    return f"{path} is not in a git repository: run patchwright inside one, or give its folder with --repo."

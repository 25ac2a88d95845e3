"""A verified patch put where the user asked for it: into the checkout, or on a branch. Host side.

Nothing else writes to the user's repository.
"""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import git

from .checkout import STRAY, CheckoutError
from .patch import Patch


def apply(top: Path, patch: Patch) -> None:
    """Apply a patch to the user's files, whole or not at all. Raises CheckoutError."""
    with (
        told(f"the patch does not apply to {top} as it is now, and nothing was changed"),
        file(patch) as text,
    ):
        commands(top).apply("--whitespace=nowarn", "-", istream=text)


def branch(top: Path, name: str, patch: Patch, parent: str, message: str) -> str:
    """Make a branch with one commit on `parent`; checkout and index stay as they are. Its commit's id.

    Raises CheckoutError, also where there is a branch of that name.
    """
    do = commands(top)
    with (
        told(f"no branch {name!r} was made"),
        file(patch) as text,
        tempfile.TemporaryDirectory() as folder,
        do.custom_environment(GIT_INDEX_FILE=f"{folder}/index"),
    ):
        do.check_ref_format("--branch", name)
        do.read_tree(parent)
        do.apply("--cached", "--whitespace=nowarn", "-", istream=text)
        commit = str(do.commit_tree(do.write_tree(), "-p", parent, "-m", message))
        do.update_ref("--create-reflog", f"refs/heads/{name}", commit, "0" * len(commit))
    return commit


def commands(top: Path) -> git.Git:
    """git in the user's checkout, wherever a hook or an editor has pointed it to."""
    for name in STRAY:
        os.environ.pop(name, None)
    return git.Git(str(top))


@contextmanager
def file(patch: Patch) -> Iterator[IO[bytes]]:
    with tempfile.TemporaryFile() as text:
        text.write(patch.text.encode())
        text.seek(0)
        yield text


@contextmanager
def told(what: str) -> Iterator[None]:
    """Raises CheckoutError with git's own words behind `what`, in one line."""
    try:
        yield
    except git.CommandError as e:
        text = str(e.stderr).strip().removeprefix("stderr: ").strip("' \n")
        raise CheckoutError(f"{what}: {' '.join(text.split())[:400]}") from e

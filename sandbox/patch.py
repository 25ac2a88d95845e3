"""A change as a git patch, and whether it may be handed to anyone."""

import hashlib
import posixpath
import re
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from pydantic import ConfigDict, computed_field

from .base import Frozen
from .withheld import WHY, withheld

if TYPE_CHECKING:
    from unidiff.patch import PatchedFile

SUBMODULE, SYMLINK = "160000", "120000"
"""Modes of a git tree's entries: another repository's commit, and a link."""


class PatchError(Exception):
    """The patch is no patch, or one that nobody should apply. The text says which file and why."""


class Patch(Frozen):
    """What was changed, against which base tree."""

    model_config = ConfigDict(frozen=True, extra="ignore")  # a stored digest is computed anew

    text: str
    base: str = ""
    """The git tree that it applies to."""
    files: tuple[str, ...] = ()
    added: int = 0
    removed: int = 0
    notes: tuple[str, ...] = ()
    """What was changed and is not in the patch, and why."""

    @computed_field
    @property
    def digest(self) -> str:
        return hashlib.sha256(self.text.encode()).hexdigest()

    def __bool__(self) -> bool:
        return bool(self.text.strip())


def parse(text: str, base: str = "", env_files: bool = True) -> Patch:
    """Read a patch from anyone. Raises PatchError where it is malformed or leaves the repository.

    `env_files`: whether it may hold files of secrets.
    """
    from unidiff.errors import UnidiffParseError  # only now: a run's first request needs none of it
    from unidiff.patch import PatchSet

    try:
        found = PatchSet(text)
    except UnidiffParseError as e:
        raise PatchError(f"not a patch in unified diff format: {e}") from e
    except (UnboundLocalError, AttributeError, IndexError, ValueError) as e:
        raise PatchError(f"not a patch in unified diff format: {e}") from e
    if text.strip() and not found:
        raise PatchError("no file header (--- a/…, +++ b/…) found: not a patch in unified diff format")
    files = []
    for file in found:
        if not len(file) and not file.patch_info:
            raise PatchError(f"{file.path}: no hunk (@@ -…) that can be read")
        names = [path(header) for header in (file.source_file, file.target_file) if header]
        for name in names:
            if reason := refused(name, env_files) or odd(file, name):
                raise PatchError(f"{name!r} {reason}")
        files.append(names[0] if names[-1] == "/dev/null" else names[-1])
    return Patch(text=text, base=base, files=tuple(files), added=found.added, removed=found.removed)


def misfit(text: str, said: str) -> str:
    """Why git refused a patch, from what it printed, with the hunk and its line in the patch where it names them."""
    from unidiff.patch import PatchSet

    if found := re.search(r"patch failed: (.+):(\d+)$", said, re.MULTILINE):
        name, line = found[1], int(found[2])
        for file in PatchSet(text):
            for number, hunk in enumerate(file, 1):
                if line == hunk.source_start and name in (path(file.source_file), path(file.target_file)):
                    at = (hunk[0].diff_line_no or 1) - 1 if len(hunk) else 0
                    which = f"hunk {number} of {len(file)}" if len(file) > 1 else "its hunk"
                    return f"{name}: {which} at line {line} (line {at} of the patch) does not fit what stands there"
    errors = [row.removeprefix("error: ") for row in said.splitlines() if row.startswith("error: ")]
    return "; ".join(errors)[:300] or " ".join(said.split())[:300]


def path(header: str) -> str:
    """The path that a header names: without git's quotes, and without its a/ or b/."""
    name = header
    if name.startswith('"') and name.endswith('"'):
        raw = name[1:-1].encode("latin-1", "backslashreplace").decode("unicode_escape")
        name = raw.encode("latin-1", "replace").decode("utf-8", "surrogateescape")
    return name[2:] if name.startswith(("a/", "b/")) else name


def refused(name: str, env_files: bool = True) -> str:
    """Why a path may not stand in a patch; empty where it may. `env_files`: whether files of secrets may."""
    if name == "/dev/null":
        return ""
    if name.startswith("/"):
        return "is an absolute path"
    parts = PurePosixPath(name).parts
    if ".." in parts:
        return "leaves the repository"
    if any(part.lower() == ".git" or part.lower().startswith("git~") for part in parts):
        return "lies in a .git folder"
    if not env_files and withheld(name):
        return f"is kept out of patches: {WHY}"
    return ""


def odd(file: "PatchedFile", name: str) -> str:
    """Why a file of a patch may not become what its header says; empty where it may."""
    modes = re.findall(
        r"^(?:new file mode|new mode|index \S+) (\d{6})\s*$", "".join(file.patch_info or ()), re.M
    )
    if SUBMODULE in modes:
        return "is a git repository of its own"
    target = "".join(line.value.rstrip("\n") for hunk in file for line in hunk if line.is_added)
    if SYMLINK in modes and target and leaves(name, target):
        return f"is a link to {target}, which is outside of the repository"
    return ""


def leaves(path: str, target: str) -> bool:
    """Whether a link at `path` leads out of the repository."""
    whole = posixpath.normpath(posixpath.join(posixpath.dirname(path), target))
    return target.startswith("/") or whole == ".." or whole.startswith("../")

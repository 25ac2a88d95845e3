"""Laying changes down on the files: all of them, or none."""

import posixpath
from collections.abc import Mapping, Sequence

from ..sandbox.patch import refused
from ..sandbox.workspace import Workspace
from .base import ToolError
from .editing.draft import Change

CHECK = """top=$(pwd -P)
for p; do
  [ -e "$p" ] || [ -L "$p" ] || continue
  d=$(cd -P -- "$(dirname -- "$p")" && pwd -P) || exit 1
  case $d/ in "$top"/*) ;; *) echo "$p leads outside the working copy"; exit 1;; esac
done
"""
DELETE = f'{CHECK}rm -f -- "$@"'
COPY = """[ -L "$1" ] && { echo "$1 is a link: move it by a command"; exit 1; }
mkdir -p -- "$(dirname -- "$2")" && cp -p -- "$1" "$2"
"""


def land(workspace: Workspace, changes: Sequence[Change]) -> Mapping[str, str]:
    """Write, move and delete; of paths that are links, the files that they led to.

    Raises ToolError, and then every file is as it was.
    """
    for change in changes:
        if reason := refused(change.path):
            raise ToolError(f"{change.path} {reason}: only files of the repository can be written")
    done: list[Change] = []
    try:
        return landed(workspace, changes, done)
    except (OSError, ToolError) as e:
        lost = put_back(workspace, done)
        text = f"{e.filename}: {e.strerror}" if isinstance(e, OSError) else str(e)
        also = f"; these could not be put back: {', '.join(lost)}" if lost else ""
        others = ". No file was changed" if len(changes) > 1 and not lost else ""
        raise ToolError(f"{text}{also}{others}") from e


def landed(workspace: Workspace, changes: Sequence[Change], done: list[Change]) -> Mapping[str, str]:
    """As `land`, noting each change that was made. What is deleted goes last: it is the hardest to put back."""
    places: dict[str, str] = {}
    for change in changes:
        if change.after is None:
            continue
        if change.source:
            sh(workspace, COPY, change.source, change.path)
            done.append(change)
        place = written(workspace, change.path, change.after)
        done.append(change)
        if place in places:
            raise ToolError(f"{change.path} and {places[place]} are the same file: change it by one name")
        places[place] = change.path
    gone = [change for change in changes if change.after is None]
    if gone:
        done += gone
        sh(workspace, DELETE, *(change.path for change in gone))
    return {path: place for place, path in places.items() if place != path}


def written(workspace: Workspace, path: str, data: bytes) -> str:
    """The file that was written, from the repository's top."""
    try:
        return posixpath.normpath(workspace.write(path, data))
    except OSError as e:
        raise OSError(e.errno, e.strerror, path) from e


def put_back(workspace: Workspace, done: Sequence[Change]) -> list[str]:
    """Undo changes; the paths where that failed."""
    lost: list[str] = []
    for change in reversed(done):
        try:
            if change.before is not None:
                workspace.write(change.path, change.before)
            else:
                sh(workspace, DELETE, change.path)
        except (OSError, ToolError):
            lost.append(change.path)
    return lost


def sh(workspace: Workspace, script: str, *paths: str) -> None:
    """Run a script on paths. Raises ToolError with what it says."""
    done = workspace.execute(["sh", "-c", script, "sh", *(f"./{path}" for path in paths)], 60)
    if not done.ok:
        raise ToolError(done.output.strip().removeprefix("./") or f"{', '.join(paths)}: {done.ended}")

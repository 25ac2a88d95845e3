"""Finding text in the repository: by ripgrep where the sandbox has it, else by git, with the same results.

Which files there are is git's to say: ignored ones are left out, those that are tracked all the same are not.
"""

import os
import posixpath
import re
import shlex
from collections.abc import Sequence
from typing import Annotated, NamedTuple

from pydantic import Field

from ..sandbox.base import Completed
from ..sandbox.secrets import ours
from ..sandbox.workspace import Workspace
from .base import ToolError, tool
from .read import missing

MOST = 100
"""Lines that are shown, at most `PER_FILE` of each of several files."""
PER_FILE = 10
WIDEST = 240
"""Characters of a line that are shown, around what matched."""
MARGIN = 300
"""Bytes on both sides of them in which a secret may begin or end."""
LARGEST = 8_000_000
"""Bytes of matching lines that are looked at; of more, those that git finds first."""

CHECK = """test -e "$2" || exit 4
test "$2" = . || { p=$(readlink -f -- "$2"); test "$p" = "$(pwd -P)/$2" || { echo "$p"; exit 5; }; }
"""
"""Neither engine is to follow a link: ripgrep would, out of the repository too."""
PLAIN = "LC_ALL=C.UTF-8 git --literal-pathspecs grep --no-color"
GREP = f"{PLAIN} -nIPz --column -e"
LIST = """kept=$GIT_DIR/patchwright-kept
git --literal-pathspecs ls-files -ciz --exclude-standard -- "$2" > "$kept" &
"""
"""What is ignored and tracked all the same is left out by both engines, and searched besides."""
GIT = f"""{CHECK}{LIST}
{{ {GREP} "(*ANYCRLF)(*UCP)$1" --untracked -- "$2"; echo "code $?" >&2; }} | head -c {LARGEST}
wait
test ! -s "$kept" || {GREP} "(*ANYCRLF)(*UCP)$1" -- "$2" | head -c {LARGEST}"""
PLAINLY = "/plain"
"""What is told where there is neither such a file nor a repository within; no path begins like this."""
FILES = (
    "--no-config --hidden --no-require-git --glob '!.git' --no-ignore-global --no-ignore-parent --no-ignore-dot"
    ' --no-ignore-exclude --ignore-file "$GIT_DIR/info/exclude" --no-messages --color never --null'
)
"""ripgrep's rules for what to leave out, as near to git's as it has them: its own files and settings say nothing."""
LINES = "--encoding none --crlf --no-heading -nH --column"
RUN = f'{{ rg {FILES} {LINES} -e "$1" -- "$3"; echo "code $?" >&2; }} | head -c {LARGEST}'
THERE = f"if ! command -v rg > /dev/null || test -e .rgignore; then exit 3; fi\n{CHECK}"
"""Of a .rgignore nothing keeps every ripgrep from."""
RIPGREP = f"""{THERE}{LIST}nested=$GIT_DIR/patchwright-nested
git --literal-pathspecs ls-files -s -- "$2" | sed -n 's/^160000[^\t]*\t//p' > "$nested" &
{RUN}
wait
test -s "$kept" || test -s "$nested" || {{ echo {PLAINLY} >&2; exit 0; }}
test ! -s "$kept" || xargs -0 rg --no-config --no-messages --color never --null {LINES} -e "$1" -- < "$kept" | head -c {LARGEST}
cat "$nested" >&2"""
"""Repositories within are told, to be left out."""
ROW = re.compile(rb"([^\0]*)\0(\d+)[:\0](\d+)[:\0]([^\n]*)\n")
NOTE = re.compile(rb"[^\n]*: (?:WARNING: stopped searching binary file|binary file matches)[^\n]*\n")
"""What ripgrep prints between the lines where a zero byte comes late in a file."""


class Line(NamedTuple):
    number: int
    column: int
    """Where the match begins, in bytes from 1."""
    text: bytes


Row = tuple[bytes, bytes, bytes]


class Hits(NamedTuple):
    """A file's lines that match, as an engine printed them: most are only counted."""

    rows: list[Row]

    def lines(self) -> list[Line]:
        return sorted(Line(int(number), int(column), text) for number, column, text in self.rows)


Found = dict[str, Hits]
"""The matching lines by path, sorted."""


@tool
def search(
    workspace: Workspace,
    pattern: Annotated[str, Field(description="regular expression", min_length=1)],
    path: Annotated[str, Field(description="folder or file")] = ".",
) -> str:
    """Find lines that match a pattern, by file."""
    found, cut = find(workspace, pattern, path)
    return shown(found, cut) if found else f"nothing matches {pattern!r}"


def find(workspace: Workspace, pattern: str, path: str = ".", seconds: float = 60) -> tuple[Found, bool]:
    """All lines that match, and whether more match that were not looked at. Raises ToolError."""
    inside = within(workspace, path)
    if "\n" in pattern:
        raise ToolError("a pattern is looked for within each line: leave the line break out")
    return by_ripgrep(workspace, pattern, inside, seconds) or by_git(workspace, pattern, inside, seconds)


def by_ripgrep(workspace: Workspace, pattern: str, inside: str, seconds: float) -> tuple[Found, bool] | None:
    """None where it is not there, does not know the pattern, or finds more than is looked at: its order is none."""
    where = "./" if inside == "." else f"./{inside}"
    fact = (workspace.latest, f"{PLAINLY} {inside}")
    script = THERE + RUN if fact in workspace.facts else RIPGREP
    done, data = workspace.output(script, pattern, inside, where, seconds=seconds)
    raise_for(workspace, done, inside, data)
    code, told = outcome(done)
    if code not in (0, 1) or len(data) >= LARGEST:
        return None
    if told.strip() == PLAINLY and workspace.latest:
        workspace.facts.add(fact)  # so it stays while the tree does
        told = ""
    nested = tuple(f"{top}/" for top in told.splitlines())
    return {path: hits for path, hits in by_file(data).items() if not path.startswith(nested)}, False


def by_git(workspace: Workspace, pattern: str, inside: str, seconds: float) -> tuple[Found, bool]:
    done, data = workspace.output(GIT, pattern, inside, seconds=seconds)
    raise_for(workspace, done, inside, data)
    cut = len(data) >= LARGEST
    if not cut and outcome(done)[0] not in (0, 1):
        reason = done.output.partition("\ncode ")[0].strip().removeprefix("fatal: ")
        reason = reason.partition(f"{pattern}': ")[2] or reason
        raise ToolError(f"{pattern!r} cannot be looked for: {reason}")
    return by_file(data), cut


def files_with(workspace: Workspace, words: Sequence[str], seconds: float = 0.3) -> list[str]:
    """Files that speak of one of the words, as far as that is known in so short a time."""
    if not words:
        return []
    wanted = shlex.join(f"-e{word}" for word in words)
    script = f"""if command -v rg > /dev/null; then rg {FILES} -lwF {wanted} ./
else {PLAIN} -lIwFz --untracked {wanted}; fi"""
    _, data = workspace.output(script, seconds=seconds)
    return [os.fsdecode(name).removeprefix("./") for name in data.split(b"\0")[:-1]]


def outcome(done: Completed) -> tuple[int, str]:
    """The engine's exit code, and what was told after it."""
    found = re.search(r"^code (\d+)$\n?(.*)", done.output, re.M | re.S)
    return (int(found[1]), found[2]) if found else (-1, "")


def raise_for(workspace: Workspace, done: Completed, inside: str, data: bytes) -> None:
    """Raise ToolError where there is nothing to search, or where it took too long."""
    if done.ended:
        raise ToolError(f"the search {done.ended}: use a simpler pattern or a smaller folder")
    if done.code == 4:
        raise ToolError(missing(workspace, inside))
    if done.code == 5:
        target = os.fsdecode(data).strip()
        raise ToolError(
            f"{inside} leads by a link to {target.removeprefix(f'{workspace.root}/')}: search there"
        )


def within(workspace: Workspace, path: str) -> str:
    """A path as git names it. Raises ToolError where it leads out of the repository."""
    inside = posixpath.relpath(posixpath.join(workspace.root, path), workspace.root)
    if inside == ".." or inside.startswith("../"):
        raise ToolError(f"{path} is outside of the repository")
    return inside


def by_file(data: bytes) -> Found:
    """The lines that an engine printed. A path may hold a line break; a last line that is cut off is left out."""
    found: dict[bytes, list[Row]] = {}
    for name, number, column, text in ROW.findall(data, 0, data.rfind(b"\n") + 1):
        found.setdefault(name, []).append((number, column, text))
    if b"binary file" in data:
        for name in [*filter(NOTE.match, found)]:
            rows = found.pop(name)
            while note := NOTE.match(name):
                name = name[note.end() :]
            found.setdefault(name, []).extend(rows)
    paths = {name.removeprefix(b"./").decode("utf-8", "surrogateescape"): found[name] for name in found}
    return {path: Hits([*dict.fromkeys(paths[path])]) for path in sorted(paths)}


def shown(found: Found, cut: bool = False) -> str:
    """The lines grouped by file, as many as fit; the rest as a count."""
    most, room, out = (MOST if len(found) == 1 else PER_FILE), MOST, list[str]()
    hidden = dict(found)
    for path, hits in found.items():
        if room <= 0:
            break
        del hidden[path]
        lines = hits.lines()
        fitting = lines[: min(most, room)]
        room -= len(fitting)
        out += [named(path), *(f"{line.number}:{around(line)}" for line in fitting)]
        out += [f"[{len(lines) - len(fitting)} more here]"] if len(lines) > len(fitting) else []
    if hidden:
        rest = sum(len(hits.rows) for hits in hidden.values())
        out.append(f"[{'over ' * cut}{rest} more matches in {len(hidden)} more files]")
    elif cut:
        out.append("[there are more matches: search in a folder, or for something rarer]")
    return "\n".join(out)


def named(path: str) -> str:
    """A path on one line, whatever is in it."""
    return path.encode("utf-8", "backslashreplace").decode().replace("\n", "\\n")


def around(hit: Line) -> str:
    """A line, or what lies around its match where it is long."""
    if len(hit.text) <= WIDEST:
        return hit.text.decode("utf-8", "replace").rstrip("\r")
    start = max(0, min(hit.column - 1 - WIDEST // 3, len(hit.text) - WIDEST))
    wide = hit.text[max(0, start - MARGIN) : start + WIDEST + MARGIN].decode("utf-8", "ignore")
    if (told := ours().redact(wide)) != wide:  # what is cut would not be known any more
        return f"…{told}…"
    part = hit.text[start : start + WIDEST].decode("utf-8", "ignore")
    return f"{'…' if start else ''}{part}{'…' if start + WIDEST < len(hit.text) else ''}"

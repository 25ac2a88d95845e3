"""Seeing a repository without reading it: what its files define, what matters most, where a name is used."""

import re
import time
from collections.abc import Iterable, Iterator, Sequence
from typing import Annotated

from pydantic import Field

from ..verify.steer import is_test
from .apart import Apart
from .atlas import BATCH, Atlas, texts
from .base import ToolError, tool
from .clip import clip, line
from .rank import ranked
from .search import Hits, find, named, within
from .source import Definition, defines
from .tags import made

SECONDS = 1.6
"""For a whole call, as far as that can be kept to."""
LEAST = 0.3
"""Seconds for files, whatever else took long."""
RANKED = 3_000
"""Most files that are ranked, the most promising; more would take too long."""
MORE = 500
"""How many files a call may be expected to learn, for the time that their ranking takes."""
ROOM = 5_400
"""Characters of a map: 1,800 tokens, at three characters a token."""
USES = 60
"""Uses that are shown."""
OTHERS = 8
WIDEST = 110
"""Characters of a line of a map."""
TEST = 0.05
"""How much a definition in a test counts besides another."""
DEFINING = re.compile(
    rb"\b(def|class|func|function|fn|struct|enum|trait|interface|type|module|macro_rules!|const|let|var|define|record)\b"
)


@tool
def outline(
    atlas: Atlas,
    path: Annotated[str, Field(description="file or folder")] = ".",
    name: Annotated[str, Field(description="find this name's definition and uses")] = "",
) -> str:
    """Show the main definitions of the repository, a folder or a file, with their lines."""
    inside = within(atlas.workspace, path)
    if name:
        return where(atlas, name, inside)
    if defines(inside):
        return of_file(atlas, inside)
    return of_folder(atlas, inside)


def of_file(atlas: Atlas, path: str) -> str:
    """All that a file defines. Raises ToolError where it cannot be read."""
    held = texts(atlas.workspace, [path])
    if path not in held:
        raise ToolError(f"there is no file {path}")
    told = next(atlas.parse(atlas.helpers[0], "tags", held, time.monotonic() + SECONDS))[1]
    if told is None:
        raise ToolError(f"{path} cannot be outlined: read it")
    rows = [row for row in made(*told).definitions if row.kind != "local"]
    return clip("\n".join(map(full, rows)), 2 * ROOM) or f"{path} defines nothing: read it"


def of_folder(atlas: Atlas, folder: str) -> str:
    """The definitions that matter most, below a folder or everywhere."""
    started = time.monotonic()
    order = atlas.follow()
    inside = "" if folder == "." else f"{folder}/"
    below = [path for path in order if path.startswith(inside)]
    if not below:
        raise ToolError(f"there is no source file in {folder}: use read or search")
    wanted = [*below, *(path for path in order if not path.startswith(inside))][:RANKED]
    atlas.recall(wanted)
    ranking = atlas.pace * min(len(wanted), len(atlas.tags) + MORE)
    atlas.learn(wanted, max(started + SECONDS - ranking, time.monotonic() + LEAST))
    known = [path for path in wanted if atlas.known(path)]
    rows = fitting(atlas, (row for row in rated(atlas, known) if row[0].startswith(inside)))
    return "\n".join([*rows, *so_far(atlas, below)]) or "these files define nothing"


def so_far(atlas: Atlas, paths: Sequence[str]) -> Iterator[str]:
    """How much was not looked at yet."""
    known = sum(1 for path in paths[:RANKED] if atlas.known(path))
    if known < min(len(paths), RANKED):
        yield f"[{known:,} of {len(paths):,} source files are indexed so far, the likely ones first; the next call goes on]"
    elif known < len(paths):
        yield f"[of the {known:,} likeliest of {len(paths):,} source files; give a folder for others]"


def rated(atlas: Atlas, paths: Sequence[str]) -> list[tuple[str, str]]:
    """Every name that these files define, by path, the one that matters most first."""
    if not paths or not (focus := atlas.focus):
        return []
    about = focus.about, [(path, atlas.key(path)) for path in paths]
    if atlas.rated and atlas.rated[0] == about:
        return atlas.rated[1]
    started = time.monotonic()
    found = [atlas.tags[key] for _, key in about[1]]
    start = [focus.weight(path) for path in paths]
    values = ranked([(tags.defined, tags.names) for tags in found], start, focus.names)
    best: list[tuple[float, str, str]] = []
    for path, by_name in zip(paths, values, strict=True):
        more = TEST if is_test(path) else 1.0
        best += [(-value * more, path, name) for name, value in by_name.items()]
    atlas.rated = about, [(path, name) for _, path, name in sorted(best)]
    atlas.pace = (time.monotonic() - started) / len(paths)
    return atlas.rated[1]


def fitting(atlas: Atlas, wanted: Iterable[tuple[str, str]]) -> list[str]:
    """As many definitions as there is room for, with what they lie in, by file in the order of the first of each."""
    chosen: dict[str, dict[int, Definition]] = {}
    held: dict[str, list[Definition]] = {}
    room = ROOM
    for path, name in wanted:
        if path not in held:
            held[path] = atlas.tags[atlas.key(path)].definitions
        rows = with_holders(held[path], name)
        fresh = [row for row in rows if row.line not in chosen.get(path, {})]
        room -= sum(len(brief(row)) + 1 for row in fresh) + (0 if path in chosen else len(path) + 1)
        if room < 0:
            break
        chosen.setdefault(path, {}).update((row.line, row) for row in fresh)
    return [
        text
        for path, rows in chosen.items()
        for text in (named(path), *(brief(rows[line]) for line in sorted(rows)))
    ]


def with_holders(rows: Sequence[Definition], name: str) -> list[Definition]:
    """The first definition of a name, below those that it lies in."""
    row = next(row for row in rows if row.name == name and not row.kind)
    return [r for r in rows if r.depth < row.depth and r.line <= row.line and row.end <= r.end] + [row]


def brief(row: Definition) -> str:
    return line(full(row), WIDEST)


def full(row: Definition) -> str:
    return f"{row.line:>5} {'  ' * row.depth}{row.signature}"


def where(atlas: Atlas, name: str, path: str) -> str:
    """Where a name is defined and who uses it, by the syntax of the files that hold it. Raises ToolError."""
    deadline = time.monotonic() + SECONDS
    parts = re.split(r"\.|::|#|->", name.strip().removesuffix("()"))
    if not all(re.fullmatch(r"[\w$?!]+", part) for part in parts):
        raise ToolError(f"{name!r} is no name: give one identifier, or Class.method")
    by_file, cut = find(atlas.workspace, whole(parts[-1]), path)
    if not by_file:
        return f"nothing mentions {name}"
    paths = sorted(
        (p for p in by_file if defines(p)), key=lambda p: (not defining(by_file[p]), is_test(p), p)
    )
    known = looked_up(atlas, paths, parts[-1], max(deadline, time.monotonic() + LEAST))
    out = [*defined(known, parts), *used(known, parts[-1])]
    if left := [p for p in paths if p not in known]:
        out.append(f"[not looked at for want of time: {len(left):,} of {len(paths):,} files; give a folder]")
    others = {p: len(by_file[p].rows) for p in by_file if not defines(p)}
    if others:
        told = ", ".join(f"{named(p)} ({n})" for p, n in list(others.items())[:OTHERS])
        out.append(
            f"in other files: {told}" + (f" and {len(others) - OTHERS} more" if len(others) > OTHERS else "")
        )
    return "\n".join([*out, *(["[there are more: give a folder]"] if cut else [])])


def whole(name: str) -> str:
    """A pattern for a name that is no part of another. The plain one is what engines are quick at."""
    return rf"\b{name}\b" if re.fullmatch(r"\w+", name) else rf"(?:^|[^\w$]){re.escape(name)}(?:[^\w$]|$)"


def defining(hits: Hits) -> bool:
    """Whether lines look as if one of them defines what they were found for. A guess, for the order alone."""
    return any(DEFINING.search(text[:1_000]) for _, _, text in hits.rows)


Known = dict[str, tuple[list[Definition], list[tuple[int, str]]]]


def looked_up(atlas: Atlas, paths: Sequence[str], name: str, deadline: float) -> Known:
    """What each file defines, and its lines that speak of a name: of as many files as there is time for."""
    batches = iter([paths[at : at + BATCH] for at in range(0, len(paths), BATCH)])

    def work(helper: Apart) -> Known:
        found: Known = {}
        while time.monotonic() < deadline and (batch := next(batches, None)):
            for path, told in atlas.parse(helper, "uses", atlas.read(batch), deadline, name=name):
                rows, lines = told or ([], [])
                found[path] = [Definition(*row) for row in rows], [(number, text) for number, text in lines]
        return found

    found: Known = {}
    for part in atlas.each(work):
        found |= part
    return {path: found[path] for path in paths if path in found}


def defined(known: Known, parts: Sequence[str]) -> list[str]:
    """The definitions of a name; of `Class.method` those within the class, where there are any."""
    found = [(path, row, rows) for path, (rows, _) in known.items() for row in rows if row.name == parts[-1]]
    found = [f for f in found if f[1].kind != "scope"]
    within_it = (
        [f for f in found if any(holder == parts[-2] for holder in holders(f[2], f[1]))] if parts[1:] else []
    )
    told = [f"{named(path)}:{row.line} {row.signature}" for path, row, _ in within_it or found]
    more = [f"[{len(told) - USES // 2} more definitions]"] if len(told) > USES // 2 else []
    return ["defined:", *told[: USES // 2], *more] if told else ["defined: nowhere in these files"]


def holders(rows: Sequence[Definition], inner: Definition) -> list[str]:
    return [r.name for r in rows if r.depth < inner.depth and r.line <= inner.line and inner.end <= r.end]


def used(known: Known, name: str) -> list[str]:
    """The lines that use a name, by file and the definition that they stand in."""
    out, room, left, files = ["used:"], USES, 0, 0
    for path, (rows, lines) in known.items():
        starts = {row.line for row in rows if row.name == name}
        uses = [(number, text) for number, text in lines if number not in starts]
        shown = uses[: min(room, USES // 6)]
        room -= len(shown)
        left += len(uses) - len(shown)
        files += len(uses) > len(shown)
        if shown:
            out += [named(path), *(f"{n:>5} {place(rows, n)}{line(text, WIDEST)}" for n, text in shown)]
    more = [f"[{left} more uses in {files} files]"] if left else []
    return [*out, *more] if out[1:] else ["used: nowhere in these files"]


def place(rows: Sequence[Definition], number: int) -> str:
    """The innermost definition around a line, by name."""
    around = [row for row in rows if row.line <= number <= row.end and row.line != number]
    return f"{max(around, key=lambda row: row.line).name}: " if around else ""

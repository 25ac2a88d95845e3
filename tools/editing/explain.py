"""Why a text was not found, as the one fact that lets the next try succeed."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import islice
from unicodedata import normalize

from .ladder import BLANKS, ENDS, EXACT, INDENT, SIGNS, Place, Source, downwards, find, fold, occurrences
from .operation import Hunk
from .text import body, indent, line_at, line_end, printable, rows

IGNORING = {
    ENDS: "with other line ends",
    BLANKS: "with other blanks at the ends of lines",
    INDENT: "with another indent",
    SIGNS: "with other quotes, dashes or blanks",
}
COMMON = 50
"""A line that is in a file more often than this says nothing about where a text belongs."""
WIDE = 160


def nowhere(source: Source, hunk: Hunk, path: str) -> str:
    """That a text is not in a file, and why."""
    what = f"{hunk.name} is not in {path}"
    if not source.text.strip():
        return f"{what}: the file {'holds only blank lines' if source.text else 'is empty'}"
    if slip := slipped(source, hunk):
        return f"{what}: {slip}"
    if there := applied(source, hunk):
        return f"{what}, and the new text is, at {there}: already applied?"
    return f"{what}. {nearest(source, hunk, path)}"


def several(source: Source, hunk: Hunk, path: str, places: Sequence[Place]) -> str:
    """That a text is in a file more than once, and where."""
    numbers = [line_at(source.text, p.start) for p in places[:20]]
    shown = ", ".join(map(str, numbers)) + (", …" if places[20:] else "")
    how = "" if places[0].rung == EXACT else f", {IGNORING[places[0].rung]}"
    return (
        f"{hunk.name} occurs {len(places)} times in {path} (lines {shown}){how}: take in more lines around it"
    )


def elsewhere(source: Source, hunk: Hunk, path: str, places: Sequence[Place]) -> str:
    """That a text is in a file, and not below the line that was named."""
    numbers = ", ".join(str(line_at(source.text, p.start)) for p in places[:20])
    return f"{hunk.name} is in {path} at line {numbers}, which is not below {hunk.below[-1].strip()!r}"


def slipped(source: Source, hunk: Hunk) -> str:
    """A slip of the hand that explains all: the text without it is there. Else empty."""
    old = hunk.old
    numbered = re.compile(r"^ *\d+(\t|\| ?|: ?)", re.MULTILINE)
    if all(numbered.match(row) for row in rows(old)) and find(source, again(hunk, numbered.sub("", old))):
        return "it has the line numbers that read shows: leave them out"
    for wrong, right in ((r"\n", "\n"), (r"\t", "\t"), (r"\"", '"'), (r"\\", "\\")):
        if wrong in old and find(source, again(hunk, unescaped(old))):
            return f"it is escaped once too often: {wrong} stands where the file has {right!r}"
    for wrong in ("&lt;", "&gt;", "&amp;", "&quot;"):
        if wrong in old:
            from html import unescape

            if find(source, again(hunk, unescape(old))):
                return f"it has {wrong} where the file has {unescape(wrong)}"
    if any(re.fullmatch(r"\s*(#|//|/\*|--|<!--)?\s*(\.\.\.|…).*", row, re.DOTALL) for row in rows(old)):
        return "its line of dots stands for lines that are left out; give them all, or make several edits"
    return ""


def again(hunk: Hunk, old: str) -> Hunk:
    return Hunk(old, hunk.new, lines=hunk.lines and old.endswith("\n"))


def unescaped(text: str) -> str:
    known = {"n": "\n", "t": "\t", '"': '"', "'": "'", "\\": "\\"}
    return re.sub(r"\\([nt\"'\\])", lambda found: known[found[1]], text)


def applied(source: Source, hunk: Hunk) -> str:
    """Where the new text stands as whole lines already; empty where it does not, or says too little to tell."""
    new = hunk.new if hunk.new.endswith("\n") else f"{hunk.new}\n"
    if not new.strip() or new.strip() in hunk.old:
        return ""
    found = find(source, Hunk(new, new, lines=True))
    return spanned(source, found[0]) if len(found) == 1 else ""


def spanned(source: Source, place: Place) -> str:
    first, last = line_at(source.text, place.start), line_at(source.text, max(place.start, place.end - 1))
    return f"line {first}" if first == last else f"lines {first}-{last}"


def nearest(source: Source, hunk: Hunk, path: str) -> str:
    """The lines that most of the text is in, and the first line that differs."""
    wanted = [body(row) for row in rows(hunk.old)]
    start = closest(source, wanted)
    if start is None:
        return "No line of it is like one there"
    number, there, given = first_difference(source.bodies, wanted, start)
    last = min(start + len(wanted), len(source.bodies))
    first = max(start, 0) + 1
    where = (
        f"Nearest: line {first}. It" if len(wanted) == 1 else f"Nearest: lines {first}-{last}. Line {number}"
    )
    if there is None:
        return f"Nearest: lines {first}-{last}; {path} ends there, and you gave more: {shown(given, '')}"
    return f"{where} differs{how(there, given)}: the file has {shown(there, given)}, you gave {shown(given, there)}"


def closest(source: Source, wanted: Sequence[str]) -> int | None:
    """The line at which most of the wanted ones would stand in their places; None where nothing is alike."""
    text, votes = fold(source.text), Counter[int]()
    found = [list(islice(having(text, fold(row).strip()), COMMON)) for row in wanted]
    lines = numbers(text, {start for there in found for start in there})
    for number, there in enumerate(found):
        for start in there:
            votes[lines[start] - number] += 1 if len(there) > 1 else 3
    if votes:
        return max(votes, key=lambda start: (votes[start], start >= 0, -start))
    return by_words(source.bodies, wanted)


def numbers(text: str, starts: set[int]) -> dict[int, int]:
    """The numbers of the lines that start in these places, from 0."""
    found: dict[int, int] = {}
    before = number = 0
    for start in sorted(starts):
        number += text.count(line_end(text), before, start)
        found[start], before = number, start
    return found


def having(text: str, wanted: str) -> Iterator[int]:
    """Where the lines start that are this one but for the blanks around it."""
    for at in occurrences(text, wanted, every=True):
        start = text.rfind(line_end(text), 0, at) + 1
        if downwards(text, start, 1, line_end(text))[0].strip() == wanted:
            yield start


def by_words(bodies: Sequence[str], wanted: Sequence[str]) -> int | None:
    """Where no line is the same: the line that has most words of the wanted one with most words."""
    number, row = max(enumerate(wanted), key=lambda pair: len(words(pair[1])), default=(0, ""))
    counts = [(len(words(row) & words(there)), -abs(len(there) - len(row))) for there in bodies]
    best = max(range(len(counts)), key=counts.__getitem__, default=0)
    return best - number if counts and counts[best][0] else None


def words(row: str) -> set[str]:
    return set(re.findall(r"\w+", normalize("NFC", fold(row)).casefold()))


def alike(row: str) -> str:
    return " ".join(fold(row).split())


def first_difference(bodies: Sequence[str], wanted: Sequence[str], start: int) -> tuple[int, str | None, str]:
    """The first line with other words; where only blanks differ, the first with those."""
    for same in (alike, str):
        for number, given in enumerate(wanted, start):
            there = bodies[number] if 0 <= number < len(bodies) else None
            if there is None and number < 0:
                continue
            if there is None or same(there) != same(given):
                return number + 1, there, given
    return start + 1, bodies[max(start, 0)], wanted[0] if wanted else ""


def how(there: str, given: str) -> str:
    """What kind of difference it is."""
    if there.rstrip() == given.rstrip():
        return " in the blanks at its end"
    if fold(there).split() == fold(given).split() and there.isascii() and given.isascii():
        return " in its indent" if there.lstrip() == given.lstrip() else " in its blanks"
    if fold(there) == fold(given):
        a, b = next((a, b) for a, b in zip(there, given, strict=True) if a != b)
        return f" in a sign ({named(a)} there, {named(b)} given)"
    if normalize("NFC", there) == normalize("NFC", given):
        return " in how a letter is put together"
    return " in upper and lower case" if there.casefold() == given.casefold() else ""


def named(sign: str) -> str:
    return f"{sign} U+{ord(sign):04X}"


def shown(row: str, other: str) -> str:
    """A line with its blanks visible: · is a blank, → a tab. Of a long one, what surrounds the first difference."""
    same = next((i for i, (a, b) in enumerate(zip(row, other, strict=False)) if a != b), 0)
    start = max(0, same - WIDE // 2) if len(row) > WIDE else 0
    part = row[start : start + WIDE]
    inner = part.strip(" \t")
    lead, tail = (part, "") if not inner else (indent(part), part[len(part.rstrip(" \t")) :])
    only_blanks = row.split() == other.split() and row.strip() != other.strip()
    core = "".join(visible(sign, only_blanks) for sign in inner)
    blanks = str.maketrans({" ": "·", "\t": "→"})
    before, after = "…" if start else "", "…" if start + WIDE < len(row) else ""
    return printable(f"«{before}{lead.translate(blanks)}{core}{tail.translate(blanks)}{after}»")


def visible(sign: str, blanks: bool) -> str:
    if sign == " ":
        return "·" if blanks else sign
    if sign == "\t":
        return "→"
    return sign if sign.isprintable() or "\ud800" <= sign <= "\udfff" else f"<U+{ord(sign):04X}>"

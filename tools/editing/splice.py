"""What stands in a place once it is changed: whatever old and new have in common stays as the file has it."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from .ladder import Place, fold
from .operation import Hunk
from .text import body, ending, indent, line_end, rows

MOST = 400
"""Lines up to which the middle of a change is compared line by line: the time grows with the square."""


class Match(NamedTuple):
    """What a new line is among the old ones."""

    near: int
    """The old line in whose place or before which it stands."""
    equal: bool = False
    replaces: bool = False
    """It is that line in a new form."""


def replacement(text: str, place: Place, hunk: Hunk) -> str:
    """The new text for a place, with the file's line ends, blanks and indents."""
    found = text[place.start : place.end]
    if found == hunk.old and ("\r\n" in hunk.old or plain(text, place, hunk)):
        return hunk.new
    end = line_end(text)
    old, new = (rows(t, "\n" if end == "\n" else "") for t in (hunk.old, hunk.new))
    there = rows(found, end)
    made: list[str] = []
    stays = False
    for row, match in zip(new, matched(old, new, hunk.stays), strict=True):
        beside = there[match.near] if match.near < len(there) else ""
        if stays := match.equal:
            made.append(beside)
            continue
        ours, quoted = body(row), body(old[match.near]) if match.replaces else ""
        if quoted and fold(quoted) == fold(body(beside)):
            ours = kept(ours, quoted, body(beside))
        else:
            ours = kept(deepened(ours, place), quoted.strip(" \t"), body(beside).strip(" \t"))
        made.append(ours + ending(beside))
    return joined(made, style(text, place), bool(new and ending(new[-1])), cut(old, there), stays)


def plain(text: str, place: Place, hunk: Hunk) -> bool:
    """Whether line ends are no question here: LF, or none at all."""
    return "\r" not in hunk.new and ("\n" not in hunk.new or style(text, place) == "\n")


def cut(old: list[str], there: list[str]) -> bool:
    """Whether the file ends without the line end that the old text has."""
    return bool(old and there and ending(old[-1]) and not ending(there[-1]))


def joined(made: list[str], end: str, ended: bool, short: bool, stays: bool) -> str:
    """Lines as one text, in which each has its own end or the file's.

    The last one ends if the new text does; where the file ends `short`, only if it is one that `stays`, or an empty
    one, which is none without its end.
    """
    if not made:
        return ""
    *whole, last = made
    short = short and bool(body(last))
    if not ended or (short and not stays):
        last = body(last)
    elif not ending(last) and not short:
        last += end
    return "".join(row if ending(row) else row + end for row in whole) + last


def style(text: str, place: Place) -> str:
    """How lines end around a place: in it, before it, behind it."""
    lf = line_end(text)
    inside = text.find(lf, place.start, place.end)
    at = inside if inside >= 0 else text.rfind(lf, 0, place.start)
    at = at if at >= 0 else text.find(lf, place.end)
    if at < 0:
        return "\n"
    return "\r\n" if lf == "\n" and text[at - 1 : at] == "\r" else lf


def deepened(row: str, place: Place) -> str:
    """A new line with the file's indent."""
    return (place.convert(indent(row)) or "") + row.lstrip(" \t") if row.strip() else row


def kept(new: str, old: str, there: str) -> str:
    """A new line with the file's quotes, dashes and blanks in what it shares with the old one."""
    if there == old or len(there) != len(old):
        return new
    depth = "" if indent(old) else indent(new)
    ours = new[len(depth) :]
    head, tail = common(old, ours)
    return depth + there[:head] + ours[head : len(ours) - tail] + there[len(there) - tail :]


def common(a: Sequence[str], b: Sequence[str]) -> tuple[int, int]:
    """How much two texts, or lists of lines, share at their start, and at their end."""
    short = min(len(a), len(b))
    head = next((i for i in range(short) if a[i] != b[i]), short)
    tail = next((i for i in range(short - head) if a[-1 - i] != b[-1 - i]), short - head)
    return head, tail


def matched(old: list[str], new: list[str], stays: Sequence[int]) -> Iterator[Match]:
    """What each new line is among the old ones: as the hunk tells, else as the texts do."""
    if len(stays) == len(new):
        yield from told(stays, len(old))
        return
    a, b = list(map(body, old)), list(map(body, new))
    head, tail = common(a, b)
    yield from (Match(i, equal=True) for i in range(head))
    yield from middle(a[head : len(a) - tail], b[head : len(b) - tail], head)
    yield from (Match(i, equal=True) for i in range(len(a) - tail, len(a)))


def told(stays: Sequence[int], height: int) -> Iterator[Match]:
    """Between two lines that stay, new ones replace the old ones where they are as many."""
    number, before = 0, -1
    while number < len(stays):
        if stays[number] >= 0:
            before = stays[number]
            yield Match(before, equal=True)
            number += 1
            continue
        end = next((i for i in range(number, len(stays)) if stays[i] >= 0), len(stays))
        after = stays[end] if end < len(stays) else height
        first, count = before + 1, end - number
        for i in range(count):
            yield Match(min(first + i, max(first, after - 1)), replaces=count == after - first)
        number = end


def middle(a: list[str], b: list[str], offset: int) -> Iterator[Match]:
    blocks = [("replace", 0, len(a), 0, len(b))]
    if max(len(a), len(b)) <= MOST:
        from difflib import SequenceMatcher  # only where something differs

        blocks = SequenceMatcher(None, a, b, autojunk=False).get_opcodes()
    for kind, start, end, first, last in blocks:
        for number in range(last - first):
            near = offset + min(start + number, max(start, end - 1))
            yield Match(near, kind == "equal", kind == "replace" and last - first == end - start)

"""What an edit of a Python file newly breaks, where the functions and classes alone that it touches show it.

To look at ten thousand lines takes the best part of a second, and to send them to the helper process takes as long as
the rest of an edit; nearly all edits lie within one function. What is done here is bounded whatever the text.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import islice

BLOCKS = (b"def ", b"class ", b"async def ", b"@")
"""How statements begin at the left margin that cannot stand inside of brackets."""
BLOCK = re.compile(rb"\n(?:%b)" % b"|".join(BLOCKS))
LARGEST = 60_000
"""Bytes of a block that are worth looking at apart."""
MOST_BLOCKS = 8
MOST_DECORATORS = 20
MOST_USES = 200
"""Of a name, that are looked at for one that binds it."""
CHUNK = 1 << 14
"""Bytes that are compared at once."""
SHOWN = 5
"""Problems of a file that are told one by one."""
NAME = "undefined name {!r}"
WIDEST = 1_000
"""Bytes of a line in which a name is looked for."""

STAR = re.compile(rb"import\s*\*")

Block = tuple[bytes, bytes, int]
"""What a text has in a place, what another has there, and where that is in the first."""
Fresh = Callable[[Sequence[Block]], Sequence[Mapping[str, int] | None]]


def undefined(before: bytes, after: bytes, fresh: Fresh) -> list[tuple[int, str]] | None:
    """The names that an edit uses and nothing defines, each with the line where it is used first.

    None where the functions and classes that it touches do not tell all that it may break: where they do not compile
    by themselves, no longer bind what they bound, or use a name that something may bind elsewhere than at the left
    margin above. `fresh` is `names.fresh` for each block, wherever that runs.
    """
    found, grown = list[tuple[int, str]](), 0
    blocks = [*islice(touched(before, after), MOST_BLOCKS + 1)]
    if len(blocks) > MOST_BLOCKS or not all(comparable(old, new) for old, new, _ in blocks):
        return None
    for (old, new, start), wanted in zip(blocks, fresh(blocks), strict=True):
        if wanted is None:
            return None
        for name, line in wanted.items():
            if bound(name, before[:start]):
                continue
            if not line or not unheard(name, before, after, new):
                return None
            found.append((after.count(b"\n", 0, start + grown) + line, name))
        grown += len(new) - len(old)
    return sorted(found)


def unheard(name: str, before: bytes, after: bytes, block: bytes) -> bool:
    """Whether nothing but one block speaks of a name, so that nothing else can define it."""
    word = name.encode()
    if word in before or after.count(word) != block.count(word) or STAR.search(after):
        return False
    return name.isascii() and not name.startswith("__") and b"NameError" not in block and b"\r" not in after


def told(path: str, problems: Sequence[tuple[int, str]]) -> str:
    """Problems of a file, a line each; empty where there are none."""
    rows = [f"{path}:{line}: {what}" for line, what in problems[:SHOWN]]
    return "\n".join([*rows, *([f"[{len(problems) - SHOWN} more]"] if problems[SHOWN:] else [])])


def comparable(old: bytes, new: bytes) -> bool:
    """Whether two versions of a block tell all by themselves. Above the block there may be a decorator's first lines."""
    if old.startswith(BLOCKS) and not new.startswith(BLOCKS):
        return False
    return max(len(old), len(new)) <= LARGEST and quotes(old) == quotes(new)


def bound(name: str, head: bytes) -> bool:
    """Whether a statement in `head` binds a name for all that follows."""
    word = name.encode()
    own = re.escape(word)
    binds = rb"def %b\(|class %b[(:]|%b =|import %b\n|from [\w.]+ import (?:[\w, ]*, )?%b(?:,|\n)" % (
        (own,) * 5
    )
    binding, at = re.compile(binds), -1
    for _ in range(MOST_USES):
        if (at := head.find(word, at + 1)) < 0:
            return False
        line = head.rfind(b"\n", 0, at) + 1
        if at - line < WIDEST and binding.match(head[line : at + len(word) + 2]):
            return True
    return False


def touched(before: bytes, after: bytes) -> Iterator[Block]:
    """The blocks in which two texts differ, as each has them, and where each begins in the first text.

    Decorators belong to what they decorate.
    """
    old = new = 0
    while True:
        start = old + same(before, after, old, new)
        if start == len(before) and len(after) - new == start - old:
            return
        first = above(before, start, old)
        for _ in range(MOST_DECORATORS):
            if first <= old or not decorated(before, first):
                break
            first = above(before, first - 1, old)
        end = below(before, max(start, first + 1))
        far = below(after, max(start, first + 1) - old + new)
        yield before[first:end], after[first - old + new : far], first
        old, new = end, far


def above(text: bytes, place: int, least: int) -> int:
    """Where the last block begins that begins at `place` or before it; `least` where none does behind that.

    Where that is farther than a block that is looked at, any place that far.
    """
    line = text.rfind(b"\n", least, place) + 1 or least
    while line > max(least, place - LARGEST) and not text.startswith(BLOCKS, line):
        line = text.rfind(b"\n", least, line - 1) + 1 or least
    return line


def below(text: bytes, place: int) -> int:
    """Where the first block begins that begins at `place` or after it; the text's end where none does, or too far."""
    found = BLOCK.search(text, place - 1, place + LARGEST)
    return found.start() + 1 if found else len(text)


def decorated(text: bytes, start: int) -> bool:
    """Whether the line above is a decorator's, or goes on in this one."""
    line = text[text.rfind(b"\n", 0, max(start - 1, 0)) + 1 : start]
    return line.startswith(b"@") or line.rstrip(b"\r\n").endswith(b"\\")


def same(a: bytes, b: bytes, first: int, second: int) -> int:
    """How many bytes two texts have in common from these places on."""
    found, most, step = 0, min(len(a) - first, len(b) - second), CHUNK
    while found < most:
        step = min(step, most - found)
        if a[first + found : first + found + step] == b[second + found : second + found + step]:
            found += step
        elif step == 1:
            break
        else:
            step //= 2
    return found


def quotes(text: bytes) -> tuple[int, int]:
    """The marks of long strings: where their number is the same, the edit does not reach over the block's end."""
    return text.count(b'"""'), text.count(b"'''")

"""Whatever is asked for, no byte outside of the edit changes; and only a ToolError ever says no."""

import difflib
from dataclasses import dataclass
from random import Random

from hypothesis import HealthCheck, assume, example, given, settings
from hypothesis import strategies as st
from patchwright.tools.base import ToolError
from patchwright.tools.editing import dialects
from patchwright.tools.editing.ladder import fold
from patchwright.tools.editing.operation import Edit, Hunk
from patchwright.tools.editing.plan import plan
from patchwright.tools.editing.text import body, decoded, indent, rows

FILES = st.one_of(
    st.binary(max_size=60),
    st.lists(
        st.sampled_from([b"a", b"b ", b"\t", b"\n", b"\r\n", b"\r", "é“\u00a0".encode(), b"\xe9", b"\xff"])
    ).map(b"".join),
)
ANY = st.text(st.sampled_from('ab \t\n\r“”"-–\u00a0é\ufeff*+@=<>#.'), max_size=30)


def many(examples: int) -> settings:
    return settings(max_examples=examples, suppress_health_check=[HealthCheck.filter_too_much])


def done(edits: list[Edit], before: bytes, path: str = "f") -> bytes:
    (change,) = plan(edits, {path: before}.get)
    assert change.after is not None
    return change.after


@many(1_000)
@given(FILES)
def test_a_text_is_written_as_it_was_read(data: bytes) -> None:
    found = decoded(data)
    assert found is None or found.encode(found.text) == data


@many(1_500)
@given(FILES, ANY, st.data())
def test_an_exact_edit_replaces_its_text_alone(before: bytes, new: str, data: st.DataObject) -> None:
    text = decoded(before)
    assume(text and text.text)
    assert text
    start = data.draw(st.integers(0, len(text.text) - 1))
    end = data.draw(st.integers(start + 1, len(text.text)))
    old = text.text[start:end]
    assume(text.text.count(old) == 1 and text.text.find(old, text.text.find(old) + 1) < 0)
    # a CRLF that the quote begins within is taken whole
    start -= old.startswith("\n") and text.text[start - 1 : start] == "\r"
    head, tail = text.encode(text.text[:start]), text.encode(text.text[end:])[len(text.bom) :]
    try:
        after = done([Edit("f", hunks=(Hunk(old, new),))], before)
    except ToolError as e:
        assert any(reason in str(e) for reason in ("the same", "already", "which has no", "left out"))
        return
    assert after.startswith(head) and after.endswith(tail)
    put = text.encode(new)[len(text.bom) :]
    assert len(after) >= len(head) + len(tail)
    assert unended(after[len(head) : len(after) - len(tail)]) == unended(put)


def unended(data: bytes) -> bytes:
    return data.replace(b"\0", b"").replace(b"\r", b"").replace(b"\n", b"")


@dataclass(frozen=True)
class Change:
    """A file of lines that no other is like, some of which are to become others."""

    lines: tuple[str, ...]
    first: int
    end: int
    new: dict[int, tuple[str, ...]]
    """What the lines with these numbers become, without their ends."""
    deeper: str
    """Blanks that the quote has in front of each line."""
    trailing: bool
    signs: bool
    encoding: str

    def quoted(self, row: str) -> str:
        row = row.rstrip(" \t") if self.trailing else row
        row = fold(row) if self.signs else row
        return self.deeper + row if row.strip() else row

    def old(self) -> list[str]:
        return [self.quoted(body(row)) for row in self.lines[self.first : self.end]]

    def sides(self) -> list[tuple[str, str]]:
        """The quote as lines with the sign of a diff."""
        found: list[tuple[str, str]] = []
        for number in range(self.first, self.end):
            row = self.quoted(body(self.lines[number]))
            if number in self.new:
                found += [("-", row), *(("+", self.quoted(new)) for new in self.new[number])]
            else:
                found.append((" ", row))
        return found

    def encoded(self, rows: list[str] | tuple[str, ...]) -> bytes:
        return "".join(rows).encode(self.encoding)


def made(seed: int) -> Change:
    """A change by chance: drawn piece by piece it would take ten times as long."""
    chance = Random(seed)
    lines: list[str] = []
    for number in range(chance.randint(1, 9)):
        junk = "".join(chance.choices('ab“”"–-\u00a0é ', k=chance.randint(0, 6))).rstrip(" ")
        row = "" if chance.random() < 0.2 else f"{chance.choice(DEPTHS)}k{number}k{junk}"
        lines.append(row + chance.choice(["", "", " ", "\t"]) + chance.choice(["\n", "\r\n"]))
    keyed = [number for number, row in enumerate(lines) if row.strip()]
    if not keyed:
        return made(seed + 1)
    if lines[-1].strip() and chance.random() < 0.5:
        lines[-1] = body(lines[-1])
    changed = chance.sample(keyed, k=min(len(keyed), chance.randint(1, 3)))
    new = {
        number: tuple(f"{indent(lines[number])}n{number}n{m}" for m in range(chance.randint(0, 2)))
        for number in changed
    }
    first, end = chance.randint(0, min(changed)), chance.randint(max(changed) + 1, len(lines))
    encoding = chance.choice(["utf-8", "utf-8", "utf-8-sig", "utf-16"])
    deeper = chance.choice(["", "", "  ", "\t"])
    return Change(
        tuple(lines), first, end, new, deeper, chance.random() < 0.5, chance.random() < 0.5, encoding
    )


DEPTHS = ["", "    ", "\t", "\t\t", "  "]
CHANGES = st.integers(0, 2**48).map(made)


def check(change: Change, edits: list[Edit], told: bool = False) -> None:
    """Every line that stays is there with all its bytes, and the others are the new ones.

    Which of several blank lines stay can only be `told`.
    """
    before = change.encoded(change.lines)
    assume(before.removeprefix(b"\xef\xbb\xbf").removeprefix(b"\xff\xfe") != b"")
    after = done(edits, before)
    encoding = decoded(before)
    assert encoding and after.startswith(encoding.bom)
    there = rows(after[len(encoding.bom) :].decode(encoding.encoding))
    wanted: list[str | None] = []
    new: list[str] = []
    for number, row in enumerate(change.lines):
        if number in change.new:
            new += change.new[number]
            wanted += [None] * len(change.new[number])
        else:
            wanted.append(row)
    assert len(there) == len(wanted)
    for number, (row, same) in enumerate(zip(there, wanted, strict=True)):
        last = number == len(there) - 1
        if same is None:
            expected = new.pop(0)
            assert body(row).strip(" \t") == expected.strip(
                " \t"
            )  # blanks behind a quote that ends before them stay
            assert indent(row) == indent(expected) or change.deeper
            assert row != body(row) or last
        elif last and body(same) == body(row):
            continue  # the line end goes with a last line that goes, and comes with lines behind it
        elif same.strip() or told:
            assert row == same or (body(same) == same and row in (f"{same}\n", f"{same}\r\n"))
    if change.end < len(change.lines):
        tail = change.encoded(change.lines[change.end :])[
            len(encoding.bom) if change.encoding != "utf-8" else 0 :
        ]
        assert after.endswith(tail)


@many(2_500)
@given(CHANGES, st.booleans())
@example(made(345_896_807_132), True)  # a file that ends without a line end, and now with an empty line
def test_an_edit_leaves_all_other_lines(change: Change, ended: bool) -> None:
    left = [row for sign, row in change.sides() if sign != "-"]
    assume(ended or (change.sides()[-1][0] != "-" and left[-1]))
    old, new = "\n".join(change.old()), "\n".join(left)
    if ended:
        old, new = f"{old}\n", f"{new}\n" if left else ""
    check(change, [Edit("f", hunks=(Hunk(old, new, lines=ended),))])


@many(2_500)
@given(CHANGES)
def test_a_codex_patch_leaves_all_other_lines(change: Change) -> None:
    rows = "".join(f"{sign}{row}\n" for sign, row in change.sides())
    check(
        change, dialects.parse(f"*** Begin Patch\n*** Update File: f\n@@\n{rows}*** End Patch\n"), told=True
    )


@many(2_500)
@given(CHANGES, st.integers(1, 50), st.integers(0, 9))
def test_a_diff_leaves_all_other_lines_whatever_its_numbers(change: Change, line: int, count: int) -> None:
    rows = "".join(f"{sign}{row}\n" for sign, row in change.sides())
    check(
        change, dialects.parse(f"--- a/f\n+++ b/f\n@@ -{line},{count} +{line},{count} @@\n{rows}"), told=True
    )


@many(2_500)
@given(CHANGES)
def test_a_block_leaves_all_other_lines(change: Change) -> None:
    old = "".join(f"{row}\n" for row in change.old())
    new = "".join(f"{row}\n" for sign, row in change.sides() if sign != "-")
    check(change, dialects.parse(f"f\n<<<<<<< SEARCH\n{old}=======\n{new}>>>>>>> REPLACE\n"))


@many(1_500)
@given(CHANGES)
def test_a_whole_file_leaves_the_lines_that_stay(change: Change) -> None:
    whole = Change(change.lines, 0, len(change.lines), change.new, "", False, False, change.encoding)
    text = "".join(f"{row}\n" for sign, row in whole.sides() if sign != "-")
    check(whole, [Edit("f", "whole", text=text)])


LINES = st.lists(st.sampled_from(["a", "b", " a", "", "a ", "“a”"]), max_size=9)


@many(1_000)
@given(LINES, LINES.filter(bool), LINES)
def test_among_equal_places_none_is_taken(lines: list[str], old: list[str], new: list[str]) -> None:
    """What changed lies where the quote matches; and where it matches exactly twice, nothing is changed."""
    before, quote = "".join(f"{row}\n" for row in lines), "".join(f"{row}\n" for row in old)
    put = "".join(f"{row}\n" for row in new)
    hunk = Hunk(quote, put, lines=True)
    windows = [n for n in range(len(lines) - len(old) + 1) if same(lines[n : n + len(old)], old)]
    exactly = [n for n in windows if lines[n : n + len(old)] == old]
    try:
        after = done([Edit("f", hunks=(hunk,))], before.encode()).decode()
    except ToolError:
        assert len(exactly) != 1 or quote == put or before == before.replace(quote, put, 1)
        return
    assert len(exactly) <= 1
    possible = {"".join(f"{row}\n" for row in lines[:n]) for n in exactly or windows}
    assert any(after.startswith(head) for head in possible)
    tails = {"".join(f"{row}\n" for row in lines[n + len(old) :]) for n in exactly or windows}
    assert any(after.endswith(tail) for tail in tails)


def same(some: list[str], others: list[str]) -> bool:
    return [fold(row).strip() for row in some] == [fold(row).strip() for row in others]


@many(1_000)
@given(LINES, LINES)
def test_a_diff_that_a_program_made_gives_what_it_was_made_from(old: list[str], new: list[str]) -> None:
    assume(old != new and old)
    a, b = [f"{row}\n" for row in old], [f"{row}\n" for row in new]
    text = "".join(difflib.unified_diff(a, b, "a/f", "b/f"))
    assert done(dialects.parse(text), "".join(a).encode()) == "".join(b).encode()


WORDS = st.lists(
    st.sampled_from(
        [
            "*** Begin Patch",
            "*** End Patch",
            "*** Update File: f",
            "*** Add File: g",
            "*** Delete File: f",
            "*** Move to: h",
            "*** End of File",
            "@@",
            "@@ a",
            "@@ -1,2 +1 @@",
            "--- a/f",
            "+++ b/f",
            "--- /dev/null",
            "+++ /dev/null",
            "rename from f",
            "diff --git a/f b/f",
            "rename to g",
            "new file mode 100755",
            "deleted file mode 1",
            "\\ No newline at end of file",
            "<<<<<<< SEARCH",
            "=======",
            ">>>>>>> REPLACE",
            "```",
            "f",
            "g.py",
            " a",
            "-a",
            "+a",
            "+b",
            "a",
            "",
            "-",
            "+",
            " ",
            "\\",
        ]
    ),
    max_size=14,
)


@many(1_500)
@given(st.one_of(WORDS.map("\n".join), ANY), FILES)
def test_nothing_but_a_tool_error_comes_out_of_a_patch(text: str, before: bytes) -> None:
    try:
        changes = plan(dialects.parse(text), {"f": before}.get)
    except ToolError as e:
        assert str(e)
    else:
        assert changes


@many(1_000)
@given(FILES, ANY, ANY, st.booleans(), st.booleans())
def test_nothing_but_a_tool_error_comes_out_of_an_edit(
    before: bytes, old: str, new: str, every: bool, lines: bool
) -> None:
    for edit in (Edit("f", hunks=(Hunk(old, new, every=every, lines=lines),)), Edit("f", "whole", text=new)):
        try:
            plan([edit], {"f": before}.get)
        except ToolError as e:
            assert str(e)

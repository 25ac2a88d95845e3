"""What anybody's text becomes on a terminal."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from patchwright.frontends.words import cut, plain, wrapped
from rich.cells import cell_len

HOSTILE = {
    "a colour": ("\x1b[31mred\x1b[0m", "red"),
    "a title": ("\x1b]0;owned\x07x", "x"),
    "markup": ("[red]not[/red] [@click=app.quit]x[/]", "[red]not[/red] [@click=app.quit]x[/]"),
    "a direction": ("a\u202eb\u2066c", "abc"),
    "no width": ("a\u200bb\ufeffc", "abc"),
    "bytes": ("a\x00b\x9bc\x7f", "abc"),
    "half a character": ("a\ud800b", "a?b"),
    "a tab": ("a\tb", "a   b"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_text_moves_no_cursor_and_hides_nothing(name: str) -> None:
    text, shown = HOSTILE[name]
    assert plain(text) == shown


@given(st.text(), st.integers(2, 60))
def test_a_line_is_wrapped_into_its_width_and_no_word_is_lost(text: str, width: int) -> None:
    lines = [*wrapped(text, width)]
    assert all(cell_len(line) <= width for line in lines)
    assert "".join("".join(lines).split()) == "".join(plain(text).split())


@given(st.text(), st.integers(2, 60))
def test_a_line_is_cut_to_its_width_exactly(text: str, width: int) -> None:
    assert cell_len(cut(text, width)) == width


def test_what_is_indented_goes_on_so() -> None:
    assert [*wrapped("    one two three four", 12)] == ["    one two", "    three", "    four"]

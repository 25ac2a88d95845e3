from io import StringIO

from patchwright.agent.events import Said
from patchwright.frontends.plain import Plain


def shown(*heard: str) -> str:
    out = StringIO()
    plain = Plain(out)
    for text in heard:
        plain.listen(1, text)
    plain.show(1, Said(role="user", text="go on", about="user"))
    return out.getvalue()


def test_a_countdown_is_one_line_that_grows() -> None:
    assert (
        shown("\n[busy. Next try in 25 s", ", 15 s", ", 5 s", "]\n")
        == "[busy. Next try in 25 s, 15 s, 5 s]\n  go on\n"
    )


def test_a_countdown_that_is_cut_short_ends_its_line() -> None:
    assert shown("\n[busy. Next try in 25 s") == "[busy. Next try in 25 s\n  go on\n"


def test_what_a_model_streams_is_shown_once_it_is_whole() -> None:
    assert shown("He", "llo", "\n[it broke off]\n", "Hello") == "[it broke off]\n  go on\n"

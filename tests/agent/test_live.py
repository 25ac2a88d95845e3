from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st
from patchwright.agent.live import Live
from patchwright.sandbox.secrets import Secrets

KEY = "MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQCt6XhWWVFTEQlC"
PEM = f"-----BEGIN PRIVATE KEY-----\n{KEY}\n-----END PRIVATE KEY-----"
PHRASE = "My dog 4te the! moon"
TEXT = f"I use Zx8qq91nn_44 and (ghp_aB3dE5gH7jK9mN1pQ4sT6vW8yZ2cF0xL5rU7).\n{PEM}\nThat is all.\n"
ENV = {"X_TOKEN": "Zx8qq91nn_44"}


def heard(secrets: Secrets, pieces: list[str]) -> str:
    shown: list[str] = []
    live = Live(secrets, shown.append)
    for piece in pieces:
        live.hear(piece)
    live.end()
    return "".join(shown)


def cut(text: str, places: list[int]) -> list[str]:
    ends = sorted({0, len(text), *(place % len(text) for place in places)})
    return [text[a:b] for a, b in pairwise(ends)]


@given(st.lists(st.integers(0, 10_000), max_size=40))
def test_a_secret_in_pieces_is_hidden_as_one_that_is_whole(places: list[int]) -> None:
    for secrets, text in (
        (Secrets(ENV), TEXT),
        (Secrets(ENV | {"PASSPHRASE": PHRASE}), f"{TEXT} {PHRASE} {TEXT}"),
    ):
        pieces = [piece for piece in cut(text, places) if not piece.startswith("\n[")]
        assert heard(secrets, pieces) == secrets.redact(text)
        assert "[redacted: private key]" in secrets.redact(text)


def test_text_is_shown_as_it_comes() -> None:
    shown: list[str] = []
    live = Live(Secrets(ENV), shown.append)
    for piece in ("I look ", "first", ", the", "n"):
        live.hear(piece)
    assert shown == ["I look ", "first, "]


def test_a_notice_is_passed_on_and_what_it_interrupts_is_not() -> None:
    shown: list[str] = []
    live = Live(Secrets(ENV), shown.append)
    for piece in ("so Zx8qq", "\n[it broke off at Zx8qq91nn_44]\n", "so "):
        live.hear(piece)
    assert shown == ["so ", "\n[it broke off at [redacted: X_TOKEN]]\n", "so "]


def test_a_countdown_is_shown_as_it_runs() -> None:
    shown: list[str] = []
    live = Live(Secrets(ENV), shown.append)
    pieces = ["\n[it is busy. Next try in 20 s", ", 10 s", "]\n", "so", ", it"]
    for piece in pieces:
        live.hear(piece)
    assert shown == [*pieces[:3], "so, "]

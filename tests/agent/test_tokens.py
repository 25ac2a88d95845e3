"""Tokens as cl100k_base counts them, without a network and without litellm."""

import subprocess
import sys

import tiktoken
from hypothesis import given
from hypothesis import strategies as st
from patchwright.agent import tokens
from pytest import MonkeyPatch

SAMPLES = [
    "",
    "def f(x):\n    return x\n",
    "Größe — 数学 🙂",
    "   \n\n\t x",
    "12345678 a1b2",
    "it's we'll",
    "<|endoftext|>",
]


def test_the_count_is_tiktoken_s_own(monkeypatch: MonkeyPatch) -> None:
    path = tokens.vocabulary()
    assert path
    monkeypatch.setenv("TIKTOKEN_CACHE_DIR", str(path.parent))
    own = tiktoken.get_encoding("cl100k_base")
    assert tokens.counter()[0] == "cl100k_base"
    for text in SAMPLES:
        assert tokens.count(text) == len(own.encode(text, disallowed_special=())), text


@given(st.text())
def test_bytes_are_never_fewer_than_tokens(text: str) -> None:
    assert tokens.most(text) >= tokens.count(text)


def test_blanks_without_end_are_counted() -> None:
    assert 0 < tokens.count(" " * 2_000_000) < 2_000_000


def test_litellm_stays_out_and_what_fits_is_not_counted() -> None:
    code = (
        "import sys; from patchwright.agent.context import messages; from patchwright.agent.events import Said;"
        "messages([Said(role='user', text='x' * 40_000)]); assert 'tiktoken' not in sys.modules;"
        "messages([Said(role='user', text='x ' * 40_000)]); assert 'tiktoken' in sys.modules;"
        "assert 'litellm' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_without_a_vocabulary_there_is_an_estimate(monkeypatch: MonkeyPatch) -> None:
    tokens.counter.cache_clear()
    monkeypatch.setattr(sys, "path", [])
    sys.path_importer_cache.clear()
    monkeypatch.delitem(sys.modules, "litellm", raising=False)
    assert tokens.counter()[0] == "characters / 3"
    assert tokens.count("x" * 30) == 10
    tokens.counter.cache_clear()

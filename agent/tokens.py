"""How many tokens a text has: by cl100k_base, whose vocabulary litellm's wheel carries; without it an estimate.

A provider's own count differs, by a tenth or two for most; it is taken into account where it is known. Nothing is
downloaded, and litellm is not imported.
"""

import base64
from collections.abc import Callable
from functools import cache
from importlib.util import find_spec
from pathlib import Path

FILE = "9b5ad71b2ce5302211f9c61530b329a4922fc6a4"
"""cl100k_base as tiktoken's cache names it: the SHA-1 of its address."""
WORDS = (
    r"'(?i:[sdmt]|ll|ve|re)|[^\r\n\p{L}\p{N}]?+\p{L}++|\p{N}{1,3}+| ?[^\s\p{L}\p{N}]++[\r\n]*+"
    r"|\s++$|\s*[\r\n]|\s+(?!\S)|\s"
)
"""How cl100k_base cuts a text before it looks for tokens; a part of the vocabulary that is not in its file."""
PIECE = 50_000
"""Characters that are counted at once: the pattern's engine gives up on blanks without end."""
PER_TOKEN = 3.0
"""Characters of a token where none can be counted: rather few, since what is too long costs an error."""


def most(text: str) -> int:
    """More tokens than a text can have: none is shorter than a byte."""
    return len(text.encode("utf-8", "surrogatepass"))


def count(text: str) -> int:
    """Tokens of a text. The first call takes most of a second."""
    return counter()[1](text)


@cache
def counter() -> tuple[str, Callable[[str], int]]:
    """How tokens are counted, by name, and the function."""
    path = vocabulary()
    if not path or not find_spec("tiktoken"):
        return "characters / 3", lambda text: int(len(text) / PER_TOKEN)
    import tiktoken

    rows = (line.split() for line in path.read_bytes().splitlines())
    ranks = {base64.b64decode(token): int(rank) for token, rank in rows}
    encoding = tiktoken.Encoding("cl100k_base", pat_str=WORDS, mergeable_ranks=ranks, special_tokens={})

    def exactly(text: str) -> int:
        pieces = (text[at : at + PIECE] for at in range(0, len(text), PIECE))
        return sum(len(encoding.encode_ordinary(piece)) for piece in pieces)

    return "cl100k_base", exactly


def vocabulary() -> Path | None:
    """The file in litellm's wheel that holds the vocabulary, where litellm is there."""
    spec = find_spec("litellm")
    places = (spec.submodule_search_locations or []) if spec else []
    found = (Path(place) / "litellm_core_utils" / "tokenizers" / FILE for place in places)
    return next((path for path in found if path.exists()), None)

"""Numbers and names as text."""


def column(words: list[str]) -> list[str]:
    """Words padded to the length of the longest."""
    width = max((len(word) for word in words), default=0)
    return [word.ljust(width) for word in words]


def plural(count: int, word: str) -> str:
    """`1 entry`, `2 entries`."""
    if count == 1:
        return f"1 {word}"
    return f"{count} {word[:-1]}ies" if word.endswith("y") else f"{count} {word}s"

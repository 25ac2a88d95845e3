"""Cutting long text so that what matters stays: the head, the tail, and how much is gone."""


def clip(text: str, most: int) -> str:
    """At most about `most` characters of a text, cut between lines, with the number of lines left out."""
    if len(text) <= most:
        return text
    head = text[: most // 3]
    tail = text[-(most - most // 3) :]
    if "\n" in head:
        head = head.rpartition("\n")[0]
    if "\n" in tail:
        tail = tail.partition("\n")[2]
    gone = text[len(head) : len(text) - len(tail)]
    lines = gone.count("\n")
    return f"{head}\n[… {lines} lines ({len(gone)} characters) left out …]\n{tail}"


def line(text: str, most: int) -> str:
    """One line, cut at `most` characters."""
    return text if len(text) <= most else f"{text[: most - 1]}…"

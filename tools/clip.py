"""Cutting long text so that what matters stays: the head, the tail, and how much is gone.

Secrets are taken out first: what is left of one that is cut could not be told from other text.
"""

from ..sandbox.secrets import ours


def clip(text: str, most: int) -> str:
    """At most about `most` characters of a text, cut between lines, with the number of lines left out."""
    if len(text) <= most:
        return text
    text = ours().redact(text)
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
    return text if len(text) <= most else f"{ours().redact(text)[: most - 1]}…"

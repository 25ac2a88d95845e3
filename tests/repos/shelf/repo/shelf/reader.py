"""From the text file to books."""

from pathlib import Path

from shelf.books import Book


class BadFile(ValueError):
    """A block of the file cannot be read as a book."""


def fields(block: str) -> dict[str, str]:
    """The `key: value` lines of one block."""
    found = {}
    for line in block.splitlines():
        key, colon, value = line.partition(":")
        if not colon:
            raise BadFile(f"no colon in {line!r}")
        found[key.strip().lower()] = value.strip()
    return found


def to_book(block: str) -> Book:
    """One block of the file as a book."""
    values = fields(block)
    for key in ("title", "author", "year"):
        if key not in values:
            raise BadFile(f"a book has no {key}")
    tags = tuple(tag.strip() for tag in values.get("tags", "").split(",") if tag.strip())
    return Book(values["title"], values["author"], int(values["year"]), tags)


def parse(text: str) -> list[Book]:
    blocks = [block.strip() for block in text.split("\n\n")]
    return [to_book(block) for block in blocks if block]


def load(path: Path) -> list[Book]:
    return parse(path.read_text(encoding="utf-8"))

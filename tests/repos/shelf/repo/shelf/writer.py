"""From books to the text file."""

from pathlib import Path

from shelf.books import Book


def to_lines(book: Book) -> list[str]:
    """The lines that stand for one book in the file."""
    lines = [
        f"title: {book.title}",
        f"author: {book.author}",
        f"year: {book.year}",
    ]
    if book.tags:
        lines.append("tags: " + ", ".join(book.tags))
    return lines


def dump(books: list[Book]) -> str:
    """The whole file: one block for each book, an empty line between them."""
    return "\n\n".join("\n".join(to_lines(book)) for book in books) + "\n"


def save(books: list[Book], path: Path) -> None:
    path.write_text(dump(books), encoding="utf-8")

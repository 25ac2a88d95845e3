"""What a book is, and questions about many of them."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Book:
    title: str
    author: str
    year: int
    tags: tuple[str, ...] = ()
    note: str = ""

    def matches(self, word: str) -> bool:
        word = word.lower()
        return word in self.title.lower() or word in self.author.lower() or word in self.note.lower()


def find(books: list[Book], word: str) -> list[Book]:
    """The books that mention a word in title, author or note."""
    return [book for book in books if book.matches(word)]


def by_tag(books: list[Book], tag: str) -> list[Book]:
    return [book for book in books if tag in book.tags]


def by_decade(books: list[Book]) -> dict[int, list[Book]]:
    """Books grouped by the first year of their decade, oldest first."""
    groups: dict[int, list[Book]] = {}
    for book in sorted(books, key=lambda book: book.year):
        groups.setdefault(book.year // 10 * 10, []).append(book)
    return groups

import pytest

from shelf.books import Book
from shelf.reader import BadFile, load, parse, to_book
from shelf.writer import dump, save, to_lines

EMMA = Book("Emma", "Jane Austen", 1815, ("novel", "classic"))
SIGNED = Book("Dune", "Frank Herbert", 1965, ("novel",), "signed copy")


def test_a_book_is_written_as_a_block():
    assert to_lines(EMMA) == ["title: Emma", "author: Jane Austen", "year: 1815", "tags: novel, classic"]


def test_a_book_without_tags_has_no_tags_line():
    assert to_lines(Book("Kim", "Rudyard Kipling", 1901)) == ["title: Kim", "author: Rudyard Kipling", "year: 1901"]


def test_a_note_is_written_after_the_tags():
    assert to_lines(SIGNED) == [
        "title: Dune",
        "author: Frank Herbert",
        "year: 1965",
        "tags: novel",
        "note: signed copy",
    ]


def test_a_note_is_read():
    block = "title: Dune\nauthor: Frank Herbert\nyear: 1965\ntags: novel\nnote: signed copy"
    assert to_book(block) == SIGNED


def test_old_files_without_notes_still_load():
    assert parse("title: Emma\nauthor: Jane Austen\nyear: 1815\ntags: novel, classic\n") == [EMMA]


def test_books_survive_the_file(tmp_path):
    path = tmp_path / "shelf.txt"
    save([EMMA, SIGNED], path)
    assert load(path) == [EMMA, SIGNED]


def test_books_are_separated_by_an_empty_line():
    assert "\n\ntitle: Emma\n" in dump([SIGNED, EMMA])


def test_a_book_without_a_year_is_refused():
    with pytest.raises(BadFile, match="no year"):
        to_book("title: Dune\nauthor: Frank Herbert")

from shelf.books import Book, by_decade, by_tag, find

EMMA = Book("Emma", "Jane Austen", 1815, ("novel", "classic"))
DUNE = Book("Dune", "Frank Herbert", 1965, ("novel", "science fiction"), note="lent to Ana")
KIM = Book("Kim", "Rudyard Kipling", 1901)


def test_find_looks_into_title_author_and_note():
    books = [EMMA, DUNE, KIM]
    assert find(books, "austen") == [EMMA]
    assert find(books, "kim") == [KIM]
    assert find(books, "ana") == [DUNE]


def test_by_tag():
    assert by_tag([EMMA, DUNE, KIM], "novel") == [EMMA, DUNE]


def test_by_decade_is_sorted():
    assert by_decade([DUNE, EMMA, KIM]) == {1810: [EMMA], 1900: [KIM], 1960: [DUNE]}

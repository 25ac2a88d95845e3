"""Whole files: what was not changed stays as it was, down to its line ends (lazy elision: Aider-AI/aider's unified diff study)."""

from corpus.case import Case, write


def wrote(name: str, before: bytes, text: str, after: bytes) -> Case:
    return Case(name, {"f": before}, write("f", text), {"f": after})


CASES: list[Case] = [
    Case("a new file", {"f": b""}, write("d/g.txt", "a\nb\n"), {"d/g.txt": b"a\nb\n"}),
    Case("a new file with CRLF", {"f": b""}, write("g.bat", "a\r\nb\r\n"), {"g.bat": b"a\r\nb\r\n"}),
    Case("a new empty file", {"f": b""}, write("g", ""), {"g": b""}),
    wrote("another text", b"a\nb\n", "c\n", b"c\n"),
    wrote("a CRLF file stays one", b"a\r\nb\r\n", "a\nx\nb\n", b"a\r\nx\r\nb\r\n"),
    wrote("mixed line ends stay where they were", b"a\r\nb\nc\r\n", "a\nb\nC\n", b"a\r\nb\nC\r\n"),
    wrote("the mark at the start stays", b"\xef\xbb\xbfa\n", "b\n", b"\xef\xbb\xbfb\n"),
    wrote("a mark that was given is not doubled", b"\xef\xbb\xbfa\n", "\ufeffb\n", b"\xef\xbb\xbfb\n"),
    wrote("latin-1 stays latin-1", b"caf\xe9\nx\n", "café\ny\n", b"caf\xe9\ny\n"),
    wrote("UTF-16 stays UTF-16", b"\xff\xfea\0\n\0", "b\n", b"\xff\xfeb\0\n\0"),
    wrote("a final newline as it is given", b"a\n", "b", b"b"),
    wrote("a file is emptied", b"a\n", "", b""),
    wrote("an empty file is filled", b"", "a\n", b"a\n"),
    wrote("a binary file becomes text", b"\0\1\2", "a\n", b"a\n"),
    wrote(
        "many lines",
        b"".join(b"%d\r\n" % n for n in range(3_000)),
        "".join(f"{n}\n" for n in range(3_000) if n % 2),
        b"".join(b"%d\r\n" % n for n in range(3_000) if n % 2),
    ),
    Case("nothing changes", {"f": b"a\n"}, write("f", "a\n"), {}, "nothing would change"),
    Case("only line ends would change", {"f": b"a\r\n"}, write("f", "a\n"), {}, "nothing would change"),
    Case(
        "code that is left out",
        {"f": b"def a():\n    pass\n\ndef b():\n    pass\n"},
        write("f", "def a():\n    return 1\n\n# ... rest of the file unchanged ...\n"),
        {},
        "line 4 of the new text, '# ... rest of the file unchanged ...', stands for code that is left out",
    ),
    Case(
        "a letter that the file's encoding lacks",
        {"f": b"caf\xe9\n"},
        write("f", "café →\n"),
        {},
        "the file is in cp1252",
    ),
]

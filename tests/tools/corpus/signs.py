"""Signs that look alike, and encodings (anthropics/claude-code#29870: a no-break space; one tool rewrites the whole file normalised)."""

from corpus.case import Case, lands, refused

NB = "\u00a0"


def u(text: str) -> bytes:
    return text.encode()


def u16(text: str) -> bytes:
    return b"\xff\xfe" + text.encode("utf-16-le")


CASES: list[Case] = [
    lands(
        "a no-break space in the file", u(f"a{NB}b\nc\n"), "a b\n", "a x\n", u(f"a{NB}x\nc\n"), "punctuation"
    ),
    lands("a no-break space in the quote", b"a b\nc\n", f"a{NB}b\n", f"a{NB}x\n", b"a x\nc\n", "punctuation"),
    lands(
        "an indent of no-break spaces",
        u(f"if x:\n{NB}{NB}y\n"),
        "if x:\n  y\n",
        "if x:\n  z\n",
        u(f"if x:\n{NB}{NB}z\n"),
        "punctuation",
    ),
    lands(
        "curly quotes in the file",
        u("print(“hi”, 1)\n"),
        'print("hi", 1)\n',
        'print("hi", 2)\n',
        u("print(“hi”, 2)\n"),
        "punctuation",
    ),
    lands(
        "curly quotes in the quote",
        b'print("hi", 1)\n',
        "print(“hi”, 1)\n",
        "print(“hi”, 2)\n",
        b'print("hi", 2)\n',
        "punctuation",
    ),
    lands(
        "an apostrophe",
        u("it’s so\nand\n"),
        "it's so\nand\n",
        "it's so\nor\n",
        u("it’s so\nor\n"),
        "punctuation",
    ),
    lands(
        "dashes", u("a – b — c\nd\n"), "a - b - c\nd\n", "a - b - c\ne\n", u("a – b — c\ne\n"), "punctuation"
    ),
    lands(
        "a part of a line", u("say “yes” now\n"), 'say "yes"', 'say "no"', u("say “no” now\n"), "punctuation"
    ),
    lands("full-width brackets", u("f（x）\n"), "f(x)\n", "f(y)\n", u("f（y）\n"), "punctuation"),
    lands(
        "signs, CRLF and indent at once",
        u("\tsay(“a”)\r\n\tb\r\n"),
        '    say("a")\n    b\n',
        '    say("a")\n    c\n',
        u("\tsay(“a”)\r\n\tc\r\n"),
        "punctuation",
    ),
    lands(
        "other signs of the file stay",
        u("x = “1”\ny = “2”\n"),
        'y = "2"\n',
        'y = "3"\n',
        u("x = “1”\ny = “3”\n"),
        "punctuation",
    ),
    lands("signs made plain on purpose", u("x = “1”\n"), "“1”", '"1"', b'x = "1"\n'),
    lands("emoji and other planes", u("a = '🎉'\nb = 1\n"), "b = 1", "b = '🧪'", u("a = '🎉'\nb = '🧪'\n")),
    lands("latin-1 elsewhere in the file", b"# caf\xe9\nx = 1\n", "x = 1", "x = 2", b"# caf\xe9\nx = 2\n"),
    lands(
        "latin-1 quoted as it is shown",
        b"# caf\xe9\nx = 1\n",
        "# café\n",
        "# cafés\n",
        b"# caf\xe9s\nx = 1\n",
    ),
    lands("cp1252 quotes", b"say \x93hi\x94\n", "“hi”", "“ho”", b"say \x93ho\x94\n"),
    lands(
        "a stray byte in UTF-8",
        u("é = 1\n") + b"# \xff\n" + b"x = 1\n",
        "x = 1",
        "x = 'é'",
        u("é = 1\n") + b"# \xff\nx = '\xc3\xa9'\n",
    ),
    lands(
        "UTF-16 with its mark",
        u16("a = 1\r\nb = 2\r\n"),
        "b = 2",
        "b = 'ü'\nc = 3",
        u16("a = 1\r\nb = 'ü'\r\nc = 3\r\n"),
    ),
    lands(
        "UTF-16, the other way round",
        b"\xfe\xff" + "a\nb\n".encode("utf-16-be"),
        "b",
        "c",
        b"\xfe\xff" + "a\nc\n".encode("utf-16-be"),
    ),
    lands("not UTF-16 in spite of its start", b"\xff\xfe or a \x80", "a", "b", b"\xff\xfe or b \x80"),
    lands("bytes that no code page has", b"\x81\x8d a\n", "a", "b", b"\x81\x8d b\n"),
    refused(
        "a letter that the file's encoding lacks",
        b"# caf\xe9\nx = 1\n",
        "x = 1",
        "x = '→'",
        "the file is in cp1252, which has no '→' (line 2)",
    ),
    refused(
        "a letter that stands for a stray byte", u("é\n") + b"# \xff x\n", "# \ufffd x", "# y", "differs"
    ),
    refused(
        "two places, blind to signs",
        u("“a”\n”a“\n"),
        '"a"',
        "b",
        "occurs 2 times in f (lines 1, 2), with other quotes, dashes or blanks",
    ),
    refused(
        "composed and decomposed letters are two",
        u("cafe\u0301\n"),
        "caf\u00e9\n",
        "tea\n",
        "Nearest: line 1",
    ),
    refused("a Cyrillic letter that looks Latin", u("х = 1\ny = 2\n"), "x = 1\n", "x = 3\n", "not in f"),
    refused("a binary file", b"\x7fELF\0\0\0abc", "abc", "abd", "f is a binary file of 10 bytes"),
    refused(
        "an invisible sign is shown",
        u("a\u200bb = 1\nc = 2\n"),
        "ab = 1\nc = 2\n",
        "x\n",
        "the file has «a<U+200B>b = 1», you gave «ab = 1»",
    ),
]

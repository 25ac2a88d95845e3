"""Line ends, the final one, and marks at the start (anthropics/claude-code#164: "$1.31 in 3 min" over CRLF)."""

from corpus.case import Case, lands, refused

BOM = b"\xef\xbb\xbf"

CASES: list[Case] = [
    lands(
        "CRLF stays, quoted with LF", b"a\r\nb\r\nc\r\n", "a\nb\n", "a\nB\n", b"a\r\nB\r\nc\r\n", "line ends"
    ),
    lands("lines put into a CRLF file end in CRLF", b"a\r\nb\r\n", "b", "b\nx\ny", b"a\r\nb\r\nx\r\ny\r\n"),
    lands(
        "a part of two lines with CRLF",
        b"f(1,\r\n  2)\r\n",
        "1,\n  2",
        "1,\n  3",
        b"f(1,\r\n  3)\r\n",
        "line ends",
    ),
    lands("CRLF quoted as CRLF", b"a\r\nb\r\n", "a\r\nb", "x\r\ny", b"x\r\ny\r\n"),
    lands("CRLF made LF on purpose", b"a\r\nb\r\n", "a\r\nb\r\n", "a\nb\n", b"a\nb\n"),
    lands("LF quoted as CRLF", b"a\nb\nc\n", "a\r\nb\r\n", "a\r\nx\r\n", b"a\nx\nc\n", "line ends"),
    lands("CRLF written into an LF file", b"a\nb\n", "b", "b\r\nx", b"a\nb\nx\n"),
    lands(
        "mixed: an LF line stays LF",
        b"a\r\nb\nc\r\n",
        "a\nb\nc\n",
        "a\nB\nc\n",
        b"a\r\nB\nc\r\n",
        "line ends",
    ),
    lands(
        "mixed: a CRLF line stays CRLF", b"a\nb\r\nc\n", "a\nb\nc\n", "a\nB\nc\n", b"a\nB\r\nc\n", "line ends"
    ),
    lands("mixed: far lines stay", b"1\r\n2\n3\r\n4\n5\r\n", "3", "three", b"1\r\n2\nthree\r\n4\n5\r\n"),
    lands(
        "mixed: a new line ends as its neighbour",
        b"1\n2\r\n3\r\n4\n",
        "2\n3\n",
        "2\nx\n3\n",
        b"1\n2\r\nx\r\n3\r\n4\n",
        "line ends",
    ),
    lands("a match that starts in a CRLF", b"a\r\nb\r\n", "\nb", "\nc", b"a\r\nc\r\n"),
    lands("such a match that goes leaves no CR", b"a\r\nb\r\n", "\nb", "", b"a\r\n"),
    lands("the old Macintosh's CR", b"a\rb\rc\r", "b\n", "x\ny\n", b"a\rx\ry\rc\r", "line ends"),
    lands("a CR inside an LF line is a letter", b"a\rb\nc\n", "c\n", "d\n", b"a\rb\nd\n"),
    lands(
        "a CR in a last line without its end", b"x\na\rb", "a\rb\n", "a\rb\nc\n", b"x\na\rb\nc", "line ends"
    ),
    lands("CR CR LF, as broken tools write it", b"a\r\r\nb\r\r\n", "b", "c", b"a\r\r\nc\r\r\n"),
    lands("no final newline stays", b"a\nb", "b", "c", b"a\nc"),
    lands("no final newline stays, quoted with one", b"a\nb", "b\n", "c\n", b"a\nc", "line ends"),
    lands("nor comes with more lines", b"a\nb", "b\n", "b\nc\n", b"a\nb\nc", "line ends"),
    lands("no final newline with CRLF", b"a\r\nb", "a\nb\n", "a\nc\n", b"a\r\nc", "line ends"),
    lands("a final newline can be added", b"a\nb", "b", "b\n", b"a\nb\n"),
    lands("a final newline can go", b"a\nb\n", "b\n", "b", b"a\nb"),
    lands("many final newlines stay", b"a\n\n\n\n", "a", "b", b"b\n\n\n\n"),
    lands("a mark at the start stays", BOM + b"a\nb\n", "a", "x", BOM + b"x\nb\n"),
    lands("a mark and CRLF stay", BOM + b"a\r\nb\r\n", "a\nb", "x\nb", BOM + b"x\r\nb\r\n", "line ends"),
    lands("U+2028 ends no line", "a\u2028b\nc\n".encode(), "c\n", "d\n", "a\u2028b\nd\n".encode()),
    refused(
        "only the line ends differ",
        b"a\nb\n",
        "a\nb\n",
        "a\r\nb\r\n",
        "line ends and blanks follow the file's own",
    ),
    refused(
        "two places, blind to line ends",
        b"a\r\nb\r\na\r\nb\r\n",
        "a\nb\n",
        "c\n",
        "occurs 2 times in f (lines 1, 3), with other line ends",
    ),
]

"""SEARCH/REPLACE blocks in text (Aider-AI/aider#685, #4098, #3651)."""

from corpus.case import Case, patch, patched, unpatched


def block(old: str, new: str, path: str = "f\n") -> str:
    return f"{path}<<<<<<< SEARCH\n{old}=======\n{new}>>>>>>> REPLACE\n"


BARE, NAMED = block("b\n", "B\n", ""), block("b\n", "B\n")
CASES: list[Case] = [
    patched("a block", b"a\nb\nc\n", block("b\n", "B\n"), b"a\nB\nc\n"),
    patched("in a fence, the path above it", b"a\nb\n", f"f\n```python\n{BARE}```\n", b"a\nB\n"),
    patched("in a fence, the path within", b"a\nb\n", f"```python\n{NAMED}```\n", b"a\nB\n"),
    patched("a decorated path", b"a\nb\n", block("b\n", "B\n", "**`f`**:\n"), b"a\nB\n"),
    patched("a path as a heading", b"a\nb\n", block("b\n", "B\n", "### f\n"), b"a\nB\n"),
    patched("a path behind a word", b"a\nb\n", block("b\n", "B\n", "File: f\n"), b"a\nB\n"),
    patched(
        "a path behind the marker", b"a\nb\n", "<<<<<<< SEARCH f\nb\n=======\nB\n>>>>>>> REPLACE\n", b"a\nB\n"
    ),
    patched("prose around it", b"a\nb\n", f"First I change b.\n\n{NAMED}\nThat is all.\n", b"a\nB\n"),
    patched(
        "two blocks, one path", b"a\nb\n", block("a\n", "A\n") + "\n" + block("b\n", "B\n", ""), b"A\nB\n"
    ),
    patched(
        "prose between two blocks",
        b"a\nb\n",
        block("a\n", "A\n") + "\nThen the other:\n\n" + block("b\n", "B\n", ""),
        b"A\nB\n",
    ),
    patched(
        "longer markers for a text with equal signs",
        b"Title\n=======\ntext\n",
        "f\n<<<<<<<<< SEARCH\nTitle\n=======\n=========\nHead\n=======\n>>>>>>>>> REPLACE\n",
        b"Head\n=======\ntext\n",
    ),
    patched(
        "markers of conflicts", b"a\nb\n", "f\n<<<<<<< HEAD\nb\n=======\nB\n>>>>>>> UPDATED\n", b"a\nB\n"
    ),
    patched("lines go", b"a\nb\nc\n", block("b\n", ""), b"a\nc\n"),
    patched(
        "whole lines, not their ends", b"max = 1\nx = 1\n", block("x = 1\n", "x = 2\n"), b"max = 1\nx = 2\n"
    ),
    patched("CRLF", b"a\r\nb\r\n", block("a\nb\n", "a\nB\n"), b"a\r\nB\r\n", "line ends"),
    patched(
        "from the left margin",
        b"def f():\n    a = 1\n    return a\n",
        block("a = 1\nreturn a\n", "a = 2\nreturn a\n"),
        b"def f():\n    a = 2\n    return a\n",
        "indent",
    ),
    patched("no final newline", b"a\nb", block("b\n", "B\n"), b"a\nB", "line ends"),
    Case("a new file", {"f": b"a\n"}, patch(block("", "x\ny\n", "d/new.py\n")), {"d/new.py": b"x\ny\n"}),
    Case(
        "two files",
        {"f": b"a\n", "g": b"b\n"},
        patch(block("a\n", "A\n") + block("b\n", "B\n", "g\n")),
        {"f": b"A\n", "g": b"B\n"},
    ),
    Case(
        "a path in prose",
        {"src/f.py": b"a\n"},
        patch(block("a\n", "A\n", "Now `src/f.py` gets this:\n")),
        {"src/f.py": b"A\n"},
    ),
    unpatched(
        "the first of two equal blocks is not taken",
        b"a\nb\na\nb\n",
        block("a\nb\n", "c\n"),
        "the SEARCH text occurs 2 times in f (lines 1, 3)",
    ),
    unpatched(
        "nothing to search for in a file that has text",
        b"a\n",
        block("", "x\n"),
        "the SEARCH text is empty, and f is not",
    ),
    unpatched(
        "no path", b"a\n", block("a\n", "b\n", ""), "the line above the block has to be its file's path"
    ),
    unpatched(
        "a path that prose hides",
        b"a\n",
        block("a\n", "A\n") + block("b\n", "B\n", "and in src/g.py this one\n"),
        "the line above the block has to be its file's path, alone",
    ),
    unpatched("no divider", b"a\n", "f\n<<<<<<< SEARCH\na\n>>>>>>> REPLACE\n", "has no line ======="),
    unpatched("no end", b"a\n", "f\n<<<<<<< SEARCH\na\n=======\nb\n", "has no line >>>>>>> REPLACE"),
    unpatched(
        "a block in a block",
        b"a\n",
        "f\n<<<<<<< SEARCH\na\n<<<<<<< SEARCH\nb\n=======\nc\n>>>>>>> REPLACE\n",
        "has no end before this one",
    ),
    unpatched(
        "two dividers",
        b"a\n",
        "f\n<<<<<<< SEARCH\na\n=======\nb\n=======\nc\n>>>>>>> REPLACE\n",
        "make its three markers longer",
    ),
    unpatched(
        "dots for what is left out",
        b"def f():\n    a\n    b\n    c\n",
        block("def f():\n    ...\n    c\n", "def f():\n    ...\n    d\n"),
        "its line of dots stands for lines that are left out",
    ),
    Case(
        "half of it is none of it",
        {"f": b"a\n", "g": b"b\n"},
        patch(block("a\n", "A\n") + block("x\n", "B\n", "g\n")),
        {},
        "the SEARCH text is not in g",
    ),
]

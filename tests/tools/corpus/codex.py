"""Codex's patch grammar: all failures in production were contexts that were not found (holon-run/holon#2741, openai/codex#678, #42635)."""

from corpus.case import Case, patch, patched, unpatched

TWO = b"class A:\n    def f(self):\n        x = 1\n        return x\n\n\nclass B:\n    def f(self):\n        x = 1\n        return x\n"


def update(body: str, path: str = "f") -> str:
    return f"*** Begin Patch\n*** Update File: {path}\n{body}*** End Patch\n"


PLAIN = update("@@\n-b\n+B\n")
CASES: list[Case] = [
    patched("an update", b"a\nb\nc\n", update("@@\n a\n-b\n+B\n c\n"), b"a\nB\nc\n"),
    patched("without a first @@", b"a\nb\nc\n", update(" a\n-b\n+B\n c\n"), b"a\nB\nc\n"),
    patched("without begin and end", b"a\nb\n", "*** Update File: f\n@@\n-b\n+B\n", b"a\nB\n"),
    patched("in a fence", b"a\nb\n", f"```diff\n{PLAIN}```\n", b"a\nB\n"),
    patched("in a here document", b"a\nb\n", f"apply_patch <<'EOF'\n{PLAIN}EOF\n", b"a\nB\n"),
    patched("with prose before it", b"a\nb\n", f"I change b.\n\n{PLAIN}", b"a\nB\n"),
    patched("two hunks", b"a\nb\nc\nd\ne\n", update("@@\n-a\n+A\n b\n@@\n d\n-e\n+E\n"), b"A\nb\nc\nd\nE\n"),
    patched("hunks out of order", b"a\nb\nc\nd\ne\n", update("@@\n-e\n+E\n@@\n-a\n+A\n"), b"A\nb\nc\nd\nE\n"),
    patched(
        "the class that is named",
        TWO,
        update("@@ class B:\n-        x = 1\n+        x = 2\n"),
        TWO[:-33] + TWO[-33:].replace(b"1", b"2"),
    ),
    patched(
        "a class and a method, on two lines",
        TWO,
        update("@@ class B:\n@@     def f(self):\n-        x = 1\n+        x = 2\n"),
        TWO[:-33] + TWO[-33:].replace(b"1", b"2"),
    ),
    patched(
        "a class named without its colon",
        TWO,
        update("@@ class A\n-        x = 1\n+        x = 2\n"),
        TWO.replace(b"1", b"2", 1),
    ),
    patched(
        "a header that is not there, where all is plain",
        b"a\nb\n",
        update("@@ def nothing()\n-b\n+B\n"),
        b"a\nB\n",
    ),
    patched("at the end of the file", b"x\ny\nx\n", update("@@\n-x\n+z\n*** End of File\n"), b"x\ny\nz\n"),
    patched("lines only added at the end", b"a\n", update("@@\n+b\n*** End of File\n"), b"a\nb\n"),
    patched("lines added at an end without newline", b"a", update("@@\n+b\n*** End of File\n"), b"a\nb\n"),
    patched(
        "blank context lines without their blank", b"a\n\nb\n", update("@@\n a\n\n-b\n+B\n"), b"a\n\nB\n"
    ),
    patched("empty lines between hunks", b"a\nb\nc\n", update("@@\n-a\n+A\n\n@@\n-c\n+C\n\n"), b"A\nb\nC\n"),
    patched(
        "whole lines are matched, not their ends",
        b"max = 1\nx = 1\n",
        update("@@\n-x = 1\n+x = 2\n"),
        b"max = 1\nx = 2\n",
    ),
    patched(
        "CRLF", b"a\r\nb\r\nc\r\n", update("@@\n a\n-b\n+B\n+b2\n c\n"), b"a\r\nB\r\nb2\r\nc\r\n", "line ends"
    ),
    patched("a patch with CRLF", b"a\nb\n", update("@@\n-b\n+B\n").replace("\n", "\r\n"), b"a\nB\n"),
    patched(
        "tabs quoted as blanks",
        b"all:\n\tcc a\n",
        update("@@\n all:\n-    cc a\n+    cc b\n"),
        b"all:\n\tcc b\n",
        "indent",
    ),
    patched(
        "a context's trailing blanks stay",
        b"a  \nb\n",
        update("@@\n a\n-b\n+B\n"),
        b"a  \nB\n",
        "trailing blanks",
    ),
    patched(
        "typographic context stays",
        "“a”\nb\n".encode(),
        update('@@\n "a"\n-b\n+B\n'),
        "“a”\nB\n".encode(),
        "punctuation",
    ),
    patched(
        "each blank line that stays keeps its blanks",
        b"a\n\nb\n  \n\t\nc\n",
        update("@@\n-a\n \n-b\n \n-\n-c\n+d\n"),
        b"\n  \nd\n",
        "trailing blanks",
    ),
    patched("no final newline", b"a\nb", update("@@\n-b\n+B\n"), b"a\nB", "line ends"),
    patched("line numbers in the @@", b"x\ny\nx\n", update("@@ -3,1 +3,1 @@\n-x\n+z\n"), b"x\ny\nz\n"),
    patched("a line that begins with stars", b"*** a\nb\n", update("@@\n *** a\n-b\n+c\n"), b"*** a\nc\n"),
    Case(
        "several files",
        {"f": b"a\n", "g": b"b\n"},
        patch(
            "*** Begin Patch\n*** Update File: f\n@@\n-a\n+A\n*** Update File: g\n@@\n-b\n+B\n*** Add File: d/h\n+new\n+\n+two\n*** End Patch"
        ),
        {"f": b"A\n", "g": b"B\n", "d/h": b"new\n\ntwo\n"},
    ),
    Case(
        "a file goes",
        {"f": b"a\n", "g": b"b\n"},
        patch("*** Begin Patch\n*** Delete File: g\n*** End Patch"),
        {"g": None},
    ),
    Case(
        "a file moves and changes",
        {"f": b"a\nb\n"},
        patch(update("*** Move to: d/g\n@@\n-b\n+B\n")),
        {"f": None, "d/g": b"a\nB\n"},
    ),
    Case(
        "a file moves as it is",
        {"f": b"a\r\n\xff"},
        patch(update("*** Move to: g\n")),
        {"f": None, "g": b"a\r\n\xff"},
    ),
    Case(
        "deleted, then added",
        {"f": b"a\r\nb\r\n"},
        patch("*** Begin Patch\n*** Delete File: f\n*** Add File: f\n+a\n+c\n*** End Patch"),
        {"f": b"a\r\nc\r\n"},
    ),
    Case(
        "two parts for one file",
        {"f": b"a\nb\n"},
        patch(
            "*** Begin Patch\n*** Update File: f\n@@\n-a\n+A\n*** Update File: f\n@@\n-b\n+B\n*** End Patch"
        ),
        {"f": b"A\nB\n"},
    ),
    Case(
        "an empty file is added",
        {"f": b"a\n"},
        patch("*** Begin Patch\n*** Add File: g\n*** End Patch"),
        {"g": b""},
    ),
    unpatched(
        "a context that stands twice",
        TWO,
        update("@@\n-        x = 1\n+        x = 2\n"),
        "the context occurs 2 times in f (lines 3, 9): take in more lines",
    ),
    unpatched(
        "twice below the line that is named",
        b"def f():\n    a\n    a\n",
        update("@@ def f():\n-    a\n+    b\n"),
        "the context occurs 2 times in f (lines 2, 3)",
    ),
    unpatched(
        "not below the line that is named",
        b"x = 1\n\ndef f():\n    y = 2\n",
        update("@@ def f():\n-x = 1\n+x = 2\n"),
        "at line 1, which is not below 'def f():'",
    ),
    unpatched(
        "a context that is not there",
        b"def f():\n    a = 1\n    b = 2\n",
        update("@@\n def f():\n     a = 1\n-    b = 3\n+    b = 4\n"),
        "the context is not in f. Nearest: lines 1-3. Line 3 differs: the file has «····b = 2», you gave «····b = 3»",
    ),
    unpatched("lines only added, nowhere", b"a\n", update("@@\n+b\n"), "the context is empty, and f is not"),
    unpatched(
        "a line without its sign",
        b"a\nb\n",
        update("@@\na\n-b\n+B\n"),
        "line 4 of the patch, 'a', in f: lines of a hunk begin with ' '",
    ),
    unpatched(
        "a new file over one that is there",
        b"a\n",
        "*** Begin Patch\n*** Add File: f\n+b\n*** End Patch",
        "f is there already: update it, or delete it first",
    ),
    unpatched(
        "a new file that is there",
        b"a\n",
        "*** Begin Patch\n*** Add File: f\n+a\n*** End Patch",
        "already applied?",
    ),
    unpatched(
        "a new file without its signs",
        b"a\n",
        "*** Begin Patch\n*** Add File: g\nb\n*** End Patch",
        "every line of the new file g begins with +",
    ),
    unpatched(
        "a file that is not there goes",
        b"a\n",
        "*** Begin Patch\n*** Delete File: g\n*** End Patch",
        "there is no file g",
    ),
    unpatched("a file that is not there changes", b"a\n", update("@@\n-a\n+b\n", "g"), "there is no file g"),
    unpatched(
        "deleted, then updated",
        b"a\n",
        "*** Begin Patch\n*** Delete File: f\n*** Update File: f\n@@\n-a\n+b\n*** End Patch",
        "f is deleted or moved earlier in this patch",
    ),
    unpatched("no hunk", b"a\n", update(""), "f: no hunk"),
    unpatched("only context", b"a\n", update("@@\n a\n"), "f: no hunk"),
    unpatched("nothing changes", b"a\n", update("@@\n-a\n+a\n"), "old and new are the same"),
    unpatched("no file", b"a\n", "*** Begin Patch\n*** End Patch", "the patch names no file"),
    unpatched(
        "an unknown header", b"a\n", "*** Begin Patch\n*** Rename File: f\n*** End Patch", "no such header"
    ),
    unpatched(
        "already applied",
        b"a\nB\nc\n",
        update("@@\n a\n-b\n+B\n c\n"),
        "the new text is, at lines 1-3: already applied?",
    ),
    Case(
        "all files or none",
        {"f": b"a\n", "g": b"b\n"},
        patch(
            "*** Begin Patch\n*** Update File: f\n@@\n-a\n+A\n*** Update File: g\n@@\n-nope\n+B\n*** End Patch"
        ),
        {},
        "the context is not in g",
    ),
    Case(
        "a move over another file",
        {"f": b"a\n", "g": b"b\n"},
        patch(update("*** Move to: g\n@@\n-a\n+A\n")),
        {},
        "f cannot move to g, which is there already",
    ),
]

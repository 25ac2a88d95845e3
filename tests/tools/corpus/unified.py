"""Unified diffs as models write them: wrong numbers and counts (Aider-AI/aider#770, #827; without flexibility nine times the errors)."""

from corpus.case import Case, patch, patched, unpatched

TEN = b"".join(b"line %d\n" % n for n in range(1, 11))
HEAD = "--- a/f\n+++ b/f\n"


CASES: list[Case] = [
    patched(
        "as git writes it",
        TEN,
        f"diff --git a/f b/f\nindex 1..2 100644\n{HEAD}@@ -4,3 +4,3 @@ def x\n line 4\n-line 5\n+LINE 5\n line 6\n",
        TEN.replace(b"line 5", b"LINE 5"),
    ),
    patched(
        "without git's lines",
        TEN,
        f"{HEAD}@@ -5 +5 @@\n-line 5\n+LINE 5\n",
        TEN.replace(b"line 5", b"LINE 5"),
    ),
    patched(
        "without a/ and b/",
        TEN,
        "--- f\n+++ f\n@@ -5 +5 @@\n-line 5\n+LINE 5\n",
        TEN.replace(b"line 5", b"LINE 5"),
    ),
    patched(
        "with times behind the paths",
        TEN,
        "--- f\t2024-01-01 10:00\n+++ f\t2024-01-01 10:01\n@@ -5 +5 @@\n-line 5\n+LINE 5\n",
        TEN.replace(b"line 5", b"LINE 5"),
    ),
    patched(
        "line numbers that have drifted",
        TEN,
        f"{HEAD}@@ -40,3 +44,3 @@\n line 4\n-line 5\n+LINE 5\n line 6\n",
        TEN.replace(b"line 5", b"LINE 5"),
    ),
    patched(
        "counts that are wrong",
        TEN,
        f"{HEAD}@@ -4,9 +4,1 @@\n line 4\n-line 5\n+LINE 5\n line 6\n",
        TEN.replace(b"line 5", b"LINE 5"),
    ),
    patched(
        "no numbers at all", TEN, f"{HEAD}@@\n line 4\n-line 5\n+LINE 5\n", TEN.replace(b"line 5", b"LINE 5")
    ),
    patched(
        "dots for numbers",
        TEN,
        f"{HEAD}@@ ... @@\n line 4\n-line 5\n+LINE 5\n",
        TEN.replace(b"line 5", b"LINE 5"),
    ),
    patched(
        "in a fence",
        TEN,
        f"Here it is:\n```diff\n{HEAD}@@ -5 +5 @@\n-line 5\n+LINE 5\n```\n",
        TEN.replace(b"line 5", b"LINE 5"),
    ),
    patched(
        "hunks out of order",
        TEN,
        f"{HEAD}@@ -9 +9 @@\n-line 9\n+NINE\n@@ -2 +2 @@\n-line 2\n+TWO\n",
        TEN.replace(b"line 9", b"NINE").replace(b"line 2", b"TWO"),
    ),
    patched(
        "the number tells two equal places apart",
        b"x\na\nx\nb\nx\n",
        f"{HEAD}@@ -3 +3 @@\n-x\n+y\n",
        b"x\na\ny\nb\nx\n",
    ),
    patched(
        "the function that git names tells two apart",
        b"def f():\n    x\n\ndef g():\n    x\n",
        f"{HEAD}@@ -50 +50 @@ def g():\n-    x\n+    y\n",
        b"def f():\n    x\n\ndef g():\n    y\n",
    ),
    patched(
        "a function that git names wrongly",
        b"def f():\n    x\ny\n",
        f"{HEAD}@@ -3 +3 @@ def f():\n-y\n+z\n",
        b"def f():\n    x\nz\n",
    ),
    patched(
        "blank lines that lost their blank",
        b"a\n\nb\n",
        f"{HEAD}@@ -1,3 +1,3 @@\n a\n\n-b\n+B\n",
        b"a\n\nB\n",
    ),
    patched(
        "a removed line that begins with dashes",
        b"a\n-- b\nc\n",
        f"{HEAD}@@ -1,3 +1,2 @@\n a\n--- b\n c\n",
        b"a\nc\n",
    ),
    patched(
        "dashes removed and pluses added",
        b"-- b\nc\n",
        f"{HEAD}@@ -1,2 +1,2 @@\n--- b\n+++ b\n c\n",
        b"++ b\nc\n",
    ),
    patched(
        "the final newline comes",
        b"a\nb",
        f"{HEAD}@@ -1,2 +1,2 @@\n a\n-b\n\\ No newline at end of file\n+b\n",
        b"a\nb\n",
    ),
    patched(
        "the final newline goes",
        b"a\nb\n",
        f"{HEAD}@@ -1,2 +1,2 @@\n a\n-b\n+b\n\\ No newline at end of file\n",
        b"a\nb",
    ),
    patched(
        "no final newline on both sides",
        b"a\nb",
        f"{HEAD}@@ -1,2 +1,2 @@\n a\n-b\n\\ No newline at end of file\n+c\n\\ No newline at end of file\n",
        b"a\nc",
    ),
    patched(
        "no final newline, not said", b"a\nb", f"{HEAD}@@ -1,2 +1,2 @@\n a\n-b\n+c\n", b"a\nc", "line ends"
    ),
    patched(
        "CRLF", b"a\r\nb\r\n", f"{HEAD}@@ -1,2 +1,3 @@\n a\n-b\n+c\n+d\n", b"a\r\nc\r\nd\r\n", "line ends"
    ),
    patched(
        "indent lost by one",
        b"    a\n    b\n",
        f"{HEAD}@@ -1,2 +1,2 @@\n    a\n-   b\n+   c\n",
        b"    a\n    c\n",
        "indent",
    ),
    Case(
        "a new file",
        {"f": b"a\n"},
        patch(
            "diff --git a/d/g b/d/g\nnew file mode 100644\nindex 0..1\n--- /dev/null\n+++ b/d/g\n@@ -0,0 +1,2 @@\n+x\n+y\n"
        ),
        {"d/g": b"x\ny\n"},
    ),
    Case(
        "a new file without a final newline",
        {"f": b"a\n"},
        patch("--- /dev/null\n+++ b/g\n@@ -0,0 +1 @@\n+x\n\\ No newline at end of file\n"),
        {"g": b"x"},
    ),
    Case(
        "a new empty file",
        {"f": b"a\n"},
        patch("diff --git a/g b/g\nnew file mode 100644\nindex 0..0\n"),
        {"g": b""},
    ),
    Case(
        "a file goes",
        {"f": b"a\n"},
        patch("diff --git a/f b/f\ndeleted file mode 100644\n--- a/f\n+++ /dev/null\n@@ -1 +0,0 @@\n-a\n"),
        {"f": None},
    ),
    Case(
        "a file is renamed",
        {"f": b"a\n"},
        patch("diff --git a/f b/g\nsimilarity index 100%\nrename from f\nrename to g\n"),
        {"f": None, "g": b"a\n"},
    ),
    Case(
        "a file is renamed and changed",
        {"f": b"a\nb\n"},
        patch(
            "diff --git a/f b/d/g\nsimilarity index 50%\nrename from f\nrename to d/g\n--- a/f\n+++ b/d/g\n@@ -1,2 +1,2 @@\n a\n-b\n+c\n"
        ),
        {"f": None, "d/g": b"a\nc\n"},
    ),
    Case(
        "two files",
        {"f": b"a\n", "g": b"b\n"},
        patch("--- a/f\n+++ b/f\n@@ -1 +1 @@\n-a\n+A\n--- a/g\n+++ b/g\n@@ -1 +1 @@\n-b\n+B\n"),
        {"f": b"A\n", "g": b"B\n"},
    ),
    Case(
        "a folder that is called a",
        {"a/f": b"x\n"},
        patch("--- a/a/f\n+++ b/a/f\n@@ -1 +1 @@\n-x\n+y\n"),
        {"a/f": b"y\n"},
    ),
    Case(
        "a path with blanks",
        {"my file": b"x\n"},
        patch("--- a/my file\t\n+++ b/my file\t\n@@ -1 +1 @@\n-x\n+y\n"),
        {"my file": b"y\n"},
    ),
    Case(
        "a path that git quotes",
        {"ü": b"x\n"},
        patch('--- "a/\\303\\274"\n+++ "b/\\303\\274"\n@@ -1 +1 @@\n-x\n+y\n'),
        {"ü": b"y\n"},
    ),
    unpatched(
        "a path that is badly quoted",
        b"a\n",
        '--- "a/\\x"\n+++ "b/\\x"\n@@ -1 +1 @@\n-a\n+b\n',
        "is no path as git quotes them",
    ),
    unpatched(
        "a path of other bytes",
        b"a\n",
        '--- "a/\\377"\n+++ "b/\\377"\n@@ -1 +1 @@\n-a\n+b\n',
        "is no path in UTF-8",
    ),
    unpatched(
        "two equal places",
        b"x\na\nx\n",
        f"{HEAD}@@ -9 +9 @@\n-x\n+y\n",
        "the context occurs 2 times in f (lines 1, 3)",
    ),
    unpatched(
        "a context that differs",
        TEN,
        f"{HEAD}@@ -4,3 +4,3 @@\n line 4\n-line five\n+LINE 5\n line 6\n",
        "Line 5 differs: the file has «line 5», you gave «line five»",
    ),
    unpatched(
        "a line without its sign",
        TEN,
        f"{HEAD}@@ -4,3 +4,3 @@\n line 4\n-line 5\n+LINE 5\nline 6\n",
        "line 7 of the diff, 'line 6': it belongs to no hunk",
    ),
    unpatched(
        "no context at all", TEN, f"{HEAD}@@ -5,0 +6,1 @@\n+new\n", "the context is empty, and f is not"
    ),
    unpatched(
        "a new file over one that is there",
        b"a\n",
        "--- /dev/null\n+++ b/f\n@@ -0,0 +1 @@\n+b\n",
        "f is there already",
    ),
    unpatched("no file", b"a\n", "@@ -1 +1 @@\n-a\n+b\n", "no file is named above it"),
    unpatched(
        "a mode",
        b"a\n",
        "diff --git a/f b/f\nold mode 100644\nnew mode 100755\n",
        "modes and copies are changed by commands",
    ),
    unpatched(
        "a link",
        b"a\n",
        "diff --git a/l b/l\nnew file mode 120000\n--- /dev/null\n+++ b/l\n@@ -0,0 +1 @@\n+/etc\n",
        "links are made by commands",
    ),
    unpatched(
        "a binary file",
        b"a\n",
        "diff --git a/f b/f\nGIT binary patch\nliteral 1\nIcmZ\n",
        "binary files are not changed here",
    ),
    unpatched(
        "already applied",
        TEN.replace(b"line 5", b"LINE 5"),
        f"{HEAD}@@ -4,3 +4,3 @@\n line 4\n-line 5\n+LINE 5\n line 6\n",
        "the new text is, at lines 4-6: already applied?",
    ),
    unpatched("no hunk", b"a\n", HEAD, "f: no hunk"),
    unpatched("no patch", b"a\n", "please change a to b", "this is no patch"),
]

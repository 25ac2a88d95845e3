"""Paths: out of the repository, into git's own folder, and other spellings of a path."""

from corpus.case import Case, edit, patch, write


def add(path: str) -> str:
    return f"*** Begin Patch\n*** Add File: {path}\n+x\n*** End Patch"


A = {"d/f": b"a\n"}
CASES: list[Case] = [
    Case("./ in front", A, edit("./d/f", "a", "b"), {"d/f": b"b\n"}),
    Case("a detour", A, edit("d/../d//f", "a", "b"), {"d/f": b"b\n"}),
    Case("a blank in a name", {"my f": b"a\n"}, edit("my f", "a", "b"), {"my f": b"b\n"}),
    Case("a name of signs", {"-rf $x": b"a\n"}, edit("-rf $x", "a", "b"), {"-rf $x": b"b\n"}),
    Case(
        "such a name goes",
        {"-rf $x": b"a\n", "y": b""},
        patch("*** Begin Patch\n*** Delete File: -rf $x\n*** End Patch"),
        {"-rf $x": None},
    ),
    Case("up and out", A, edit("../f", "a", "b"), {}, "outside the working copy"),
    Case("up and out, by a detour", A, write("d/../../f", "x"), {}, "outside the working copy"),
    Case("an absolute path", A, write("/etc/x", "x"), {}, "outside the working copy"),
    Case("a new file outside", A, patch(add("../x")), {}, "outside the working copy"),
    Case(
        "a move out",
        A,
        patch("*** Begin Patch\n*** Update File: d/f\n*** Move to: ../f\n*** End Patch"),
        {},
        "outside the working copy",
    ),
    Case(
        "a diff that leads out",
        A,
        patch("--- a/../../etc/passwd\n+++ b/../../etc/passwd\n@@ -1 +1 @@\n-a\n+b\n"),
        {},
        "outside the working copy",
    ),
    Case(
        "a block that leads out",
        A,
        patch("../x\n<<<<<<< SEARCH\n=======\nb\n>>>>>>> REPLACE\n"),
        {},
        "outside the working copy",
    ),
    Case("git's own folder", A, write(".git/config", "x"), {}, "lies in a .git folder"),
    Case("git's own folder in other letters", A, patch(add("d/.GIT/hooks/x")), {}, "lies in a .git folder"),
    Case("no file", A, edit("g", "a", "b"), {}, "there is no file g"),
    Case("one that is in another folder", A, edit("f", "a", "b"), {}, "there is no file f"),
    Case("the top", A, edit(".", "a", "b"), {}, "outside the working copy, or no file"),
    Case("nothing", A, edit("", "a", "b"), {}, "outside the working copy, or no file"),
]

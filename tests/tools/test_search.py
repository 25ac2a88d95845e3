"""Search by both engines: whatever a test says holds for ripgrep and for git."""

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from conftest import part_missing
from fakes import begun, commit, write_files
from patchwright.sandbox.workspace import Workspace
from patchwright.tools import search
from patchwright.tools.base import ToolError
from patchwright.tools.search import (
    MOST,
    PER_FILE,
    Found,
    Hits,
    by_file,
    by_git,
    by_ripgrep,
    find,
    shown,
    within,
)


class Hit(NamedTuple):
    path: str
    line: int
    column: int
    text: bytes


Find = Callable[..., list[Hit]]
TREE = {
    "b.py": "alpha\nbeta\nalpha beta\n",
    "a.py": "alpha\n",
    ".hidden/x.py": "alpha\n",
    ".gitignore": "*.log\nbuilt/\nkept.txt\n",
    "x.log": "alpha\n",
    "built/y.py": "alpha\n",
    "kept.txt": "alpha tracked all the same\n",
    ".ignore": "a.py\n",
    "-dash/-file": "alpha\n",
    "with space/new\nline.txt": "alpha\nbeta\n",
    "ünïcode/é.txt": "Ärger alpha über\n",
    "crlf.txt": "alpha\r\nbeta\r\n",
    "bom.txt": "\ufeffalpha\n",
}


@pytest.fixture
def tree(tmp_path: Path) -> Iterator[Workspace]:
    repo = tmp_path / "repo"
    write_files(repo, TREE)
    (repo / "crlf.txt").write_bytes(b"alpha\r\nbeta\r\n")
    (repo / "binary").write_bytes(b"\0\1alpha\n")
    (repo / "latin.txt").write_bytes(b"alpha \xe9t\xe9\n")
    (repo / "utf16.txt").write_bytes("alpha\n".encode("utf-16"))
    (repo / "built").mkdir(exist_ok=True)
    (repo / "built/tracked.bin").write_bytes(b"alpha\n\0alpha\n")
    (repo / os.fsdecode(b"bad\xff.txt")).write_bytes(b"alpha\n")
    (repo / "link.py").symlink_to("a.py")
    (repo / "folder").symlink_to(".hidden")
    (repo / "etc").symlink_to("/etc")
    commit(repo, "start", first=True)
    subprocess.run(["git", "add", "-f", "kept.txt", "built/tracked.bin"], cwd=repo, check=True)
    commit(repo, "kept")
    with begun(repo) as run, run.workspace("1") as workspace:
        workspace.write("untracked.py", b"alpha\n")
        workspace.write("built/z.py", b"alpha\n")
        workspace.write("node_modules/m.js", b"alpha\n")
        nested = "mkdir nested && cd nested && git init -q && echo alpha > n.py && git add n.py && git -c user.name=a"
        assert workspace.shell(f"{nested} -c user.email=a@b commit -qm x", 60).ok
        workspace.snapshot()
        yield workspace


def flat(found: Found) -> list[Hit]:
    return [Hit(path, *line) for path, hits in found.items() for line in hits.lines()]


def made(*hits: Hit) -> Found:
    found: Found = {}
    for path, line, column, text in hits:
        row = (str(line).encode(), str(column).encode(), text)
        found.setdefault(path, Hits([])).rows.append(row)
    return found


@pytest.fixture(params=["ripgrep", "git"])
def by(request: pytest.FixtureRequest, tree: Workspace) -> Find:
    if request.param == "ripgrep" and not shutil.which("rg"):
        part_missing("ripgrep is not installed")
    engine = by_ripgrep if request.param == "ripgrep" else by_git

    def found(pattern: str, path: str = ".") -> list[Hit]:
        answer = engine(tree, pattern, within(tree, path), 60)
        assert answer is not None and not answer[1]
        return flat(answer[0])

    return found


def test_the_files_are_those_that_git_does_not_ignore(by: Find) -> None:
    assert [hit.path for hit in by("alpha")] == [
        "-dash/-file",
        ".hidden/x.py",
        "a.py",
        "b.py",
        "b.py",
        os.fsdecode(b"bad\xff.txt"),
        "bom.txt",
        "crlf.txt",
        "kept.txt",
        "latin.txt",
        "untracked.py",
        "with space/new\nline.txt",
        "ünïcode/é.txt",
    ]


@pytest.mark.parametrize(
    ("pattern", "lines"),
    [
        (r"^alpha$", ["-dash/-file:1", ".hidden/x.py:1", "a.py:1", "b.py:1"]),
        (r"\bbeta\b", ["b.py:2", "b.py:3", "crlf.txt:2"]),
        (r"(?i)ALPHA BETA", ["b.py:3"]),
        (r"\wrger", ["ünïcode/é.txt:1"]),
        (r"^.rger", ["ünïcode/é.txt:1"]),
        (r"(?i)ärger", ["ünïcode/é.txt:1"]),
        (r"[éÄ]r", ["ünïcode/é.txt:1"]),
        (r"^beta$", ["b.py:2", "crlf.txt:2"]),
        (r"alpha \w+t", ["b.py:3"]),
        (r"-{2}|^-e", []),
        (r"alpha (?:beta|tracked)", ["b.py:3", "kept.txt:1"]),
    ],
)
def test_a_pattern_means_the_same(by: Find, pattern: str, lines: list[str]) -> None:
    found = [f"{hit.path}:{hit.line}" for hit in by(pattern)]
    assert found[: len(lines)] == lines
    assert lines or not found


@pytest.mark.parametrize(
    ("path", "files"),
    [
        ("-dash", ["-dash/-file"]),
        ("-dash/-file", ["-dash/-file"]),
        ("./b.py", ["b.py", "b.py"]),
        ("with space", ["with space/new\nline.txt"]),
        ("ünïcode/", ["ünïcode/é.txt"]),
        (".hidden/../a.py", ["a.py"]),
        ("*.py", None),
    ],
)
def test_a_path_is_a_name_and_no_pattern(by: Find, path: str, files: list[str] | None) -> None:
    if files is None:
        with pytest.raises(ToolError, match="there is no file"):
            by("alpha", path)
        return
    assert [hit.path for hit in by("alpha", path)] == files


def test_where_the_match_begins_is_told(by: Find) -> None:
    assert by("beta", "b.py") == [Hit("b.py", 2, 1, b"beta"), Hit("b.py", 3, 7, b"alpha beta")]


@pytest.mark.parametrize(
    ("path", "says"),
    [
        ("link.py", "link.py leads by a link to a.py: search there"),
        ("folder", "folder leads by a link to .hidden: search there"),
        ("etc", "etc leads by a link to /etc: search there"),
        ("etc/passwd", "etc/passwd leads by a link to /etc/passwd: search there"),
        ("nowhere", "there is no file nowhere"),
    ],
)
def test_links_are_not_followed(by: Find, path: str, says: str) -> None:
    with pytest.raises(ToolError, match=f"^{says}"):
        by("alpha", path)


@pytest.mark.parametrize("path", ["..", "../x", "/etc", "a/../../x"])
def test_nothing_outside_is_searched(tree: Workspace, path: str) -> None:
    with pytest.raises(ToolError, match="is outside of the repository"):
        find(tree, "root", path)


def test_what_only_one_engine_knows_is_found_all_the_same(tree: Workspace) -> None:
    assert [hit.line for hit in flat(find(tree, r"alpha(?! beta)", "b.py")[0])] == [1]


@pytest.mark.parametrize("pattern", ["(", "[", "a{2,1}", "*", "(?P<x"])
def test_a_pattern_that_is_none_is_told_in_a_sentence(tree: Workspace, pattern: str) -> None:
    with pytest.raises(ToolError) as e:
        find(tree, pattern)
    assert str(e.value).startswith(f"{pattern!r} cannot be looked for: ")
    assert "\n" not in str(e.value) and "UCP" not in str(e.value) and len(str(e.value)) < 120


def test_a_line_break_in_a_pattern_is_refused(tree: Workspace) -> None:
    with pytest.raises(ToolError, match="leave the line break out"):
        find(tree, "alpha\nbeta")


def test_a_search_that_does_not_end_is_ended(tree: Workspace) -> None:
    tree.write("long.txt", b"a" * 50 + b"b")
    with pytest.raises(ToolError, match=r"match limit|simpler pattern"):
        by_git(tree, r"(a|aa)+$", ".", 5)


def test_a_file_of_ripgreps_own_hides_nothing(tree: Workspace) -> None:
    tree.write(".rgignore", b"b.py\n")
    assert len(flat(find(tree, "alpha", "b.py")[0])) == 2
    assert "b.py" in find(tree, "alpha")[0]


def test_both_find_the_same_where_there_is_very_much(
    tree: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search, "LARGEST", 1)  # the scripts keep theirs: all is found and none of it trusted
    assert by_ripgrep(tree, "alpha", ".", 60) is None


def test_an_endless_result_is_cut_and_says_so(tree: Workspace) -> None:
    tree.write("big.txt", b"alpha and more\n" * 600_000)
    found, cut = find(tree, "alpha")
    hits = flat(found)
    assert cut and hits[0].path == "-dash/-file" and hits == sorted(hits)


def test_lines_come_by_file_and_the_rest_is_counted() -> None:
    many = [Hit(f"f{n:02}.py", line, 1, b"x") for n in range(30) for line in range(1, 13)]
    text = shown(made(*many))
    assert text.count("\nf") == MOST // PER_FILE - 1
    assert text.startswith("f00.py\n1:x\n2:x\n") and "10:x\n[2 more here]\nf01.py" in text
    assert text.endswith("[240 more matches in 20 more files]")
    assert shown(made(*many[:12])).endswith("12:x")
    assert shown(made(*[Hit("a", n, 1, b"x") for n in range(300)])).endswith("[200 more here]")


def test_a_long_line_is_cut_around_the_match() -> None:
    text = shown(made(Hit("min.js", 1, 5_001, b"a" * 5_000 + b"HERE" + b"b" * 5_000)))
    assert "HERE" in text and len(text) < 300 and text.count("…") == 2
    assert shown(made(Hit("a", 1, 1, "é".encode() * 500))).startswith("a\n1:éé")
    assert shown(made(Hit("a\nb", 1, 1, b"x\r"))) == "a\\nb\n1:x"


def test_no_half_of_a_secret_is_left_where_a_long_line_is_cut() -> None:
    token = b"ghp_aB3dE5gH7jK9mN1pQ4sT6vW8yZ2cF0xL5rU7"
    for before in range(60, 220, 7):
        line = b"a" * 1_000 + b" HERE" + b" " * before + token + b" " * 1_000
        text = shown(made(Hit("min.js", 1, 1_001, line)))
        assert "HERE" in text and b"aB3dE5" not in text.encode()


def test_a_line_that_is_cut_off_is_left_out_and_notes_between_lines_are_none_of_a_path() -> None:
    note = b'x: WARNING: stopped searching binary file after match (found "\\0" byte around offset 4)\n'
    assert flat(by_file(b"a\x001:2:t\n" + note + b"b\x003:1:u\nc\x005:1:cut")) == [
        Hit("a", 1, 2, b"t"),
        Hit("b", 3, 1, b"u"),
    ]
    assert by_file(b"") == {}


def test_what_a_tree_needs_not_be_asked_again_is_asked_again_once_it_changed(repo: Path) -> None:
    if not shutil.which("rg"):
        part_missing("ripgrep is not installed")
    with begun(repo) as run, run.workspace("1") as workspace:

        def hits() -> list[str]:
            answer = by_ripgrep(workspace, "def ", ".", 60)
            assert answer is not None
            return [*answer[0]]

        first = hits()
        assert "stats.py" in first
        assert workspace.facts
        assert hits() == first
        workspace.write(".gitignore", b"stats.py\n")
        workspace.snapshot()
        assert hits() == first
        nested = "mkdir nested && cd nested && git init -q && echo 'def x' > n.py && git add n.py && git -c user.name=a"
        assert workspace.shell(f"{nested} -c user.email=a@b commit -qm x", 60).ok
        workspace.snapshot()
        assert hits() == first

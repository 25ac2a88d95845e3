"""Edits on real files in a sandbox: modes, links, what cannot be read or written, and all or nothing."""

from collections.abc import Iterator
from typing import Any

import pytest
from fakes import begun, commit
from patchwright.agent.attempt import TOOLS
from patchwright.agent.models.scripted import call
from patchwright.sandbox.workspace import Workspace
from patchwright.tools.base import Observation, Toolbox

NAMES = ("read", "edit", "write", "patch", "run")


class Bench:
    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace
        self.toolbox = Toolbox([TOOLS[name] for name in NAMES], (workspace,))

    def do(self, tool: str, **args: Any) -> Observation:
        return self.toolbox.observe(call(tool, **args))

    def text(self, tool: str, **args: Any) -> str:
        found = self.do(tool, **args)
        assert found.ok, found.text
        return found.text

    def refuse(self, tool: str, **args: Any) -> str:
        found = self.do(tool, **args)
        assert not found.ok, found.text
        assert "\n" not in found.text
        return found.text

    def sh(self, script: str) -> str:
        done = self.workspace.shell(script, 60)
        assert done.ok, done.output
        return done.output.strip()

    def lay(self, **files: str | bytes) -> None:
        for name, text in files.items():
            self.workspace.write(name, text.encode() if isinstance(text, str) else text)

    def tree(self) -> str:
        return self.workspace.snapshot()


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    repo = tmp_path_factory.mktemp("edit") / "repo"
    repo.mkdir()
    commit(repo, "start", first=True)
    with begun(repo) as run, run.workspace("1") as workspace:
        yield Bench(workspace)


@pytest.fixture
def bench(shared: Bench) -> Bench:
    shared.sh("find . -mindepth 1 -maxdepth 1 ! -name .git -exec rm -rf {} +")
    shared.workspace.restore(shared.workspace.base)
    shared.workspace.seen.clear()
    return shared


def update(path: str, old: str, new: str) -> str:
    return f"*** Update File: {path}\n@@\n-{old}\n+{new}\n"


def test_an_edit_shows_the_changed_lines_and_tells_the_rung(bench: Bench) -> None:
    bench.lay(f="".join(f"{n}\n" for n in range(1, 10)), g="all:\n\tcc a\n")
    found = bench.do("edit", path="f", old="5\n", new="five\nand a half\n")
    assert found.text == "edited f:\n3\t3\n4\t4\n5\tfive\n6\tand a half\n7\t6\n8\t7"
    assert found.data == {"files": [{"path": "f", "rungs": ["exact"], "lines": [[5, 6]], "stale": False}]}
    found = bench.do("edit", path="g", old="all:\n    cc a\n", new="all:\n    cc b\n")
    assert found.text == "edited g (matched with another indent):\n1\tall:\n2\t\tcc b"
    assert found.data["files"][0]["rungs"] == ["indent"]


def test_new_lines_that_are_indented_unlike_the_file_are_named(bench: Bench) -> None:
    bench.lay(Makefile="a:\n\tcc a\n\nb:\n\tcc b\n", f="if x:\n    y\n")
    text = bench.text("edit", path="Makefile", old="b:\n", new="c:\n    cc c\n\nb:\n")
    assert text.startswith("edited Makefile (new lines are indented by blanks, the others by tabs):")
    assert "indented" not in bench.text("edit", path="Makefile", old="    cc c", new="\tcc c")
    text = bench.text("edit", path="f", old="if x:\n", new="if x:\n\tz\n")
    assert text.startswith("edited f (new lines are indented by tabs, the others by blanks):")


def test_far_changes_of_one_call_are_shown_apart(bench: Bench) -> None:
    bench.lay(f="".join(f"line {n}\n" for n in range(1, 100)))
    text = bench.text(
        "edit", path="f", old="line 10\n", new="ten\n", more=[{"old": "line 90\n", "new": "ninety\n"}]
    )
    assert text.splitlines()[3:9] == [
        "10\tten",
        "11\tline 11",
        "12\tline 12",
        "…",
        "88\tline 88",
        "89\tline 89",
    ]
    bench.lay(f="\n".join("x" * 10 for _ in range(1000)))
    text = bench.text("edit", path="f", old="x\n", new="y\n", every=True)
    assert len(text.splitlines()) < 100


def test_the_mode_stays(bench: Bench) -> None:
    bench.lay(f="a\n", g="a\n")
    bench.sh("chmod 755 f; chmod 640 g")
    bench.text("edit", path="f", old="a", new="b")
    bench.text("write", path="g", text="b\n")
    assert bench.sh("stat -c %a f g") == "755\n640"
    bench.text("patch", text="*** Update File: f\n*** Move to: d/h\n@@\n-b\n+c\n")
    assert bench.sh("stat -c %a d/h; cat d/h; ls") == "755\nc\nd\ng"


def test_a_link_leads_to_its_file_and_that_is_said(bench: Bench) -> None:
    bench.lay(real="a\n")
    bench.sh("ln -s real link; mkdir d; ln -s ../d e")
    assert bench.text("edit", path="link", old="a", new="b").startswith(
        "edited link (link is a link: real was changed)"
    )
    assert bench.sh("readlink link; cat real") == "real\nb"
    assert "since" not in bench.text("edit", path="real", old="b", new="B")
    bench.lay(real="b\n")
    assert bench.refuse("patch", text=update("link", "b", "c") + update("real", "b", "d")) == (
        "real and link are the same file: change it by one name. No file was changed"
    )
    assert bench.sh("readlink link; cat real") == "real\nb"
    assert "is a link: move it by a command" in bench.refuse(
        "patch", text="*** Update File: link\n*** Move to: m\n"
    )
    bench.text("patch", text="*** Delete File: link\n")
    assert bench.sh("ls") == "d\ne\nreal"


@pytest.mark.parametrize("target", ["/usr/bin/env", "/tmp/there", "/"])
def test_a_link_that_leads_out_is_not_followed(bench: Bench, target: str) -> None:
    bench.sh(f"echo a > /tmp/there; ln -s {target} out; ln -s /tmp tmp")
    before = bench.sh("cksum /usr/bin/env /tmp/there")
    assert bench.do("write", path="out", text="x").ok is False
    assert "outside the working copy" in bench.refuse("write", path="tmp/there", text="x")
    assert "outside the working copy" in bench.refuse("patch", text="*** Delete File: tmp/there\n")
    assert bench.sh("cksum /usr/bin/env /tmp/there") == before


def test_what_is_no_text_file_is_named_in_a_sentence(bench: Bench) -> None:
    bench.lay(**{"d/f": "a\n", "b.bin": b"\x7fELF\0\0", "src/deep.py": "a\n"})
    bench.sh("truncate -s 200M huge; mkfifo pipe; ln -s loop loop")
    for tool, more in (("edit", {"old": "a", "new": "b"}), ("write", {"text": "x"})):
        assert bench.refuse(tool, path="d", **more) == "d is a folder"
        assert bench.refuse(tool, path="d/f/g", **more) == "d/f/g: Not a directory"
        assert bench.refuse(tool, path="huge", **more) == (
            "huge is longer than 20000000 bytes: look at it, and change it, by commands"
        )
        assert bench.refuse(tool, path="loop", **more) == "loop: Too many levels of symbolic links"
    assert bench.refuse("read", path="huge").startswith("huge is longer than 20000000 bytes")
    assert bench.refuse("edit", path="b.bin", old="a", new="b") == (
        "b.bin is a binary file of 6 bytes: it has no text to edit"
    )
    assert (
        bench.refuse("edit", path="deep.py", old="a", new="b")
        == "there is no file deep.py; there is src/deep.py"
    )
    assert bench.refuse("edit", path="pipe", old="a", new="b") == "old is not in pipe: the file is empty"
    assert bench.sh("stat -c %s huge") == str(200 * 2**20)


def test_a_file_that_is_not_there_is_made_by_an_edit_of_nothing(bench: Bench) -> None:
    assert bench.text("edit", path="d/new.py", old="", new="x = 1\n") == "wrote d/new.py, 1 lines"
    assert bench.refuse("edit", path="d/new.py", old="", new="y\n").startswith(
        "old is empty, and d/new.py is not"
    )


def test_a_path_from_the_root_is_understood(bench: Bench) -> None:
    bench.lay(f="a\n")
    assert bench.text("edit", path=f"{bench.workspace.root}/f", old="a", new="b").startswith("edited f:")


def test_of_several_files_all_or_none_are_changed(bench: Bench) -> None:
    bench.lay(f="a\n", g="b\n", h="c\n")
    before = bench.tree()
    says = bench.refuse(
        "patch", text=update("f", "a", "A") + update("g", "nope", "B") + "*** Delete File: h\n"
    )
    assert says.endswith("No file was changed")
    assert bench.tree() == before
    text = bench.text("patch", text=update("f", "a", "A") + update("g", "b", "B") + "*** Delete File: h\n")
    assert text == "edited f:\n1\tA\nedited g:\n1\tB\ndeleted h"


def test_a_write_that_fails_half_way_leaves_every_file_as_it_was(bench: Bench) -> None:
    bench.lay(**{"f": "a\n", "g": "b\n", "shut/h": "c\n", "m": "m\n"})
    bench.sh("chmod 755 f; chmod 500 shut")
    before = bench.tree()
    moved = "*** Update File: m\n*** Move to: n\n@@\n-m\n+n\n"
    new = "*** Add File: new/file\n+x\n"
    says = bench.refuse(
        "patch", text=update("f", "a", "A") + new + moved + update("shut/h", "c", "C") + update("g", "b", "B")
    )
    assert says == "shut/h: Permission denied. No file was changed"
    assert bench.tree() == before
    assert bench.sh("stat -c %a f; chmod 700 shut; ls") == "755\nf\ng\nm\nnew\nshut"


def test_what_something_else_changed_since_is_named(bench: Bench) -> None:
    bench.lay(f="a\nb\nc\n")
    bench.text("read", path="f")
    assert "since" not in bench.text("edit", path="f", old="a", new="A")
    assert "since" not in bench.text("edit", path="f", old="A", new="a")
    bench.sh("sed -i s/b/B/ f")
    assert bench.refuse("edit", path="f", old="b\n", new="x\n").endswith(
        "f has changed since you last saw it: read it again"
    )
    found = bench.do("edit", path="./f", old="c", new="C")
    assert found.text.startswith("edited f (it had changed since you last saw it, not by your edits):")
    assert found.data["files"][0]["stale"] is True
    assert "since" not in bench.text("edit", path="f", old="C", new="c")
    bench.sh("echo more >> f")
    assert "since you last saw it, not by your edits, which is overwritten" in bench.text(
        "write", path="f", text="x\n"
    )
    bench.sh("echo more >> f")
    bench.text("read", path="f")
    assert "since" not in bench.text("edit", path="f", old="more", new="less")


def test_a_file_that_was_never_seen_is_never_stale(bench: Bench) -> None:
    bench.lay(f="a\n")
    bench.sh("echo b >> f")
    assert "since" not in bench.text("edit", path="f", old="b", new="c")


def test_stray_bytes_and_controls_can_be_told_and_logged(bench: Bench) -> None:
    bench.lay(f="é\n".encode() + b"\xff = 1\nb = 2\n")
    for found in (
        bench.do("edit", path="f", old="b = 2", new="b = 3"),
        bench.do("edit", path="f", old="x = 1\n", new="y\n"),
    ):
        assert Observation.model_validate_json(found.model_dump_json()) == found
    assert bench.workspace.read("f") == "é\n".encode() + b"\xff = 1\nb = 3\n"


def test_define_keeps_encoding_and_line_ends(shared: Bench) -> None:
    from patchwright.tools.define import put_definitions

    shared.lay(
        **{"m.py": b"\xef\xbb\xbf# caf\xc3\xa9\r\n\r\n\r\ndef f():\r\n    return 1  \r\n\r\n\r\nX = 1 \r\n"}
    )
    put_definitions(shared.workspace, "m.py", "def f():\n    return 2\n")
    assert shared.workspace.read("m.py") == (
        b"\xef\xbb\xbf# caf\xc3\xa9\r\n\r\n\r\ndef f():\r\n    return 2\r\n\r\n\r\nX = 1 \r\n"
    )


def test_what_an_edit_newly_broke_is_in_its_result(bench: Bench) -> None:
    bench.lay(**{"a.py": "def f(x):\n    return x\n\n\nold_noise\n"})
    broke = bench.text("edit", path="a.py", old="return x", new="return x + y")
    assert broke.splitlines()[-2:] == ["New problems:", "a.py:2: undefined name 'y'"]
    assert "old_noise" not in broke.partition("New problems:")[2]
    syntax = bench.text("edit", path="a.py", old="def f(x):", new="def f(x)")
    assert "a.py:1: SyntaxError: expected ':'" in syntax
    assert "New problems" not in bench.text("edit", path="a.py", old="def f(x)", new="def f(x, y):")
    assert "b.go:2: ')' is missing" in bench.text(
        "write", path="b.go", text="package main\nfunc main( {\n}\n"
    )


def test_what_is_read_lies_in_the_repository_or_is_an_output_that_was_kept(bench: Bench) -> None:
    bench.sh("mkdir d; echo in > d/f; ln -s d/f near; ln -s /etc/passwd far; ln -s / top; ln -s ../d/f d/up")
    for path in ("d/f", "near", "d/../d/f", "d/up", f"{bench.workspace.root}/d/f"):
        assert bench.text("read", path=path) == "1\tin"
    for path in ("far", "top/etc/passwd", "/etc/passwd", "../../../../../../etc/passwd", "/etc", "top", ".."):
        assert bench.refuse("read", path=path) == f"{path}: outside the working copy; only commands reach it"
        assert "outside" in bench.refuse("edit", path=path, old="root", new="toor")
    kept = bench.do("run", command="seq 9999").data["kept"]
    assert bench.text("read", path=kept, start=9_999).startswith("9999\t9999")

"""The outline on real repositories, in a sandbox, with the parsers in their own processes."""

import os
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from fakes import begun, commit, write_files
from patchwright.agent.attempt import about
from patchwright.agent.models.scripted import call
from patchwright.sandbox.workspace import Workspace
from patchwright.tools import atlas, outline
from patchwright.tools.atlas import Atlas, blob
from patchwright.tools.base import Toolbox, ToolError
from patchwright.tools.outline import RANKED, ROOM, of_file, of_folder, where
from patchwright.tools.source import defines, language_of
from patchwright.tools.tags import Shelf, Tags

LANGUAGES = {
    "a.py": (
        "LIMIT: int = 3\n\n\nclass Shelf(Base):\n    @property\n    def total(self) -> int:\n        def inner(): ...\n"
        "        return 1\n\n\nasync def load(path,\n               deep=True):\n    ...\n",
        ["1 LIMIT: int = 3", "4 class Shelf(Base)", "6   def total(self) -> int", "11 async def load(path, deep=True)"],
    ),
    "a.js": (
        "export class A {\n  m(x) {}\n  f = () => 1;\n}\nconst g = async (x) => x;\nfunction* h() {}\nexports.k = function () {};\n",
        ["1 export class A", "2   m(x)", "3   f = () =>", "5 const g = async (x) =>", "6 function* h()", "7 exports.k = function ()"],
    ),
    "a.ts": (
        "export interface I { m(): void }\ntype T = string;\nabstract class A<T> {\n  async m(a: number): Promise<void> {}\n}\n"
        "enum E { X }\nnamespace N { export function g() {} }\n",
        ["1 export interface I", "1   m(): void", "2 type T = string;", "3 abstract class A<T>",
         "4   async m(a: number): Promise<void>", "6 enum E", "7 namespace N", "7   function g()"],
    ),
    "a.tsx": ("export const View = (p: P) => <b>{p.x}</b>;\n", ["1 export const View = (p: P) =>"]),
    "a.go": (
        "package p\n\ntype S struct {\n\ta int\n}\n\nfunc (s *S) M(a int) error {\n\treturn nil\n}\n\nfunc F() {}\n\nconst K = 1\n",
        ["3 type S struct", "7 func (s *S) M(a int) error", "11 func F()", "13 const K = 1"],
    ),
    "a.rs": (
        "pub struct S { a: i32 }\nimpl T for S {\n    pub fn m(&self) -> i32 { 1 }\n}\ntrait T { fn m(&self); }\nmacro_rules! mm { () => {} }\n",
        ["1 pub struct S", "2 impl T for S", "3   pub fn m(&self) -> i32", "5 trait T", "5   fn m(&self);", "6 macro_rules! mm { () => {} }"],
    ),
    "A.java": (
        "package a;\n\npublic class A extends B {\n  A() {}\n  void m(int a) {}\n  enum E { X }\n}\n",
        ["3 public class A extends B", "4   A()", "5   void m(int a)", "6   enum E"],
    ),
    "a.c": (
        "#define MOST(x) x\nstruct s { int a; };\ntypedef struct { int q; } T;\nstatic int *f(int a) {\n  return 0;\n}\n",
        ["1 #define MOST(x) x", "2 struct s", "3 typedef struct { int q; } T;", "4 static int *f(int a)"],
    ),
    "a.cpp": (
        "namespace n {\nclass C : public B { void m(); };\n}\nvoid n::C::m() {}\ntemplate <class T>\nT f(T a) { return a; }\n",
        ["1 namespace n", "2   class C : public B", "2     void m();", "4 void n::C::m()", "6 T f(T a)"],
    ),
    "a.cs": (
        "namespace N {\n  public class C : B {\n    public int P { get; set; }\n    void M(int a) {}\n  }\n}\n",
        ["1 namespace N", "2   public class C : B", "3     public int P { get; set; }", "4     void M(int a)"],
    ),
    "a.rb": (
        "module M\n  class C < B\n    K = 1\n    def m(a)\n    end\n    def self.s; end\n  end\nend\n",
        ["1 module M", "2   class C < B", "3     K = 1", "4     def m(a)", "6     def self.s; end"],
    ),
    "a.php": (
        "<?php\nclass C {\n  function m($a) {}\n}\nfunction f() {}\ninterface I {}\n",
        ["2 class C", "3   function m($a)", "5 function f()", "6 interface I"],
    ),
    "a.sh": ("f() {\n  echo\n}\n", ["1 f()"]),
}  # fmt: skip
CORE = {
    "shop/cart.py": "from shop.price import total_price\n\n\nclass ShoppingCart:\n    def checkout(self):\n        return total_price(self)\n",
    "shop/price.py": "def total_price(cart):\n    return round_money(sum(cart))\n\n\ndef round_money(x):\n    return round(x, 2)\n\n\ndef nobody_calls_this():\n    ...\n",
    "shop/web.py": "from shop.cart import ShoppingCart\nfrom shop.price import total_price\n\n# total_price in a comment\nNAME = 'total_price in a string'\n\n\ndef view():\n    return total_price(ShoppingCart())\n",
    "tests/test_price.py": "from shop.price import total_price\n\n\ndef test_total():\n    assert total_price([1]) == 1\n",
    "vendor/lib.py": "def vendored():\n    ...\n",
    "README.md": "total_price is the price\n",
}


@contextmanager
def opened(repo: Path) -> Iterator[Workspace]:
    with begun(repo) as run, run.workspace("1") as workspace:
        yield workspace


@pytest.fixture(autouse=True)
def patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """A busy machine is no hostile file."""
    monkeypatch.setattr(atlas, "PATIENCE", 30.0)
    monkeypatch.setattr(outline, "SECONDS", 60.0)


@pytest.fixture
def made(tmp_path: Path) -> Callable[[dict[str, str]], Path]:
    def make(files: dict[str, str]) -> Path:
        write_files(tmp_path / "repo", files)
        commit(tmp_path / "repo", "start", first=True)
        return tmp_path / "repo"

    return make


@pytest.fixture
def shop(made: Callable[[dict[str, str]], Path]) -> Iterator[Workspace]:
    with opened(made(CORE)) as workspace:
        yield workspace


def rows(text: str) -> list[str]:
    return [row.strip() for row in text.splitlines()]


@pytest.mark.parametrize("path", LANGUAGES)
def test_a_file_is_its_definitions_with_their_lines(shop: Workspace, path: str) -> None:
    text, expected = LANGUAGES[path]
    shop.write(path, text.encode())
    told = of_file(Atlas(shop), path).splitlines()
    assert [f"{row[:5].strip()} {row[6:]}" for row in told] == expected


def test_every_language_that_has_an_outline_is_shown_here() -> None:
    assert {language_of(path) for path in LANGUAGES} == {
        language_of(f"x{suffix}") for suffix in atlas.ENDINGS
    }
    assert not defines("a.yaml") and not defines("a.md") and not defines("py") and defines("x.test.tsx")


@pytest.mark.parametrize(
    ("path", "says"),
    [
        ("nowhere.py", "there is no file nowhere.py"),
        ("../x.py", "../x.py is outside of the repository"),
        ("/etc", "/etc is outside of the repository"),
        ("nowhere", "there is no source file in nowhere: use read or search"),
        ("README.md", "there is no source file in README.md: use read or search"),
    ],
)
def test_what_cannot_be_outlined_is_told(shop: Workspace, path: str, says: str) -> None:
    told = Toolbox([outline.outline], [Atlas(shop)]).observe(call("outline", path=path))
    assert not told.ok and told.text == says


def test_what_much_refers_to_comes_first(shop: Workspace) -> None:
    told = of_folder(Atlas(shop), ".")
    assert rows(told)[:2] == ["shop/price.py", "1 def total_price(cart)"]
    order = [told.index(name) for name in ("total_price", "ShoppingCart", "test_total")]
    assert order == sorted(order)
    assert "indexed so far" not in told


def test_the_task_draws_the_outline_to_what_it_speaks_of(shop: Workspace) -> None:
    plain, drawn = (
        Atlas(shop),
        Atlas(shop, about=lambda: "`nobody_calls_this` in the vendor folder is never used"),
    )
    assert of_folder(drawn, ".") != "" and drawn.focus
    assert drawn.focus.names == {"nobody_calls_this"}
    assert drawn.follow()[:2] == ["shop/price.py", "vendor/lib.py"]
    of_folder(plain, ".")
    assert plain.follow()[-1] == "vendor/lib.py"
    framed = Atlas(shop, about=lambda: "vendor/lib.py vendored()")
    assert of_folder(framed, ".").startswith("vendor/lib.py")


def test_a_folder_shows_its_own_files_only(shop: Workspace) -> None:
    told = of_folder(Atlas(shop), "tests")
    assert rows(told) == ["tests/test_price.py", "4 def test_total()"]


def test_a_name_is_found_where_it_is_defined_and_used_and_not_in_prose(shop: Workspace) -> None:
    assert where(Atlas(shop), "total_price", ".").splitlines() == [
        "defined:",
        "shop/price.py:1 def total_price(cart)",
        "used:",
        "shop/cart.py",
        "    1 from shop.price import total_price",
        "    6 checkout: return total_price(self)",
        "shop/web.py",
        "    2 from shop.price import total_price",
        "    9 view: return total_price(ShoppingCart())",
        "tests/test_price.py",
        "    1 from shop.price import total_price",
        "    5 test_total: assert total_price([1]) == 1",
        "in other files: README.md (1)",
    ]


def test_a_name_may_be_told_with_what_it_lies_in(shop: Workspace) -> None:
    shop.write(
        "two.py", b"class A:\n    def go(self): ...\n\n\nclass B:\n    def go(self): ...\n\n\nA().go()\n"
    )
    for name in ("B.go", "B::go", "B#go", "B.go()"):
        assert where(Atlas(shop), name, ".").splitlines()[:2] == ["defined:", "two.py:6 def go(self)"]
    assert "two.py:2" in where(Atlas(shop), "go", ".")
    assert "two.py:2" in where(Atlas(shop), "a.go", ".")
    assert where(Atlas(shop), "go", "shop") == "nothing mentions go"


@pytest.mark.parametrize("name", ["two words", "a(b", "x;", "", "a..b", "*"])
def test_what_is_no_name_is_refused(shop: Workspace, name: str) -> None:
    with pytest.raises(ToolError, match="is no name"):
        where(Atlas(shop), name, ".")


def test_code_within_strings_is_code(shop: Workspace) -> None:
    shop.write("f.py", b'def width(): ...\nprint(f"{width()} width")\n')
    assert '    2 print(f"{width()} width")' in where(Atlas(shop), "width", ".")


def test_very_many_uses_are_counted(shop: Workspace) -> None:
    shop.write("many.py", b"def often(): ...\n" + b"often()\n" * 500)
    told = where(Atlas(shop), "often", ".")
    assert told.endswith("[490 more uses in 1 files]") and len(told) < 1_000


def test_only_what_changed_is_parsed_again_among_ten_thousand_files(
    made: Callable[[dict[str, str]], Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outline, "RANKED", 300)
    files = {f"p{n // 100}/m{n}.py": f"def f{n}():\n    return f{n + 1}()\n" for n in range(10_000)}
    with opened(made(files)) as workspace:
        first = Atlas(workspace, tmp_path / "shelf")
        told = of_folder(first, ".")
        assert told.endswith("[of the 300 likeliest of 10,000 source files; give a folder for others]")
        assert (first.parsed, len(first.blobs)) == (300, 10_000)
        of_folder(first, ".")
        assert first.parsed == 300
        assert "def f9150()" in of_folder(first, "p91")
        assert first.parsed == 400
        changing, going = first.follow()[:2]
        workspace.write(changing, b"def changed_now():\n    ...\n")
        workspace.write("new_one.py", b"def quite_new():\n    ...\n")
        assert workspace.shell(f"rm {going}", 60).ok
        of_folder(first, ".")
        assert (first.parsed, len(first.blobs)) == (402, 10_000)
        again = Atlas(workspace, tmp_path / "shelf")
        of_folder(again, ".")
        assert again.parsed <= 2
        assert of_folder(again, ".") and again.known("new_one.py")


def test_what_there_was_no_time_for_is_told_and_gone_on_with(
    made: Callable[[dict[str, str]], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outline, "SECONDS", 0.0)
    monkeypatch.setattr(outline, "LEAST", 0.2)
    files = {
        f"m{n}.py": "".join(f"def f{n}_{k}():\n    return {k}\n" for k in range(400)) for n in range(200)
    }
    with opened(made(files)) as workspace:
        seen = Atlas(workspace)
        counts = []
        while not counts or counts[-1] < 200:
            told = of_folder(seen, ".")
            counts.append(seen.parsed)
            assert (f"[{counts[-1]} of 200 source files are indexed so far" in told) == (counts[-1] < 200)
        assert len(counts) > 1 and counts == sorted(set(counts))


def test_a_map_stays_within_its_room(made: Callable[[dict[str, str]], Path]) -> None:
    files = {
        f"m{n}.py": "".join(f"def function_{n}_{k}(a, b):\n    ...\n" for k in range(50)) for n in range(60)
    }
    with opened(made(files)) as workspace:
        assert ROOM * 0.8 < len(of_folder(Atlas(workspace), ".")) < ROOM + 200


def test_strange_names_links_and_repositories_within_are_no_trouble(
    made: Callable[[dict[str, str]], Path], tmp_path: Path
) -> None:
    repo = made({"a.py": "def plain_function(): ...\n"})
    strange = [
        b"-dash.py",
        b"new\nline.py",
        b"sp ace.py",
        "é.py".encode(),
        b"bad\xff.py",
        b"q'uo\"te.py",
        b"total",
    ]
    for number, name in enumerate(strange):
        (repo / os.fsdecode(name)).write_bytes(b"def strange_%d(): ...\n" % number)
    (repo / "link.py").symlink_to("/etc/passwd")
    (repo / "loop").symlink_to(".")
    (repo / "latin.py").write_bytes(b"# \xe9\xff\ndef in_latin(): ...\n")
    (repo / "zero.py").write_bytes(b"\0\0\0")
    (repo / "empty.py").write_bytes(b"")
    commit(repo, "strange")
    with opened(repo) as workspace:
        nested = "mkdir nested && cd nested && git init -q && echo 'def nested(): ...' > n.py && git add n.py"
        assert workspace.shell(f"{nested} && git -c user.name=a -c user.email=a@b commit -qm x", 60).ok
        told = of_folder(Atlas(workspace, tmp_path / "shelf"), ".")
        for number in range(len(strange) - 1):
            assert f"def strange_{number}()" in told, told
        assert "new\\nline.py" in told and "in_latin" in told
        assert "nested" not in told and "link.py" not in told and "root" not in told
        assert of_file(Atlas(workspace), "new\nline.py") == "    1 def strange_1()"
        assert "strange_1" in where(Atlas(workspace), "strange_1", ".")
        assert where(Atlas(workspace), "in_latin", ".").startswith("defined:\nlatin.py:2 def in_latin()")
        assert of_file(Atlas(workspace), "zero.py") == "zero.py defines nothing: read it"


def test_an_empty_repository_has_no_outline(tmp_path: Path) -> None:
    repo = tmp_path / "repo"
    repo.mkdir()
    commit(repo, "nothing", first=True)
    with opened(repo) as workspace:
        with pytest.raises(ToolError, match="there is no source file"):
            of_folder(Atlas(workspace), ".")
        assert where(Atlas(workspace), "anything", ".") == "nothing mentions anything"


def test_a_file_that_is_too_large_or_takes_too_long_is_passed_over(
    shop: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop.write("large.py", b"def large(): ...\n" * (atlas.LARGEST // 10))
    monkeypatch.setattr(atlas, "PATIENCE", 2.0)
    shop.write("slow.cpp", b"a<" * (atlas.LARGEST // 2 - 1))  # its grammar sees ever more ways to read this
    seen = Atlas(shop)
    assert "def total_price" in of_folder(seen, ".")
    assert seen.known("large.py") == Tags() and seen.known("slow.cpp") == Tags()
    with pytest.raises(ToolError, match=r"slow\.cpp cannot be outlined: read it"):
        of_file(seen, "slow.cpp")
    assert "def total_price" in of_folder(seen, ".")


def test_a_shelf_that_is_spoilt_is_begun_anew(shop: Workspace, tmp_path: Path) -> None:
    (tmp_path / "shelf").mkdir()
    (tmp_path / "shelf" / "tags.sqlite").write_bytes(b"no base at all" * 1_000)
    one = Atlas(shop, tmp_path / "shelf")
    of_folder(one, ".")
    two = Atlas(shop, tmp_path / "shelf")
    assert of_folder(two, ".") and (one.parsed, two.parsed) == (5, 0)


def test_a_shelf_that_cannot_be_written_is_as_if_empty(shop: Workspace, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    assert "total_price" in of_folder(Atlas(shop, tmp_path / "file" / "shelf"), ".")
    shelf = Shelf(tmp_path / "file" / "shelf" / "tags.sqlite")
    shelf.save({"python:1": Tags(("a",))})
    assert dict(shelf.load(["python:1"])) == {}


def test_two_processes_may_share_a_shelf(tmp_path: Path) -> None:
    one, two = Shelf(tmp_path / "tags.sqlite"), Shelf(tmp_path / "tags.sqlite")
    one.save({"python:1": Tags(("ä",), ("b", "c"), "[]")})
    two.save({"go:1": Tags()})
    assert dict(one.load(["go:1", "python:1", "rust:1"])) == {
        "python:1": Tags(("ä",), ("b", "c"), "[]"),
        "go:1": Tags(),
    }


@pytest.mark.parametrize("kind", ["sha1", "sha256"])
def test_a_text_is_known_by_what_git_calls_it(kind: str, tmp_path: Path) -> None:
    subprocess.run(["git", "init", "-q", f"--object-format={kind}", str(tmp_path)], check=True)
    done = subprocess.run(
        ["git", "hash-object", "--stdin"], cwd=tmp_path, input=b"x\xff\n", capture_output=True
    )
    said = done.stdout.decode().strip()
    assert blob(b"x\xff\n", said) == said and blob(b"y", said) != said


def test_what_a_job_changes_meanwhile_is_not_taken_for_what_it_was(shop: Workspace, tmp_path: Path) -> None:
    seen = Atlas(shop, tmp_path / "shelf")
    seen.follow()
    shop.write("shop/price.py", b"def another(): ...\n")
    key = seen.key("shop/price.py")
    seen.learn(["shop/price.py"], float("inf"))
    assert seen.tags[key] == Tags() and dict(Shelf(tmp_path / "shelf" / "tags.sqlite").load([key])) == {}
    assert "def another()" in of_folder(seen, ".")


def test_the_outline_hears_of_the_issue_and_of_what_fails_once_that_is_known(repo: Path) -> None:
    with begun(repo) as run:
        assert about(run) == "the median is wrong"
        run.baseline()
        assert about(run) == "the median is wrong\ntest_stats.py test_even()"


def test_the_model_is_offered_the_outline(shop: Workspace) -> None:
    told = Toolbox([outline.outline], [Atlas(shop)]).observe(call("outline", name="round_money"))
    assert told.ok and told.text.splitlines()[1] == "shop/price.py:5 def round_money(x)"
    assert RANKED > 0

"""What tells trees apart that pass the same tests."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from fakes import FILES, RIGHT, TEST, WRONG, begun, commit, write_files
from patchwright.sandbox.workspace import Workspace
from patchwright.verify.behave import Memory, behave
from patchwright.verify.behaviours import Behaviours, split
from patchwright.verify.inputs import Call, as_input
from patchwright.verify.recorded import Recorded, recorded
from patchwright.verify.replies import replies
from patchwright.verify.suite import Suite

UNITTEST = "python3 -m unittest -q"
FIXED = FILES["stats.py"].replace(WRONG, RIGHT)
SHARE = "def share(total, people):\n    return {}\n"
SHARE_TEST = (
    "import unittest\n\nfrom share import share\n\n\nclass Shares(unittest.TestCase):\n"
    "    def test_share(self):\n        self.assertEqual(share(9, 3), [3, 3, 3])\n"
)
RIGHT_SHARE = "[total // people + (n < total % people) for n in range(people)]"
SHORT_SHARE = "[total // people] * people"
Files = Mapping[str, str]


def laid(workspace: Workspace, files: Files) -> str:
    workspace.restore(workspace.base)
    for path, text in files.items():
        workspace.write(path, text.encode())
    return workspace.snapshot()


def asked(
    tmp_path: Path,
    base: Files,
    *others: Files,
    command: str = UNITTEST,
    backend: tuple[str, str] = ("bubblewrap", ""),
    **how: float,
) -> tuple[Behaviours, list[tuple[str, ...]]]:
    """What is known of trees with these files, and the answers in their order."""
    repo = tmp_path / "repo"
    write_files(repo, base)
    commit(repo, "start", first=True)
    with begun(repo, backend, test_command=command) as run, run.workspace("1") as workspace:
        trees = [laid(workspace, files) for files in others]
        found = behave(workspace, Suite(workspace, command), trees, **how)  # type: ignore[arg-type]
        assert workspace.snapshot() == workspace.base
    assert all(len(found.inputs) == len(answers) for answers in found.answers.values())
    return found, [found.answers[tree] for tree in trees]


def shares(tmp_path: Path, *bodies: str, **how: float) -> tuple[Behaviours, list[tuple[str, ...]]]:
    """What is known of functions that a test asks for one share."""
    base = {"share.py": SHARE.format("None"), "test_share.py": SHARE_TEST}
    return asked(tmp_path, base, *({"share.py": SHARE.format(body)} for body in bodies), **how)  # type: ignore[arg-type]


def test_code_that_does_the_same_answers_the_same(tmp_path: Path, backend: tuple[str, str]) -> None:
    other = "def median(values):\n    import statistics\n\n    return statistics.median(values) if values else values[0]\n"
    found, (one, two) = asked(
        tmp_path, FILES, {"stats.py": FIXED}, {"stats.py": other}, command=TEST, backend=backend
    )
    assert one == two and split(found) == [] and found.left == ()
    known = dict(zip(found.inputs, one, strict=True))
    assert known["stats.median([4, 1, 3, 2])"] == "2.5"
    assert known["stats.median([])"] == "raises IndexError"
    assert len(known) > 100


def test_what_the_tests_miss_tells_them_apart(tmp_path: Path) -> None:
    found, (good, bad) = shares(tmp_path, RIGHT_SHARE, SHORT_SHARE)
    known = dict(zip(found.inputs, zip(good, bad, strict=True), strict=True))
    assert known["share.share(9, 3)"] == ("[3, 3, 3]", "[3, 3, 3]")
    assert known["share.share(10, 3)"] == ("[4, 3, 3]", "[3, 3, 3]")
    trees = list(found.answers)
    told = {one.input: one.answers for one in split(found)}
    assert told["share.share(10, 3)"] == {"[4, 3, 3]": (trees[0],), "[3, 3, 3]": (trees[1],)}
    assert "share.share(9, 3)" not in told


def test_the_same_seed_gives_the_same_inputs(tmp_path: Path) -> None:
    again = tmp_path / "again"
    again.mkdir()
    one, _ = shares(tmp_path, RIGHT_SHARE, SHORT_SHARE, seed=7, most=60)
    two, _ = shares(again, RIGHT_SHARE, SHORT_SHARE, seed=7, most=60)
    assert (one.inputs, len(one.inputs)) == (two.inputs, 60)
    assert one.answers == two.answers


CALLED = {
    "an argument that is changed": ("(values.sort(), values[-1])[1]", "3 leaving [1, 2, 3]"),
    "an exception": ("values[7]", "raises IndexError"),
    "an exception of its own": ("exec('class Wrong(Exception): pass\\nraise Wrong(1)')", "raises Wrong"),
    "the end of the program": ("exit(3)", "raises SystemExit"),
    "a generator": ("(v * 2 for v in values)", "yields [6, 2, 4]"),
    "a generator that raises": (
        "(6 // (v - 2) for v in values)",
        "yields [6, -6, then raises ZeroDivisionError]",
    ),
    "one without an end": ("iter(int, 1)", "yields [0, 0, 0, "),
    "what is printed": ("print(len(values))", "None; prints '3\\n'"),
    "an object": ("type('Box', (), {})()", "Box()"),
    "one that says where it lies": ("[print]", "[<built-in function print>]"),
    "a set": ("{str(v) for v in values}", "{'1', '2', '3'}"),
    "a dict in another order": ("{v: 0 for v in values}", "{1: 0, 2: 0, 3: 0}"),
    "a number that is nearly the same": ("sum([0.1] * 3) + values[0]", "3.3"),
    "one that is the same": ("values[0] / 1", "3"),
    "what never ends": ("exec('while True: pass')", "too slow"),
    "what cannot be interrupted": ("[v ** 9 ** 9 ** 9 for v in values]", "too slow"),
    "what kills its process": ("__import__('os').kill(__import__('os').getpid(), 9)", "dies"),
    "what leaves its process": ("__import__('os')._exit(0)", "dies"),
    "what wants to read": ("input()", "raises EOFError"),
    "a text that is endless": ("'ab' * 5_000_000", "'" + "ab" * 99 + "a… (10000002 characters, "),
    "what is printed without an end": ("print('x' * 10_000_000)", "None; prints '" + "x" * 199),
    "a coroutine": ("__import__('asyncio').sleep(0, values)", "[3, 1, 2]"),
}


def test_every_answer_has_its_form(tmp_path: Path) -> None:
    """All of them in one file, so that one tree is asked; what kills it costs nothing but its own answer."""
    names = [f"f{number}" for number in range(len(CALLED))]
    body = "".join(
        f"def {name}(values):\n    return {code}\n\n\n"
        for name, (code, _) in zip(names, CALLED.values(), strict=True)
    )
    use = "".join(f"try:\n    m.{name}([3, 1, 2])\nexcept BaseException:\n    pass\n" for name in names)
    base = {"m.py": "".join(f"def {name}(values): ...\n" for name in names), "use.py": f"import m\n{use}"}
    command, how = "python3 use.py", {"most": len(names), "seconds": 60}
    found, (_, said) = asked(tmp_path, base, {}, {"m.py": body}, command=command, **how)  # type: ignore[arg-type]
    known = dict(zip(found.inputs, said, strict=True))
    told = {case: known.get(f"m.{name}([3, 1, 2])", "") for name, case in zip(names, CALLED, strict=True)}
    assert {c: said for c, said in told.items() if not said.startswith(CALLED[c][1])} == {}


WRONG_SHARE = SHARE.format("'stolen'")
PREPARED = "import json, os, subprocess, sys, sysconfig\n"
HOSTILE = {
    "a module for every Python that starts": """
site = sysconfig.get_path('purelib', 'posix_user')
os.makedirs(site, exist_ok=True)
open(site + '/usercustomize.py', 'w').write('import builtins\\nbuiltins.range = lambda *a: []\\n')
""",
    "compiled code in the place of the source": f"""
import importlib.util, marshal
place = importlib.util.cache_from_source(os.path.abspath('share.py'))
os.makedirs(os.path.dirname(place), exist_ok=True)
code = compile({WRONG_SHARE!r}, os.path.abspath('share.py'), 'exec')
data = importlib.util.MAGIC_NUMBER + b'\\1\\0\\0\\0' + bytes(8) + marshal.dumps(code)
open(place, 'wb').write(data)
""",
    "git's own settings": """
git = '/.patchwright/git'
open(git + '/info/attributes', 'w').write('* filter=evil\\n')
open(git + '/config', 'a').write('[filter "evil"]\\n\\tsmudge = sed s/total/7/\\n')
""",
    "the snapshots": """
os.environ['GIT_DIR'] = '/.patchwright/git'
git = lambda *words: subprocess.run(['git', *words], capture_output=True, text=True).stdout.split()
evil = git('hash-object', '-w', 'share.py')[0]
for line in zip(*[iter(git('cat-file', '--batch-all-objects', '--batch-check'))] * 3):
    if line[1] == 'blob' and line[0] != evil:
        git('replace', '-f', line[0], evil)
""",
    "a process that goes on": """
subprocess.Popen([sys.executable, '-c', 'import time\\nwhile True: open("share.py", "w").write("x"); time.sleep(0.01)'],
                 start_new_session=True)
""",
    "a folder that nobody may enter": """
os.makedirs('deep/er')
os.chmod('deep/er', 0)
os.chmod('deep', 0)
""",
    "the repository's git in another place": """
import shutil
shutil.rmtree('.git')
os.symlink('/tmp', '.git')
""",
    "what writes the answers": """
import builtins
json.dumps = lambda *a, **k: '[0, "stolen"]'
builtins.repr = builtins.str = lambda *a: 'stolen'
for name, module in list(sys.modules.items()):
    vars(module).clear() if name == '__main__' else None
""",
    "who asks": """
import signal
os.kill(os.getppid(), signal.SIGKILL)
""",
}


@pytest.mark.parametrize("attack", HOSTILE.values(), ids=HOSTILE)
def test_a_tree_changes_no_answer_of_another(tmp_path: Path, attack: str, backend: tuple[str, str]) -> None:
    base = {"share.py": SHARE.format("None"), "test_share.py": SHARE_TEST}
    honest = {"share.py": SHARE.format(RIGHT_SHARE)}
    guarded = "import os\nif 'unittest' not in __import__('sys').modules:\n" + "".join(
        f"    {line}\n" for line in (PREPARED + attack).splitlines()
    )
    hostile = {"share.py": guarded + SHARE.format(RIGHT_SHARE)}
    _, (first, _, last) = asked(
        tmp_path, base, honest, hostile, honest | {"more.txt": "x"}, backend=backend, most=20
    )
    assert first == last
    assert "[3, 3, 3]" in first


STACK = """class Stack:
    def __init__(self, limit=9):
        self.limit, self._items = limit, []

    def push(self, value):
        {}

    def pop(self):
        return self._items.pop() if self._items else None

    def __len__(self):
        return len(self._items)

    @classmethod
    def of(cls, values):
        stack = cls(len(values))
        for value in values:
            stack.push(value)
        return stack._items
"""
STACK_TEST = """import unittest

from stack import Stack


class Stacks(unittest.TestCase):
    def test_stack(self):
        stack = Stack(2)
        stack.push(1)
        stack.push(2)
        self.assertEqual(len(stack), 2)
        self.assertEqual(stack.pop(), 2)
        self.assertEqual(Stack.of([4]), [4])
"""


def test_objects_are_asked_by_their_lives(tmp_path: Path) -> None:
    kept = "len(self._items) < self.limit and self._items.append(value)"
    base = {"stack.py": STACK.format("pass"), "test_stack.py": STACK_TEST}
    trees = [
        {"stack.py": STACK.format(body)}
        for body in (kept, kept.replace("<", "<="), f"if {kept.replace(' and', ':')}")
    ]
    found, (good, bad, same) = asked(tmp_path, base, *trees)
    known = dict(zip(found.inputs, zip(good, bad, same, strict=True), strict=True))
    told = {one.input for one in split(found)}
    tested = "it = stack.Stack(2); it.push(1); it.push(2); it.__len__(); it.pop(); it.__len__(); it.pop()"
    assert known[tested] == ("None; None; 2; 2; 1; 1",) * 3
    assert good == same
    missed = [one for one in told if one.startswith("it = stack.Stack(1); it.push(1); it.push(2)")]
    assert missed and all(known[one][0] == known[one][2] != known[one][1] for one in missed)
    assert not any("Stack.of(" in one for one in known)  # it did not change


def test_a_class_method_is_asked_as_a_function(tmp_path: Path) -> None:
    base = {"stack.py": STACK.format("self._items.append(value)"), "test_stack.py": STACK_TEST}
    other = base["stack.py"].replace("return stack._items\n", "return stack._items[:3]\n")
    found, (one, two) = asked(
        tmp_path, base, {"stack.py": other}, {"stack.py": other.replace("[:3]", "[:4]")}
    )
    known = dict(zip(found.inputs, zip(one, two, strict=True), strict=True))
    assert known["stack.Stack.of([4])"] == ("[4]", "[4]")
    told = [said.input for said in split(found)]
    assert told and all(one.startswith("stack.Stack.of(") for one in told)


def test_what_is_answered_by_chance_counts_for_nobody(tmp_path: Path) -> None:
    by_order = "sorted({str(n): n for n in range(people)}.values(), key=lambda n: hash(str(n)))"
    found, answers = shares(tmp_path, by_order, "__import__('random').random()")
    assert not any("share.share(9, 3)" in one for one in found.inputs)
    assert {said for tree in answers for said in tree} <= {
        "[]",
        "[0]",
        "raises TypeError",
        "raises ValueError",
    }
    assert "by chance" in found.left[0] and "count for no tree" in found.left[-1]


def test_a_tree_that_hangs_or_is_broken_costs_only_itself(tmp_path: Path) -> None:
    base = {"share.py": SHARE.format("None"), "test_share.py": SHARE_TEST}
    good = SHARE.format(RIGHT_SHARE)
    others = [
        "while True: pass\n" + good,
        "import os\nos._exit(0)\n" + good,
        "def share(:\n",
        "raise SystemExit(3)\n",
        "import nothing_like_it\n" + good,
        good.replace("return", "while people: pass\n    return"),
        "x = 3\n",
    ]
    found, answers = asked(
        tmp_path, base, {"share.py": good}, *({"share.py": text} for text in others), most=12, seconds=20
    )
    said = [dict(zip(found.inputs, answer, strict=True))["share.share(9, 3)"] for answer in answers]
    assert said == [
        "[3, 3, 3]",
        "too slow when it is loaded",
        "dies when it is loaded",
        "raises SyntaxError when it is loaded",
        "raises SystemExit when it is loaded",
        "raises ModuleNotFoundError when it is loaded",
        "too slow",
        "absent",
    ]


def test_what_is_in_few_trees_is_asked_where_it_counts(tmp_path: Path) -> None:
    base = {"share.py": SHARE.format("None"), "test_share.py": SHARE_TEST}
    good = SHARE.format(RIGHT_SHARE)
    more = "\n\ndef halved(n: int) -> int:\n    return n // 2\n"
    found, _ = asked(tmp_path, base, {"share.py": good + more}, {"share.py": good}, most=40)
    told = split(found)
    assert told and all(said.input.startswith("share.halved(") and "absent" in said.answers for said in told)
    again = tmp_path / "again"
    again.mkdir()
    found, _ = asked(
        again, base, {"share.py": good + more}, {"share.py": good}, {"share.py": good + "\n"}, most=40
    )
    assert split(found) == []
    assert found.left == ("share.py: halved is in 1 of 3 trees, and not on the base",)


UNTESTED = '''def between(low: int, high: int, names: list[str] | None = None):
    """The names from low to high, as in between(1, 2, ["a", "b", "c"]).

    >>> between(low=0, high=1)
    []
    """
    {}
'''


@pytest.mark.parametrize("with_hypothesis", [True, False])
def test_without_tests_docstrings_and_annotations_are_asked(
    tmp_path: Path, with_hypothesis: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not with_hypothesis:
        monkeypatch.setattr("patchwright.verify.typed.places", list)
    base = {"src/names.py": UNTESTED.format("...")}
    bodies = (
        "return (names or [])[low:high]",
        "return (names or [])[low:max(high, low)]",
        "return names[low:high]",
    )
    trees = [{"src/names.py": UNTESTED.format(body)} for body in bodies]
    found, (one, _, three) = asked(tmp_path, base, *trees, command="")
    known = dict(zip(found.inputs, one, strict=True))
    assert known["names.between(1, 2, ['a', 'b', 'c'])"] == "['b']"
    assert known["names.between(low=0, high=1)"] == "[]"
    assert len(known) == 200
    assert any(one != three for one, three in zip(one, three, strict=True))
    assert found.left == ()


def test_packages_are_loaded_as_they_are_imported(tmp_path: Path) -> None:
    base = {
        "src/shop/__init__.py": "",
        "src/shop/tax.py": "RATE = 2\n",
        "src/shop/cart/__init__.py": "from .sums import total\n",
        "src/shop/cart/sums.py": "import kit\nfrom ..tax import RATE\n\n\ndef total(prices: list[int]) -> int: ...\n",
        "src/kit.py": "ONE = 1\n",
    }
    good = base["src/shop/cart/sums.py"].replace("...", "return sum(prices) * RATE * kit.ONE")
    found, (said,) = asked(tmp_path, base, {"src/shop/cart/sums.py": good}, command="", most=30)
    known = dict(zip(found.inputs, said, strict=True))
    assert known["shop.cart.sums.total([])"] == "0"
    assert not any("raises" in one for one in known.values())


def test_what_is_not_asked_is_told(tmp_path: Path) -> None:
    base = {"a.js": "1\n", "open.py": "def read(file: Path): ...\n", "text.py": "X = 1\n", "README.md": "x\n"}
    tree = {
        "a.js": "2\n",
        "open.py": "def read(file: Path): return 1\n",
        "text.py": "X = 2\n",
        "README.md": "y\n",
    }
    found, _ = asked(tmp_path, base, tree, command="")
    assert found.inputs == ()
    assert set(found.left) == {
        "README.md, a.js: only functions of Python are asked",
        "text.py: no function or class of it differs",
        "open.read: no call is known, and an argument is of no builtin type",
    }


SIZE = """class Bag:
    def __init__(self, thing):
        self.thing = thing

    def size(self):
        return size(self.thing)


def size(thing):
    {}
"""
SIZE_USE = """import pathlib
from size import Bag, size


def tried(call, *args):
    try:
        call(*args)
    except Exception:
        pass


tried(size, 'abc')
tried(size, pathlib.PurePosixPath('a/b'))
tried(size, Bag([1, 2]))
tried(size, lambda: 1)
tried(Bag(pathlib.PurePosixPath('c')).size)
"""


def test_what_no_literal_says_is_asked_as_the_base_has_it(tmp_path: Path) -> None:
    base = {"size.py": SIZE.format("raise NotImplementedError"), "use.py": SIZE_USE}
    bodies = "return len(str(getattr(thing, 'thing', thing)))", "thing.thing = 7\n    return thing"
    trees = [
        {"size.py": SIZE.replace("size(self.thing)", "size(self.thing) + 0").format(body)} for body in bodies
    ]
    found, (one, two) = asked(tmp_path, base, *trees, command="python3 use.py", most=40)
    known = dict(zip(found.inputs, zip(one, two, strict=True), strict=True))
    assert known["size.size('abc')"] == ("3", "raises AttributeError")
    assert known["size.size(PurePosixPath('a/b'))"] == ("3", "raises AttributeError")
    assert known["size.size(Bag(thing=[1, 2]))"] == ("6", "Bag(thing=7) leaving Bag(thing=7)")
    assert known["it = size.Bag(PurePosixPath('c')); it.size(); it.size()"][0] == "1; 1"
    assert found.left == (
        "size.size: calls whose arguments can be neither written down nor pickled are not asked",
    )


def test_nothing_that_a_tree_pickles_is_read(tmp_path: Path) -> None:
    """It would be run in the place of the others' code."""
    evil = "class Evil:\n    def __reduce__(self):\n        return exec, ('import size; size.size = lambda thing: 0',)\n\n\n"
    base = {"size.py": SIZE.format("return 5"), "use.py": "import size\nsize.size('abc')\nsize.use()\n"}
    base["size.py"] += "\n\ndef use(): ...\n"
    hostile = evil + SIZE.format("return 1") + "\n\ndef use():\n    size(Evil())\n"
    honest = {"size.py": base["size.py"].replace("return 5", "return 2")}
    found, (_, said) = asked(tmp_path, base, {"size.py": hostile}, honest, command="python3 use.py", most=40)
    known = dict(zip(found.inputs, said, strict=True))
    assert known["size.size('abc')"] == "2" and not any("(Evil" in one for one in known)


def test_calls_are_recorded_where_the_base_raises_and_in_doctests(tmp_path: Path) -> None:
    text = 'def twice(n):\n    """\n    >>> twice(21)\n    42\n    """\n    {}\n'
    base = {"n.py": text.format("raise NotImplementedError"), "use.py": "import n\nn.twice(n=17)\n"}
    same = {"n.py": text.format("raise NotImplementedError  # not yet")}
    found, _ = asked(
        tmp_path, base, same, {"n.py": text.format("return n * 2")}, command="python3 use.py", most=9
    )
    assert {"n.twice(17)", "n.twice(21)"} <= {*found.inputs}
    again = tmp_path / "again"
    again.mkdir()
    without = {"n.py": text.replace("21", "n").format("pass"), "test_n.py": "from n import twice\ntwice(5)\n"}
    found, _ = asked(
        again,
        without,
        {"n.py": text.replace("21", "3 * 7").format("return n * 2")},
        command=f"{TEST} --doctest-modules",
        most=9,
    )
    assert "n.twice(21)" in found.inputs


def test_no_time_is_told_and_costs_little(tmp_path: Path) -> None:
    found, (said, _) = shares(tmp_path, RIGHT_SHARE, SHORT_SHARE, seconds=0)
    assert said == () and "in time" in found.left[0]


def test_what_was_asked_before_is_not_asked_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    repo, runs, heard = tmp_path / "repo", list[str](), list[str]()

    def recording(suite: Suite, found: Any, tree: str, *args: Any) -> Recorded:
        runs.append(tree)
        return recorded(suite, found, tree, *args)

    def listening(workspace: Workspace, *args: Any) -> tuple[str | None, ...]:
        heard.append(workspace.snapshot())
        answers = replies(workspace, *args)
        return (None, *answers[1:]) if len(heard) == 2 else answers

    monkeypatch.setattr("patchwright.verify.behave.replies", listening)
    monkeypatch.setattr("patchwright.verify.behave.recorded", recording)
    write_files(repo, {"share.py": SHARE.format("None"), "test_share.py": SHARE_TEST})
    commit(repo, "start", first=True)
    memory = Memory()
    with begun(repo, test_command=UNITTEST) as run, run.workspace("1") as workspace:
        bodies = (RIGHT_SHARE, SHORT_SHARE, f"({RIGHT_SHARE})[::-1]")
        one, two, three = (laid(workspace, {"share.py": SHARE.format(body)}) for body in bodies)
        suite = Suite(workspace, UNITTEST)
        several = [
            behave(workspace, suite, trees, memory=memory)
            for trees in ([one, two], [one, two, three], [one, two, three])
        ]
        other = as_input("share.py", "share", Call((7, 2), {}))
        again = behave(workspace, suite, [one, three], given=[other], memory=memory)
    assert heard == [one, two, two, three, one, three]  # of the second nothing was heard at first
    assert runs == [one]
    assert several[1].answers == several[2].answers and several[1].answers.keys() == {one, two, three}
    assert again.answers[one] != again.answers[three]

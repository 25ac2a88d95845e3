"""What tells trees apart that pass the same tests."""

from collections.abc import Mapping
from pathlib import Path

import pytest
from fakes import FILES, RIGHT, TEST, WRONG, begun, commit, write_files
from patchwright.sandbox.workspace import Workspace
from patchwright.verify.behave import behave
from patchwright.verify.behaviours import Behaviours, split
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

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from fakes import begun, write_files
from patchwright.tools.locate import Located, Unwritten

FILES = {
    "shop/__init__.py": "",
    "shop/prices.py": "def rate(kind):\n    return {'book': 7}[kind]\n\n\ndef total(items):\n    return sum(rate(i) for i in items)\n",
    "shop/cart.py": "from shop import prices\nfrom . import text\n\n\nclass Cart:\n    def sum(self):\n        return prices.total(['pen'])\n",
    "shop/text.py": "def title(x):\n    return x\n",
    "shop/unrelated.py": "def noise():\n    pass\n",
    "tests/test_cart.py": "from shop import text\nfrom shop.cart import Cart\n\n\ndef test_sum():\n    assert Cart().sum() == 7\n"
    "\n\ndef test_title():\n    assert text.title('a') == 'A'\n\n\ndef test_shout():\n    text.shout('a')\n"
    "\n\ndef test_empty():\n    Cart().empty()\n",
    "conftest.py": "",
}


@contextmanager
def located(repo: Path, files: Mapping[str, str] = FILES) -> Iterator[Located]:
    for path in repo.rglob("*.py"):
        path.unlink()
    write_files(repo, files)
    with begun(repo) as run, run.workspace("1") as workspace:
        yield Located(workspace, run.baseline())


def test_the_frames_and_imports_lead_to_the_modules(repo: Path) -> None:
    with located(repo) as found:
        assert found.modules()[:2] == ["shop/cart.py", "shop/prices.py"]
        assert "shop/text.py" in found.modules()
        assert "shop/unrelated.py" not in found.modules()
        assert "def rate(kind)" in found.sources()


def test_suspects_are_where_the_error_is_then_outwards(repo: Path) -> None:
    with located(repo) as found:
        suspects = found.suspects()
        assert suspects[0].startswith("shop/prices.py\n```python\ndef rate(kind):")
        assert suspects[1].startswith("shop/prices.py\n```python\ndef total(items):")
        assert suspects[2].startswith("shop/cart.py\n```python\n    def sum(self):")
        assert "shop/text.py has no `shout`: write it, and put it there." in suspects
        assert any(s.startswith("shop/cart.py\n```python\nclass Cart:") for s in suspects)
        assert any(s.startswith("shop/text.py\n```python\ndef title(x):") for s in suspects)
        assert found.focus(0) == suspects[0]
        assert found.focus(len(suspects)) == suspects[0]


def test_source_that_is_no_python_is_passed_over(repo: Path) -> None:
    with located(repo) as found:
        found._trees.clear()
        found._texts["shop/prices.py"] = "def broken(:\n"
        assert all("shop/prices.py\n" not in s for s in found.suspects())


MODE = 'def mode(\n    values,\n):\n    """The most frequent one."""\n'
STUBS = {
    "stats.py": "def count(of):\n    return lambda values: of(values)\n\n\nclass Sample:\n    def mean(self):\n        raise NotImplementedError\n\n\nclass Small(Sample):\n    def most(self):\n        raise NotImplementedError\n"
    '\n    def last(self):\n        """The last one."""\n        raise NotImplementedError\n'
    f"\n\n@count\n{MODE}    raise NotImplementedError\n"
    '\n\ndef odd(n): "Whether it is odd."; raise NotImplementedError\n'
    "\n\ndef spread(values):\n    pass\n\n\ndef ready():\n    pass\n",
    "tests/test_stats.py": "import stats\n\n\ndef test_mode():\n    assert stats.mode([1, 1, 2]) == 1\n"
    "\n\ndef test_odd():\n    assert stats.odd(3)\n"
    "\n\ndef test_spread():\n    assert stats.spread([1, 3]) == 2\n"
    "\n\ndef test_ready():\n    stats.ready()\n    assert stats.count == 0\n    stats.count([])\n"
    "\n\ndef test_mean():\n    stats.Small().mean()\n\n\ndef test_most():\n    stats.Small().most()\n"
    "\n\ndef test_last():\n    stats.Small().last()\n",
}


def test_what_is_yet_to_be_written(repo: Path) -> None:
    with located(repo, STUBS) as found:
        # not `ready`, which may be as it is to be; nor `Sample.mean`, which may stand there for `Small`
        assert sorted(found.unwritten()) == [
            Unwritten("stats.py", "last", documented=True, head=""),
            Unwritten("stats.py", "mode", documented=True, head=f"@count\n{MODE}"),
            Unwritten("stats.py", "most", documented=False, head=""),
            Unwritten("stats.py", "odd", documented=True, head=""),
            Unwritten("stats.py", "spread", documented=False, head=""),
        ]
        assert 'one."""\n\n\ndef odd' in found.sources(stubs=False)
        assert 'one."""\n    raise NotImplementedError\n' in found.sources()
    with located(repo) as found:
        assert found.unwritten() == []
        assert found.sources(stubs=False) == found.sources()

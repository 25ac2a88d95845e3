"""Patches that are slow and do the same, each with a good twin. Data: nothing here runs by itself.

Files are written plainly: what a reviewer would be shown. `before` stands on the base, with its tests green.
"""

from typing import NamedTuple


class Slow(NamedTuple):
    name: str
    path: str
    before: str
    bad: str
    good: str
    test: str


SEEDED = (
    Slow(
        "quadratic dedupe",
        "dedupe.py",
        before='''def unique(items):
    """The items without repeats, in their order."""
    return list(dict.fromkeys(items))
''',
        bad='''def unique(items):
    """The items without repeats, in their order; None is no item."""
    found = []
    for item in items:
        if item is not None and item not in found:
            found.append(item)
    return found
''',
        good='''def unique(items):
    """The items without repeats, in their order; None is no item."""
    return list(dict.fromkeys(item for item in items if item is not None))
''',
        test="""from dedupe import unique


def test_order_is_kept():
    assert unique([3, 1, 3, 2, 1]) == [3, 1, 2]


def test_empty():
    assert unique([]) == []
""",
    ),
    Slow(
        "full scan per lookup",
        "phonebook.py",
        before="""class Phonebook:
    def __init__(self, entries):
        self._by_name = {}
        for name, number in entries:
            self._by_name[name] = number

    def add(self, name, number):
        self._by_name[name] = number

    def number(self, name):
        return self._by_name[name]
""",
        bad="""class Phonebook:
    def __init__(self, entries):
        self._entries = list(entries)

    def add(self, name, number):
        self._entries.append((name, number))

    def number(self, name):
        found = None
        for other, number in self._entries:
            if other == name:
                found = number
        if found is None:
            raise KeyError(name)
        return found
""",
        good="""class Phonebook:
    def __init__(self, entries):
        self._by_name = dict(entries)

    def add(self, name, number):
        self._by_name[name] = number

    def number(self, name):
        if name not in self._by_name:
            raise KeyError(name)
        return self._by_name[name]
""",
        test="""import pytest
from phonebook import Phonebook


def test_lookup():
    book = Phonebook([("ada", "1"), ("bob", "2")])
    assert book.number("bob") == "2"
    book.add("cyd", "3")
    assert book.number("cyd") == "3"


def test_unknown():
    with pytest.raises(KeyError):
        Phonebook([]).number("ada")
""",
    ),
    Slow(
        "a file read again for each row",
        "rates.py",
        before='''import json


def load(path):
    with open(path) as f:
        return json.load(f)


def convert(amounts, path):
    """Amounts of (currency, value) in the base currency."""
    rates = load(path)
    return [round(value * rates[currency], 2) for currency, value in amounts]
''',
        bad='''import json


def load(path):
    with open(path) as f:
        return json.load(f)


def convert(amounts, path):
    """Amounts of (currency, value) in the base currency, to the cent."""
    converted = []
    for currency, value in amounts:
        rate = load(path)[currency]
        converted.append(round(value * rate, 2))
    return converted
''',
        good='''import json


def load(path):
    with open(path) as f:
        return json.load(f)


def convert(amounts, path):
    """Amounts of (currency, value) in the base currency, to the cent."""
    rates = load(path)
    converted = []
    for currency, value in amounts:
        converted.append(round(value * rates[currency], 2))
    return converted
''',
        test="""import json

from rates import convert


def test_convert(tmp_path):
    path = tmp_path / "rates.json"
    path.write_text(json.dumps({"EUR": 1.0, "USD": 0.5}))
    assert convert([("EUR", 3.0), ("USD", 3.0)], path) == [3.0, 1.5]
""",
    ),
    Slow(
        "sorted again for each item",
        "ranks.py",
        before='''def ranks(scores):
    """The place of each score, 1 for the highest; equal scores share a place."""
    place = {}
    for number, score in enumerate(sorted(scores, reverse=True), 1):
        place.setdefault(score, number)
    return [place[score] for score in scores]
''',
        bad='''def ranks(scores):
    """The place of each score, 1 for the highest; equal scores share a place."""
    return [sorted(scores, reverse=True).index(score) + 1 for score in scores]
''',
        good='''def ranks(scores):
    """The place of each score, 1 for the highest; equal scores share a place."""
    place = {}
    for number, score in enumerate(sorted(scores, reverse=True)):
        if score not in place:
            place[score] = number + 1
    return [place[score] for score in scores]
''',
        test="""from ranks import ranks


def test_ties_share():
    assert ranks([10, 30, 20, 30]) == [4, 1, 3, 1]
""",
    ),
    Slow(
        "a text built from its end",
        "banner.py",
        before='''def reverse_lines(text):
    """The lines in reverse order."""
    return "\\n".join(reversed(text.split("\\n")))
''',
        bad='''def reverse_lines(text):
    """The lines in reverse order, without blanks at their ends."""
    result = []
    for line in text.split("\\n"):
        result = [line.rstrip()] + result
    return "\\n".join(result)
''',
        good='''def reverse_lines(text):
    """The lines in reverse order, without blanks at their ends."""
    return "\\n".join(line.rstrip() for line in reversed(text.split("\\n")))
''',
        test="""from banner import reverse_lines


def test_reverse():
    assert reverse_lines("one\\ntwo\\nthree") == "three\\ntwo\\none"
""",
    ),
    Slow(
        "recursion without memory",
        "stairs.py",
        before='''def ways(steps):
    """In how many ways a stair of so many steps is climbed by ones and twos."""
    a, b = 1, 1
    for _ in range(steps):
        a, b = b, a + b
    return a
''',
        bad='''def ways(steps):
    """In how many ways a stair of so many steps is climbed by ones and twos; none below the ground."""
    if steps < 0:
        return 0
    if steps < 2:
        return 1
    return ways(steps - 1) + ways(steps - 2)
''',
        good='''def ways(steps):
    """In how many ways a stair of so many steps is climbed by ones and twos; none below the ground."""
    if steps < 0:
        return 0
    a, b = 1, 1
    for _ in range(steps):
        a, b = b, a + b
    return a
''',
        test="""from stairs import ways


def test_small():
    assert [ways(n) for n in range(6)] == [1, 1, 2, 3, 5, 8]
""",
    ),
    Slow(
        "the cache removed",
        "grid.py",
        before='''from functools import lru_cache


@lru_cache(maxsize=None)
def paths(rows, columns):
    """Ways from corner to corner of a grid, going right or down."""
    if rows == 1 or columns == 1:
        return 1
    return paths(rows - 1, columns) + paths(rows, columns - 1)
''',
        bad='''def paths(rows, columns):
    """Ways from corner to corner of a grid, going right or down."""
    if rows == 1 or columns == 1:
        return 1
    return paths(rows - 1, columns) + paths(rows, columns - 1)
''',
        good='''from functools import cache


@cache
def paths(rows, columns):
    """Ways from corner to corner of a grid, going right or down."""
    if rows == 1 or columns == 1:
        return 1
    return paths(rows - 1, columns) + paths(rows, columns - 1)
''',
        test="""from grid import paths


def test_paths():
    assert paths(2, 2) == 2
    assert paths(3, 4) == 10
""",
    ),
    Slow(
        "one query for each row",
        "orders.py",
        before='''def customers_of(connection, orders):
    """The name of each order's customer."""
    wanted = sorted({order["customer"] for order in orders})
    marks = ",".join("?" * len(wanted))
    rows = connection.execute(f"select id, name from customers where id in ({marks})", wanted)
    names = dict(rows.fetchall())
    return [names.get(order["customer"]) for order in orders]
''',
        bad='''def customers_of(connection, orders):
    """The name of each order's customer, None where there is none."""
    names = []
    for order in orders:
        rows = connection.execute("select id, name from customers").fetchall()
        found = [name for number, name in rows if number == order["customer"]]
        names.append(found[0] if found else None)
    return names
''',
        good='''def customers_of(connection, orders):
    """The name of each order's customer, None where there is none."""
    names = dict(connection.execute("select id, name from customers").fetchall())
    return [names.get(order["customer"]) for order in orders]
''',
        test="""import sqlite3

import pytest
from orders import customers_of


@pytest.fixture
def connection():
    made = sqlite3.connect(":memory:")
    made.execute("create table customers (id integer primary key, name text)")
    made.executemany("insert into customers values (?, ?)", [(n, f"c{n}") for n in range(1, 200)])
    yield made
    made.close()


def test_names(connection):
    assert customers_of(connection, [{"customer": 2}, {"customer": 1}, {"customer": 900}]) == ["c2", "c1", None]
""",
    ),
    Slow(
        "a deep copy in each round",
        "history.py",
        before='''def replay(events):
    """The balance after each event."""
    balance, seen = {}, []
    for account, change in events:
        balance[account] = balance.get(account, 0) + change
        seen.append(balance[account])
    return seen
''',
        bad='''import copy


def replay(events):
    """The balance after each event; what was before it is not touched."""
    balance, seen = {}, []
    for account, change in events:
        balance = copy.deepcopy(balance)
        balance[account] = balance.get(account, 0) + change
        seen.append(balance[account])
    return seen
''',
        good='''def replay(events):
    """The balance after each event; what is given is not touched."""
    balance, seen = {}, []
    for account, change in list(events):
        now = balance.get(account, 0) + change
        balance[account] = now
        seen.append(now)
    return seen
''',
        test="""from history import replay


def test_replay():
    assert replay([("a", 5), ("b", 1), ("a", -2)]) == [5, 1, 3]
""",
    ),
    Slow(
        "a pattern that chokes",
        "names.py",
        before="""import re

NAME = re.compile(r"[a-z]+(?:-[a-z]+)*")


def is_name(text):
    return NAME.fullmatch(text) is not None
""",
        bad='''import re

NAME = re.compile(r"(?:[a-z]+-?)*[a-z]")


def is_name(text):
    """Whether a text is words joined by hyphens."""
    return NAME.fullmatch(text) is not None
''',
        good='''import re

NAME = re.compile(r"[a-z]+(?:-[a-z]+)*")


def is_name(text):
    """Whether a text is words joined by hyphens."""
    return bool(NAME.fullmatch(text))
''',
        test="""import pytest
from names import is_name


@pytest.mark.parametrize("text", ["ada", "ada-king", "a-b-c"])
def test_names(text):
    assert is_name(text)


@pytest.mark.parametrize("text", ["", "-ada", "Ada", "ada-"])
def test_no_names(text):
    assert not is_name(text)
""",
    ),
    Slow(
        "a list as a queue",
        "walk.py",
        before='''from collections import deque


def reachable(graph, start):
    """What can be reached from a node, nearest first."""
    seen, queue = {start: None}, deque([start])
    while queue:
        for other in graph.get(queue.popleft(), ()):
            if other not in seen:
                seen[other] = None
                queue.append(other)
    return list(seen)
''',
        bad='''def reachable(graph, start):
    """What can be reached from a node, nearest first; a node that is unknown reaches itself."""
    seen, queue = [start], [start]
    while queue:
        node = queue.pop(0)
        for other in graph.get(node, []):
            if other not in seen:
                seen.append(other)
                queue.append(other)
    return seen
''',
        good='''from collections import deque


def reachable(graph, start):
    """What can be reached from a node, nearest first; a node that is unknown reaches itself."""
    seen, queue = {start}, deque([start])
    found = [start]
    while queue:
        node = queue.popleft()
        for other in graph.get(node, []):
            if other not in seen:
                seen.add(other)
                found.append(other)
                queue.append(other)
    return found
''',
        test="""from walk import reachable


def test_reach():
    graph = {"a": ["b", "c"], "b": ["d"], "c": ["d"], "e": ["a"]}
    assert reachable(graph, "a") == ["a", "b", "c", "d"]


def test_hub():
    graph = {"hub": [f"n{i}" for i in range(9)]}
    assert len(reachable(graph, "hub")) == 10
""",
    ),
    Slow(
        "a join by nested loops",
        "join.py",
        before='''def join(users, orders):
    """Orders with the names of their users."""
    names = {user["id"]: user["name"] for user in users}
    return [(order["no"], names[order["user"]]) for order in orders if order["user"] in names]
''',
        bad='''def join(users, orders):
    """Orders with the names of their users, in the order of the orders."""
    rows = []
    for order in orders:
        for user in users:
            if user["id"] == order["user"]:
                rows.append((order["no"], user["name"]))
    return rows
''',
        good='''def join(users, orders):
    """Orders with the names of their users, in the order of the orders."""
    names = {user["id"]: user["name"] for user in users}
    rows = []
    for order in orders:
        if order["user"] in names:
            rows.append((order["no"], names[order["user"]]))
    return rows
''',
        test="""from join import join


def test_join():
    users = [{"id": 1, "name": "ada"}, {"id": 2, "name": "bob"}]
    orders = [{"no": "x", "user": 2}, {"no": "y", "user": 1}, {"no": "z", "user": 3}]
    assert join(users, orders) == [("x", "bob"), ("y", "ada")]
""",
    ),
    Slow(
        "a sum in each round",
        "totals.py",
        before='''from itertools import accumulate


def running(values):
    """The running total."""
    return list(accumulate(values))
''',
        bad='''def running(values):
    """The running total; nothing for nothing."""
    return [sum(values[: i + 1]) for i in range(len(values))]
''',
        good='''def running(values):
    """The running total; nothing for nothing."""
    total, found = 0, []
    for value in values:
        total += value
        found.append(total)
    return found
''',
        test="""from totals import running


def test_running():
    assert running([1, 2, 3]) == [1, 3, 6]
    assert running([]) == []
""",
    ),
    Slow(
        "it sleeps between looks",
        "jobs.py",
        before='''def drain(jobs):
    """Run all jobs; how many were done."""
    done = 0
    for job in jobs:
        if job.ready:
            done += 1
    return done
''',
        bad='''import time


def drain(jobs):
    """Run all jobs that are ready; how many were done."""
    done = 0
    for job in jobs:
        time.sleep(0.02)
        if job.ready:
            done += 1
    return done
''',
        good='''def drain(jobs):
    """Run all jobs that are ready; how many were done."""
    return sum(1 for job in jobs if job.ready)
''',
        test="""from dataclasses import dataclass

from jobs import drain


@dataclass
class Job:
    name: str
    ready: bool


def test_drain():
    assert drain([Job("a", True), Job("b", False), Job("c", True)]) == 2
""",
    ),
    Slow(
        "the index built for each question",
        "search.py",
        before="""class Search:
    def __init__(self):
        self._documents = {}
        self._index = {}

    def add(self, name, text):
        self._documents[name] = text
        for word in text.lower().split():
            self._index.setdefault(word, set()).add(name)

    def find(self, word):
        return sorted(self._index.get(word.lower(), ()))
""",
        bad="""class Search:
    def __init__(self):
        self._documents = {}

    def add(self, name, text):
        self._documents[name] = text

    def find(self, word):
        index = {}
        for name, text in self._documents.items():
            for each in text.lower().split():
                index.setdefault(each, set()).add(name)
        return sorted(index.get(word.lower(), ()))
""",
        good="""class Search:
    def __init__(self):
        self._index = {}

    def add(self, name, text):
        for word in set(text.lower().split()):
            self._index.setdefault(word, set()).add(name)

    def find(self, word):
        return sorted(self._index.get(word.lower(), ()))
""",
        test="""from search import Search


def test_find():
    search = Search()
    search.add("a", "The cat sat")
    search.add("b", "A dog sat")
    assert search.find("sat") == ["a", "b"]
    assert search.find("Cat") == ["a"]
    assert search.find("cow") == []
""",
    ),
)

BLIND = (
    Slow(
        "anagrams by pairs",
        "anagrams.py",
        before='''def groups(words):
    """Words that are anagrams of each other, in the order in which they first come."""
    found = {}
    for word in words:
        found.setdefault("".join(sorted(word)), []).append(word)
    return list(found.values())
''',
        bad='''def groups(words):
    """Words that are anagrams of each other, in the order in which they first come; case is minded."""
    found = []
    for word in words:
        for group in found:
            if sorted(group[0]) == sorted(word):
                group.append(word)
                break
        else:
            found.append([word])
    return found
''',
        good='''def groups(words):
    """Words that are anagrams of each other, in the order in which they first come; case is minded."""
    found = {}
    for word in words:
        key = tuple(sorted(word))
        if key not in found:
            found[key] = []
        found[key].append(word)
    return list(found.values())
''',
        test="""from anagrams import groups


def test_groups():
    assert groups(["listen", "cat", "silent", "act"]) == [["listen", "silent"], ["cat", "act"]]
""",
    ),
    Slow(
        "a stock counted over all moves",
        "stock.py",
        before="""class Stock:
    def __init__(self):
        self._levels = {}

    def move(self, sku, count):
        level = self._levels.get(sku, 0) + count
        if level < 0:
            raise ValueError(f"{sku}: {level}")
        self._levels[sku] = level

    def level(self, sku):
        return self._levels.get(sku, 0)
""",
        bad="""class Stock:
    def __init__(self):
        self._moves = []

    def move(self, sku, count):
        level = self.level(sku) + count
        if level < 0:
            raise ValueError(f"{sku}: {level}")
        self._moves.append((sku, count))

    def level(self, sku):
        return sum(count for other, count in self._moves if other == sku)
""",
        good="""class Stock:
    def __init__(self):
        self._levels = {}
        self._moves = []

    def move(self, sku, count):
        level = self.level(sku) + count
        if level < 0:
            raise ValueError(f"{sku}: {level}")
        self._moves.append((sku, count))
        self._levels[sku] = level

    def level(self, sku):
        return self._levels.get(sku, 0)
""",
        test="""import pytest
from stock import Stock


def test_levels():
    stock = Stock()
    stock.move("bolt", 5)
    stock.move("nut", 2)
    stock.move("bolt", -3)
    assert (stock.level("bolt"), stock.level("nut"), stock.level("cog")) == (2, 2, 0)


def test_no_debt():
    with pytest.raises(ValueError):
        Stock().move("bolt", -1)
""",
    ),
    Slow(
        "settings read for each key",
        "settings.py",
        before='''from pathlib import Path


def read(path):
    pairs = (line.split("=", 1) for line in Path(path).read_text().splitlines() if "=" in line)
    return {name.strip(): value.strip() for name, value in pairs}


def lookup(path, keys):
    """The values of some keys, empty where there is none."""
    known = read(path)
    return {key: known.get(key, "") for key in keys}
''',
        bad='''from pathlib import Path


def read(path):
    pairs = (line.split("=", 1) for line in Path(path).read_text().splitlines() if "=" in line)
    return {name.strip(): value.strip() for name, value in pairs}


def value(path, key):
    return read(path).get(key, "")


def lookup(path, keys):
    """The values of some keys, empty where there is none."""
    return {key: value(path, key) for key in keys}
''',
        good='''from pathlib import Path


def read(path):
    pairs = (line.split("=", 1) for line in Path(path).read_text().splitlines() if "=" in line)
    return {name.strip(): value.strip() for name, value in pairs}


def value(known, key):
    return known.get(key, "")


def lookup(path, keys):
    """The values of some keys, empty where there is none."""
    known = read(path)
    return {key: value(known, key) for key in keys}
''',
        test="""from settings import lookup


def test_lookup(tmp_path):
    path = tmp_path / "app.conf"
    path.write_text("host = here\\nport = 80\\n")
    assert lookup(path, ["port", "user"]) == {"port": "80", "user": ""}
""",
    ),
    Slow(
        "subsets for a sum",
        "change.py",
        before='''def coins(amount, kinds=(1, 5, 10)):
    """The least number of coins that make an amount."""
    least = [0] + [amount + 1] * amount
    for part in range(1, amount + 1):
        least[part] = min(least[part - coin] + 1 for coin in kinds if coin <= part)
    return least[amount]
''',
        bad='''def coins(amount, kinds=(1, 5, 10)):
    """The least number of coins that make an amount; nothing for nothing."""
    if amount == 0:
        return 0
    return min(coins(amount - coin, kinds) + 1 for coin in kinds if coin <= amount)
''',
        good='''def coins(amount, kinds=(1, 5, 10)):
    """The least number of coins that make an amount; nothing for nothing."""
    least = {0: 0}
    for part in range(1, amount + 1):
        least[part] = 1 + min(least[part - coin] for coin in kinds if coin <= part)
    return least[amount]
''',
        test="""from change import coins


def test_coins():
    assert (coins(0), coins(4), coins(13)) == (0, 4, 4)
""",
    ),
    Slow(
        "intervals merged by starting again",
        "spans.py",
        before='''def merged(spans):
    """Spans joined where they overlap."""
    found = []
    for first, last in sorted(spans):
        if found and first <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], last))
        else:
            found.append((first, last))
    return found
''',
        bad='''def merged(spans):
    """Spans joined where they overlap, sorted."""
    found = []
    for first, last in spans:
        apart = []
        for a, b in found:
            if a <= last and first <= b:
                first, last = min(a, first), max(b, last)
            else:
                apart.append((a, b))
        found = sorted([*apart, (first, last)])
    return found
''',
        good='''def merged(spans):
    """Spans joined where they overlap, sorted."""
    found = []
    for first, last in sorted(spans):
        if found and first <= found[-1][1]:
            first, other = found.pop()
            last = max(last, other)
        found.append((first, last))
    return found
''',
        test="""from spans import merged


def test_merged():
    assert merged([(5, 7), (1, 3), (2, 4)]) == [(1, 4), (5, 7)]
""",
    ),
    Slow(
        "a tag stripped by a greedy pattern",
        "trim.py",
        before='''def trim(text):
    """A text without blanks at its end."""
    return text.rstrip(" ")
''',
        bad='''import re


def trim(text):
    """A text without blanks at its end, whatever is before them."""
    return re.sub(r"( +)+$", "", text)
''',
        good='''def trim(text):
    """A text without blanks at its end, whatever is before them."""
    end = len(text)
    while end and text[end - 1] == " ":
        end -= 1
    return text[:end]
''',
        test="""from trim import trim


def test_trim():
    assert trim("two words  ") == "two words"
    assert trim("none") == "none"
""",
    ),
    Slow(
        "the oldest evicted by a search",
        "recent.py",
        before='''from collections import OrderedDict


class Recent:
    """The last things seen, up to a size."""

    def __init__(self, size=100000):
        self.size, self._seen = size, OrderedDict()

    def see(self, thing):
        self._seen[thing] = True
        self._seen.move_to_end(thing)
        if len(self._seen) > self.size:
            self._seen.popitem(last=False)

    def __contains__(self, thing):
        return thing in self._seen

    def newest(self):
        return next(reversed(self._seen))
''',
        bad='''class Recent:
    """The last things seen, up to a size."""

    def __init__(self, size=100000):
        self.size, self._seen = size, []

    def see(self, thing):
        if thing in self._seen:
            self._seen.remove(thing)
        self._seen.append(thing)
        if len(self._seen) > self.size:
            self._seen.pop(0)

    def __contains__(self, thing):
        return thing in self._seen

    def newest(self):
        return self._seen[-1]
''',
        good='''class Recent:
    """The last things seen, up to a size."""

    def __init__(self, size=100000):
        self.size, self._seen = size, {}

    def see(self, thing):
        self._seen.pop(thing, None)
        self._seen[thing] = True
        if len(self._seen) > self.size:
            del self._seen[next(iter(self._seen))]

    def __contains__(self, thing):
        return thing in self._seen

    def newest(self):
        return next(reversed(self._seen))
''',
        test="""from recent import Recent


def test_recent():
    seen = Recent(2)
    for thing in ("a", "b", "a", "c"):
        seen.see(thing)
    assert "b" not in seen and "a" in seen and seen.newest() == "c"
""",
    ),
    Slow(
        "the median kept by sorting",
        "median.py",
        before='''from bisect import insort


def medians(values):
    """The lower median of what came so far, after each value."""
    seen, found = [], []
    for value in values:
        insort(seen, value)
        found.append(seen[(len(seen) - 1) // 2])
    return found
''',
        bad='''def medians(values):
    """The lower median of what came so far, after each value. Values are compared as they are."""
    return [sorted(values[:n])[(n - 1) // 2] for n in range(1, len(values) + 1)]
''',
        good='''from bisect import bisect_left


def medians(values):
    """The lower median of what came so far, after each value. Values are compared as they are."""
    seen, found = [], []
    for value in values:
        seen.insert(bisect_left(seen, value), value)
        found.append(seen[(len(seen) - 1) // 2])
    return found
''',
        test="""from median import medians


def test_medians():
    assert medians([5, 1, 4, 2]) == [5, 1, 4, 2]
""",
    ),
    Slow(
        "ancestors looked up in rows",
        "tree.py",
        before='''def depths(rows):
    """How deep each node lies. Rows are (node, parent), a root's parent is None; parents come first."""
    found = {}
    for node, parent in rows:
        found[node] = 0 if parent is None else found[parent] + 1
    return found
''',
        bad='''def depths(rows):
    """How deep each node lies. Rows are (node, parent), a root's parent is None; parents come first."""
    found = []
    for node, parent in rows:
        depth = 0
        if parent is not None:
            depth = [d for other, d in found if other == parent][-1] + 1
        found.append((node, depth))
    return dict(found)
''',
        good='''def depths(rows):
    """How deep each node lies. Rows are (node, parent), a root's parent is None; parents come first."""
    found = {None: -1}
    for node, parent in rows:
        found[node] = found[parent] + 1
    del found[None]
    return found
''',
        test="""from tree import depths


def test_depths():
    assert depths([("a", None), ("b", "a"), ("c", "b"), ("d", "a")]) == {"a": 0, "b": 1, "c": 2, "d": 1}
""",
    ),
    Slow(
        "a retry that waits before it asks",
        "fetch.py",
        before='''def fetch(get, keys):
    """What `get` gives for each key; None where it has failed three times."""
    return [attempt(get, key) for key in keys]


def attempt(get, key):
    for _ in range(3):
        try:
            return get(key)
        except OSError:
            continue
    return None
''',
        bad='''import time


def fetch(get, keys):
    """What `get` gives for each key; None where it has failed three times."""
    return [attempt(get, key) for key in keys]


def attempt(get, key):
    for number in range(3):
        time.sleep(0.01)
        try:
            return get(key)
        except OSError:
            continue
    return None
''',
        good='''import time


def fetch(get, keys):
    """What `get` gives for each key; None where it has failed three times."""
    return [attempt(get, key) for key in keys]


def attempt(get, key):
    for number in range(3):
        try:
            return get(key)
        except OSError:
            time.sleep(0.001 * number)
    return None
''',
        test="""from fetch import fetch


def test_fetch():
    assert fetch(str.upper, ["ab", "cd"]) == ["AB", "CD"]


def test_failures():
    def never(key):
        raise OSError(key)

    assert fetch(never, ["ab"]) == [None]
""",
    ),
)
"""Written after the rules, and first run when those were done."""

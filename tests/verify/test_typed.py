"""What definitions and their docstrings say of inputs."""

import ast
from collections.abc import Sequence
from random import Random
from typing import Any

import pytest
from patchwright.verify import typed as typed_module
from patchwright.verify.examples import calls_in, lives_in, values_in
from patchwright.verify.inputs import as_input, readable
from patchwright.verify.kinds import SMALL, Kind, kind, small
from patchwright.verify.parameters import attributes, parameters
from patchwright.verify.subjects import Subject
from patchwright.verify.targets import Target
from patchwright.verify.typed import drawn, looks, typed

INT, TEXT = Kind("int"), Kind("str")


def annotation(text: str) -> Kind | None:
    return kind(ast.parse(text, mode="eval").body)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("int", INT),
        ("None", Kind("None")),
        ("'str'", TEXT),
        ("list", Kind("list", (INT,))),
        ("list[str]", Kind("list", (TEXT,))),
        ("List[str]", Kind("list", (TEXT,))),
        ("typing.Sequence[int]", Kind("list", (INT,))),
        ("list['list[int]']", Kind("list", (Kind("list", (INT,)),))),
        ("dict[str, int]", Kind("dict", (TEXT, INT))),
        ("tuple[int, str]", Kind("tuple", (INT, TEXT))),
        ("tuple[int, ...]", Kind("row", (INT,))),
        ("set[int]", Kind("set", (INT,))),
        ("Optional[int]", Kind("union", (INT, Kind("None")))),
        ("Union[int, str]", Kind("union", (INT, TEXT))),
        ("int | None", Kind("union", (INT, Kind("None")))),
        ("int | Path", Kind("union", (INT,))),
        ("Literal['a', -1]", Kind("one", values=("'a'", "-1"))),
        ("Annotated[int, Gt(0)]", INT),
        ("list[T]", Kind("list", (INT,))),
        ("Path", None),
        ("list[Path]", None),
        ("set[list[int]]", None),
        ("dict[list[int], int]", None),
        ("Callable[[int], int]", None),
        ("'list['", None),
        ("list[" * 9 + "int" + "]" * 9, None),
    ],
)
def test_annotations_of_builtin_types_are_understood(text: str, found: Kind | None) -> None:
    assert annotation(text) == found


def fits(value: Any, one: Kind) -> bool:
    names = {"list": list, "row": tuple, "set": set}
    match one.name:
        case "None":
            return value is None
        case "union":
            return any(fits(value, part) for part in one.parts)
        case "one":
            return repr(value) in one.values
        case "tuple":
            return type(value) is tuple and all(map(fits, value, one.parts)) and len(value) == len(one.parts)
        case "dict":
            return all(fits(k, one.parts[0]) and fits(v, one.parts[1]) for k, v in value.items())
        case name if name in names:
            return type(value) is names[name] and all(fits(part, one.parts[0]) for part in value)
        case name:
            return type(value).__name__ == name


KINDS = [
    annotation(text) or INT
    for text in (
        "int",
        "float",
        "str",
        "bool",
        "bytes",
        "dict[str, list[int]]",
        "tuple[int, Optional[str]]",
        "tuple[str, ...]",
        "set[int] | Literal['x']",
        "list[dict[int, float]]",
    )
]


@pytest.mark.parametrize("one", KINDS, ids=lambda k: k.name)
def test_small_values_are_of_their_kind(one: Kind) -> None:
    assert all(fits(small(one, Random(seed)), one) for seed in range(50))


def test_values_are_drawn_of_their_kinds_and_the_same_for_a_seed() -> None:
    rows = drawn([KINDS, [], [INT, TEXT]], seed=3)
    assert all(fits(value, one) for row in rows[0] for value, one in zip(row, KINDS, strict=True))
    assert len(rows[0]) > 40 and len({repr(row) for row in rows[2]}) > 40 and rows[1] == [()]
    assert rows == drawn([KINDS, [], [INT, TEXT]], seed=3) != drawn([KINDS, [], [INT, TEXT]], seed=4)
    assert len({number for number, _ in rows[2]} - {*SMALL["int"]}) > 20


def test_without_hypothesis_there_are_small_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(typed_module, "places", list)
    (rows,) = drawn([[INT, TEXT]], 0)
    assert {number for number, _ in rows} <= {*SMALL["int"]} and len({repr(row) for row in rows}) > 20


def test_what_cannot_be_drawn_spoils_nothing_else() -> None:
    wrong = Kind("set", (Kind("list", (INT,)),))
    with pytest.raises(TypeError):
        small(wrong, Random(1))
    rows = list(typed_module.by_hypothesis([[wrong], [INT]], 0))
    assert rows[0] == [] and rows[1]


def function(text: str) -> ast.FunctionDef:
    (node,) = ast.parse(f"def f({text}): ...").body
    assert isinstance(node, ast.FunctionDef)
    return node


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("a: int, b: str = 'x'", [("a", False, False), ("b", True, False)]),
        ("a: int, *, key: bool = False", [("a", False, False), ("key", True, True)]),
        ("a: int, path: Path = None, n: int = 3", [("a", False, False), ("n", True, True)]),
        ("a: int, path: Path", None),
        ("values, n=3", [("values", False, False), ("n", True, False)]),
        ("whatever", [("whatever", False, False)]),
        ("whatever=None", []),
        ("*numbers: int", [("numbers", True, False)]),
        ("", []),
    ],
)
def test_parameters_are_read_from_the_source(text: str, found: list[tuple[str, bool, bool]] | None) -> None:
    several = parameters(function(text))
    assert (several if several is None else [(p.name, p.optional, p.by_name) for p in several]) == found


def test_docstrings_tell_of_arguments() -> None:
    text = 'For s = "ab(", c = "a" and marks ["+", \'-\'], n is -2.5, or n=3; nothing = more, s() or c: x'
    assert [values_in(text, name) for name in ("s", "c", "marks", "n", "nothing")] == [
        ["ab("],
        ["a"],
        [["+", "-"]],
        [-2.5, 3],
        [],
    ]
    node = function("s, c")
    node.body = ast.parse(repr(text)).body
    values = [one.kind.values for one in parameters(node) or ()]
    assert "'ab('" in values[0] and "'a'" in values[1]


def test_what_nothing_tells_of_is_asked_only_where_nothing_else_is_known() -> None:
    (found,) = typed([subject("def f(whatever): ...")], 0)
    assert found.vague and {str, int, list} == {type(call.args[0]) for call in found.calls}
    (sure,) = typed([subject("def f(whatever: int): ...")], 0)
    assert not sure.vague


def test_what_makes_an_object_is_its_init_or_the_fields_of_a_dataclass() -> None:
    classes = ast.parse(
        "class A:\n    def __init__(self, n: int): ...\n"
        "@dataclass(frozen=True)\nclass B:\n    x: int\n    y: list[str] = field(default_factory=list)\n"
        "class C: ...\n"
        "class D(Unknown): ...\n"
        "@dataclass\nclass E:\n    x: Path\n"
    ).body
    found = [attributes(node) for node in classes if isinstance(node, ast.ClassDef)]
    names = [None if one is None else [p.name for p in one] for one in found]
    assert names == [["n"], ["x", "y"], [], None, None]


DOC = """Shares, as in share(9, 3), or share([1, 2],
    by="x"), but not share(n) or unshare(1).

    >>> share({"a": (1,
    ...               2)})
    3
    >>> m.share("it's (", 1)
    share(
"""


def test_calls_are_found_in_prose_and_after_prompts() -> None:
    found = [readable("m.share", as_input("m.py", "share", call)) for call in calls_in(DOC, "share")]
    assert found == [
        "m.share(9, 3)",
        "m.share([1, 2], by='x')",
        "m.share({'a': (1, 2)})",
        'm.share("it\'s (", 1)',
    ]


def test_lives_are_found_after_prompts() -> None:
    text = "A box.\n\n    >>> b = Box(2)\n    >>> b.put('x')\n    >>> b.put(x)\n    >>> len(b.all()) == 1\n    True\n"
    found = [readable("m.Box", as_input("m.py", "Box", life)) for life in lives_in(text, "Box")]
    assert found == ["it = m.Box(2); it.put('x'); it.all()"]


CLASS = """class Box:
    def __init__(self, size: int = 2): ...
    def put(self, value: str) -> None: ...
    def _inner(self, n: int): ...
    def run(self): ...
    @property
    def full(self): ...
    @full.setter
    def full(self, value: int): ...
    def __len__(self): ...
    def open(self, path: Path): ...
"""


def subject(text: str, *others: str) -> Subject:
    nodes = {str(n): ast.parse(one).body[0] for n, one in enumerate([text, *others])}
    kind = "class" if text.startswith("class") else "function"
    target = Target(path="m.py", name="it", kind=kind, first=1, last=1)
    return Subject("m.py", "it", dict.fromkeys(nodes, target), nodes)  # type: ignore[arg-type]


def test_an_object_is_made_and_asked_by_what_signatures_say() -> None:
    (found,) = typed([subject(CLASS)], 0)
    names = {name for life in found.lives for name, _ in life.steps}
    assert names == {"put", "run", "full"}
    assert {type(call.args[0]) for life in found.lives for name, call in life.steps if name == "put"} == {str}
    assert {len(life.made.args) for life in found.lives} == {0, 1}
    assert max(len(life.steps) for life in found.lives) > 2


def test_what_tells_of_an_object_is_asked_in_the_end() -> None:
    assert [name for name, _ in looks(subject(CLASS))] == ["__len__", "full"]
    without = CLASS.replace("    @property\n", "").replace("def full(self):", "def fill(self):")
    assert [name for name, _ in looks(subject(CLASS, without))] == ["__len__"]


def texts(several: Sequence[Any]) -> list[str]:
    return [call.text for call in several]


def test_what_may_be_left_out_is_left_out_at_times() -> None:
    (found,) = typed([subject("def f(a: int, b: int = 1, *, key: bool = False): ...")], 0)
    assert {(len(call.args), *call.named) for call in found.calls} == {(1,), (1, "key"), (2,), (2, "key")}
    (again,) = typed([subject("def f(a: int, b: int = 1, *, key: bool = False): ...")], 0)
    assert texts(again.calls) == texts(found.calls)
    assert typed([subject("def f(a: Path): ...")], 0)[0] == ([], [], False)

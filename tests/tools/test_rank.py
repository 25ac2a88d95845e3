import pytest
from hypothesis import given
from hypothesis import strategies as st
from patchwright.tools.promise import Focus, order
from patchwright.tools.rank import COMMON, ranked

NAMES = st.lists(st.sampled_from("abcdefgh"), max_size=4, unique=True)


def test_what_is_spoken_of_matters_more_than_what_is_not() -> None:
    files = [
        (["solve_it"], []),
        (["unused_it"], []),
        (["run_it"], ["solve_it"]),
        ([], ["solve_it", "run_it"]),
    ]
    values = ranked(files, [1, 1, 1, 1])
    assert values[0]["solve_it"] > values[2]["run_it"] > values[1]["unused_it"] > 0
    assert values[3] == {}


def test_what_matters_files_speak_of_matters() -> None:
    files = [(["one_name"], []), (["two_name"], []), ([], ["one_name"]), ([], ["two_name"])]
    assert ranked(files, [1, 1, 50, 1])[0]["one_name"] > 5 * ranked(files, [1, 1, 50, 1])[1]["two_name"]


def test_a_name_of_the_task_draws_what_it_is_spoken_with() -> None:
    files = [(["one_name"], []), (["two_name"], []), ([], ["one_name", "two_name"])]
    plain, drawn = ranked(files, [1, 1, 1]), ranked(files, [1, 1, 1], {"two_name"})
    assert plain[0]["one_name"] == pytest.approx(plain[1]["two_name"])
    assert drawn[1]["two_name"] > 3 * drawn[0]["one_name"]


def test_a_name_that_all_define_tells_nothing() -> None:
    files = [(["main", f"own_{n}"], []) for n in range(COMMON + 1)] + [([], ["main", "own_0"])]
    values = ranked(files, [1.0] * len(files))
    assert values[0]["own_0"] > 10 * values[0]["main"]


def test_a_file_that_speaks_of_itself_gains_nothing() -> None:
    values = ranked([(["a_name"], ["a_name"] * 9), (["b_name"], [])], [1, 1])
    assert values[0]["a_name"] == pytest.approx(values[1]["b_name"])


@given(st.lists(st.tuples(NAMES, NAMES), min_size=1, max_size=12))
def test_ranks_are_shares_of_one_whole(files: list[tuple[list[str], list[str]]]) -> None:
    values = ranked(files, [1.0] * len(files))
    assert [set(value) for value in values] == [set(defined) for defined, _ in files]
    assert all(v >= 0 for value in values for v in value.values())
    assert sum(v for value in values for v in value.values()) <= 2


def test_the_order_goes_by_the_task_and_by_where_a_file_lies() -> None:
    paths = [
        "a/b/c/deep.py",
        "vendor/x.py",
        "tests/test_parser.py",
        "lib/parser.py",
        "lib/other.py",
        "docs/conf.py",
        "top.py",
    ]
    assert order(sorted(paths), Focus(""), []) == [
        "top.py", "lib/other.py", "lib/parser.py", "a/b/c/deep.py", "docs/conf.py", "tests/test_parser.py", "vendor/x.py",
    ]  # fmt: skip
    assert order(paths, Focus("the parser fails"), [])[:2] == ["lib/parser.py", "tests/test_parser.py"]
    assert order(paths, Focus("see docs/conf.py:3"), [])[0] == "docs/conf.py"
    assert order(paths, Focus(""), ["vendor/x.py"])[0] == "vendor/x.py"
    assert sorted(order(paths, Focus("parser conf deep"), paths)) == sorted(paths)


def test_a_text_speaks_of_names_words_and_paths() -> None:
    focus = Focus("`median` of stats.py fails in compute_mean() and HTTPServer; see pkg/a.py:12, not Words")
    assert focus.names == {"median", "compute_mean", "HTTPServer"}
    assert {"stats.py", "pkg/a.py"} <= focus.paths
    assert "words" in focus.words and focus.telling[0] == "compute_mean"
    assert focus.weight("pkg/a.py") > focus.weight("x/words.py") > focus.weight("x/y.py")

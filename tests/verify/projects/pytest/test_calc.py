import pytest
from calc import add


class TestAdd:
    def test_positive(self):
        assert add(1, 2) == 3

    @pytest.mark.parametrize(("a", "b"), [(1, 1), (-1, 2), (-2, 2)])
    def test_each(self, a, b):
        print("adding", a, b)
        assert add(a, b) == a + b


@pytest.fixture
def broken():
    raise KeyError("no set-up")


def test_never(broken): ...


@pytest.fixture
def leaving():
    yield
    raise OSError("not left well")


def test_leaves(leaving): ...


@pytest.mark.skip(reason="later")
def test_later(): ...


@pytest.mark.xfail
def test_expected():
    assert 0


def test_with_strange_parameters_outside():
    assert {"sum": add(1, 1), "list": [1, 2]} == {"sum": 2, "list": [1, 3]}


@pytest.mark.parametrize("text", ["a b", "x/y", "q::r", "<&>", "[z]"])
def test_strange(text):
    assert text

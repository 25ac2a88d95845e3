import sys
import unittest

from calc import add


class Add(unittest.TestCase):
    def test_positive(self):
        self.assertEqual(add(1, 2), 3)

    def test_negative(self):
        """A line of prose instead of a name."""
        print("adding -1 and 2")
        print("to the other stream", file=sys.stderr)
        self.assertEqual(add(-1, 2), 1)

    def test_lists(self):
        self.assertEqual([add(1, 1), 3], [2, 4])

    def test_each(self):
        for a in (1, -1, -2):
            with self.subTest(a=a):
                self.assertEqual(add(a, 0), a)

    @unittest.skip("later")
    def test_later(self): ...

    @unittest.expectedFailure
    def test_unexpected(self): ...


class Broken(unittest.TestCase):
    def setUp(self):
        raise KeyError("no set-up")

    def test_never(self): ...


class NeverBegins(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        raise ValueError("the class has no set-up")

    def test_never(self): ...

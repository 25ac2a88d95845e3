import unittest

from heuristic import priority
from packing import instance, least, pack


class Packing(unittest.TestCase):
    def test_an_item_that_fills_a_bin_takes_one(self):
        self.assertEqual(pack([100, 100], priority), 2)

    def test_no_fewer_bins_than_there_have_to_be(self):
        items = instance(7, 300)
        self.assertTrue(least(items) <= pack(items, priority) <= len(items))

    def test_a_priority_is_a_number(self):
        for item in (1, 50, 100):
            self.assertTrue(priority(item, 100) <= priority(item, 100))


if __name__ == "__main__":
    unittest.main()

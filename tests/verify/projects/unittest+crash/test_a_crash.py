import os
import unittest


class Crash(unittest.TestCase):
    def test_ends_the_process(self):
        os._exit(0)

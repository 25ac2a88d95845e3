import unittest

from django.test import SimpleTestCase, TestCase

from .models import Item


class Prices(TestCase):
    def test_price(self):
        Item.objects.create(name="a", price=100)
        self.assertEqual(Item.objects.get().price, 100)

    def test_gross(self):
        """A price with its tax."""
        print("asking for the price")
        self.assertEqual(Item(price=100).gross(), 119)

    def test_each(self):
        for price in (0, 50, 100):
            with self.subTest(price=price):
                self.assertEqual(Item(price=price).gross(), price * 119 // 100)

    @unittest.skip("later")
    def test_later(self): ...

    @unittest.expectedFailure
    def test_expected(self):
        self.assertTrue(False)

    @unittest.expectedFailure
    def test_unexpected(self): ...


class Broken(SimpleTestCase):
    def setUp(self):
        raise KeyError("no set-up")

    def test_never(self): ...


class NeverBegins(SimpleTestCase):
    @classmethod
    def setUpClass(cls):
        raise ValueError("the class has no set-up")

    def test_never(self): ...

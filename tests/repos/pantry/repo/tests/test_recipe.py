from fractions import Fraction

from pantry.amounts import read_amount, show_amount, times
from pantry.recipe import Ingredient, parse_ingredient, parse_recipe


def test_amounts_are_read_and_shown():
    assert read_amount("1/2") == Fraction(1, 2)
    assert read_amount("salt") is None
    assert show_amount(Fraction(3, 2)) == "1 1/2"
    assert times(Fraction(1, 2), Fraction(4)) == 2


def test_an_ingredient_may_have_a_unit():
    assert parse_ingredient("250 g flour") == Ingredient("flour", Fraction(250), "g")
    assert parse_ingredient("2 red onion") == Ingredient("red onion", Fraction(2))


def test_an_ingredient_may_have_no_amount():
    assert parse_ingredient("black pepper") == Ingredient("black pepper")


def test_a_recipe_is_printed_as_it_was_written():
    text = "soup for 2\n3 carrot\n1/2 l water\nsalt"
    assert str(parse_recipe(text)) == text

"""Recipes and their ingredients, from text and back."""

from dataclasses import dataclass, replace
from fractions import Fraction

from pantry.amounts import read_amount, show_amount, times

UNITS = {"g", "kg", "ml", "l", "tsp", "tbsp", "cup"}


@dataclass(frozen=True)
class Ingredient:
    name: str
    amount: Fraction | None = None
    unit: str = ""

    def scaled(self, factor: Fraction) -> "Ingredient":
        return replace(self, amount=times(self.amount, factor))

    def __str__(self) -> str:
        if self.amount is None:
            return self.name
        return " ".join(part for part in (show_amount(self.amount), self.unit, self.name) if part)


@dataclass(frozen=True)
class Recipe:
    title: str
    people: int
    ingredients: tuple[Ingredient, ...]

    def scaled(self, people: int) -> "Recipe":
        factor = Fraction(people, self.people)
        return Recipe(self.title, people, tuple(item.scaled(factor) for item in self.ingredients))

    def __str__(self) -> str:
        return "\n".join([f"{self.title} for {self.people}", *map(str, self.ingredients)])


def parse_ingredient(line: str) -> Ingredient:
    first, *rest = line.split()
    amount = read_amount(first)
    if amount is None:
        return Ingredient(line.strip())
    unit = rest.pop(0) if rest and rest[0] in UNITS else ""
    return Ingredient(" ".join(rest), amount, unit)


def parse_recipe(text: str) -> Recipe:
    heading, *lines = text.strip().splitlines()
    title, _, people = heading.rpartition(" for ")
    return Recipe(title, int(people), tuple(parse_ingredient(line) for line in lines))

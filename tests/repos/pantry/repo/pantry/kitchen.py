"""What a user does with recipes."""

from pantry.recipe import Ingredient, Recipe, parse_recipe


def resize(text: str, people: int) -> str:
    """The same recipe for another number of people."""
    return str(parse_recipe(text).scaled(people))


def merge(recipes: list[Recipe]) -> list[Ingredient]:
    """All ingredients, those of the same name and unit added up."""
    total: dict[tuple[str, str], Ingredient] = {}
    for recipe in recipes:
        for item in recipe.ingredients:
            key = (item.name, item.unit)
            if key in total and item.amount is not None:
                item = Ingredient(item.name, total[key].amount + item.amount, item.unit)
            total[key] = item
    return list(total.values())


def shopping_list(texts: list[str], people: int) -> list[str]:
    """What to buy to cook all these recipes for so many people."""
    recipes = [parse_recipe(text).scaled(people) for text in texts]
    return sorted(str(item) for item in merge(recipes))

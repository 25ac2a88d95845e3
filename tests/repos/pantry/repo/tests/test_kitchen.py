from pantry.kitchen import resize, shopping_list

PANCAKES = "pancakes for 2\n1/2 l milk\n250 g flour\n2 egg"


def test_a_recipe_for_more_people():
    assert resize(PANCAKES, people=3) == "pancakes for 3\n3/4 l milk\n375 g flour\n3 egg"


def test_ingredients_without_an_amount_stay_as_they_are():
    assert resize("soup for 2\n3 carrot\nsalt", people=4) == "soup for 4\n6 carrot\nsalt"


def test_the_shopping_list_adds_up():
    waffles = "waffles for 4\n3 egg\n1 l milk"
    assert shopping_list([PANCAKES, waffles], people=4) == ["2 l milk", "500 g flour", "7 egg"]


def test_the_shopping_list_names_salt_once():
    soup = "soup for 2\n3 carrot\nsalt"
    potatoes = "potatoes for 4\n1 kg potato\nsalt"
    assert shopping_list([soup, potatoes], people=4) == ["1 kg potato", "6 carrot", "salt"]

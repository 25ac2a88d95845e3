"""Where an item goes."""


# patchwright: evolve
def priority(item, room):
    """Best fit: the less room is left over, the better."""
    return item - room

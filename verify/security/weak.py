"""Choices that are weak wherever they stand, by the shape of single expressions and the names around them."""

import ast
from collections.abc import Callable, Iterator

from . import crypto, trust
from .module import Module, Sight
from .spot import Spot, spots

RULES: dict[type[ast.AST], tuple[Callable[[Spot], Iterator[Sight]], ...]] = {
    ast.Call: (
        *(crypto.chosen, crypto.hashed, crypto.stretched, crypto.ciphered),
        *(trust.connected, trust.hosts, trust.tokens, trust.served, trust.documents),
        *(trust.archives, trust.permitted, trust.matched),
    ),
    ast.Compare: (crypto.compared,),
    ast.Assign: (trust.assigned,),
    ast.Assert: (trust.guarded,),
}


def weak(module: Module) -> Iterator[Sight]:
    for spot in spots(module):
        for rule in RULES.get(type(spot.node), ()):
            yield from rule(spot)

"""Where an expression stands: what it calls, and the names around it that say what it is for."""

import ast
import re
from collections.abc import Iterator
from typing import NamedTuple

from ..newly import words
from ..script import Function
from ..tricks import dotted
from .module import Module

SECRET = words(
    "password passwd passphrase pwd secret token otp nonce salt session csrf xsrf apikey credential credentials auth"
    " signature hmac captcha voucher coupon totp authentication signed signing passcode pincode"
)
"""Words in a name that say that what it names must not be guessed."""
PAIRS = (
    "api_key",
    "secret_key",
    "private_key",
    "access_key",
    "reset_code",
    "pin_code",
    "invite_code",
    "login_code",
)
PAIRS += ("verification_code", "session_id", "encryption_key", "signing_key", "reset_link", "recovery_code")
OPTIONAL = re.compile(r"verif|insecure|check|secure|trust|valid|allow|skip|self_signed|debug|strict")
"""Words in a condition, or in a name around, by which the user asks for what is below it."""
DEEP = 14


class Spot(NamedTuple):
    """An expression or a statement, and the nodes that it is in, from the outside."""

    module: Module
    node: ast.AST
    above: tuple[ast.AST, ...]

    @property
    def what(self) -> str:
        """What a call calls, by its whole name."""
        return dotted(self.node.func, self.module.names) if isinstance(self.node, ast.Call) else ""

    @property
    def last(self) -> str:
        func = self.node.func if isinstance(self.node, ast.Call) else None
        return func.attr if isinstance(func, ast.Attribute) else getattr(func, "id", "")

    @property
    def arguments(self) -> list[ast.expr]:
        return self.node.args if isinstance(self.node, ast.Call) else []

    def keyword(self, *names: str) -> ast.expr | None:
        """The argument that has the first of these names."""
        given = {k.arg: k.value for k in self.node.keywords} if isinstance(self.node, ast.Call) else {}
        return next((given[name] for name in names if name in given), None)

    def at(self, place: int, *names: str) -> ast.expr | None:
        """An argument by its name or its place."""
        return self.keyword(*names) or (self.arguments[place] if -1 <= place < len(self.arguments) else None)

    def uses(self, *modules: str) -> bool:
        return any(name.partition(".")[0] in modules for name in self.module.names.values())

    @property
    def function(self) -> Function | None:
        return next((n for n in reversed(self.above) if isinstance(n, Function)), None)

    @property
    def around(self) -> list[str]:
        """The names of the function, and of what the expression is assigned or given to."""
        found: list[str] = []
        for node in self.above:
            match node:
                case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
                    found = [name]
                case ast.Assign(targets=targets):
                    found += [ast.unparse(target)[:100] for target in targets]
                case ast.AnnAssign(target=target) | ast.AugAssign(target=target):
                    found.append(ast.unparse(target)[:100])
                case ast.keyword(arg=str(name)):
                    found.append(name)
                case _:
                    pass
        return found

    @property
    def named(self) -> str:
        """The names of the functions and classes around."""
        return " ".join(n.name for n in self.above if isinstance(n, Function | ast.ClassDef)).lower()

    @property
    def asked(self) -> bool:
        """Whether whoever runs it asks for what is here, by a condition or by a name that warns."""
        tests = [n.test for n in self.above if isinstance(n, ast.If | ast.IfExp)]
        warned = re.search(r"insecure|unverified|no_?verif|unsafe|skip", self.named)
        return bool(warned) or any(OPTIONAL.search(ast.unparse(test).lower()) for test in tests)


def spots(module: Module) -> Iterator[Spot]:
    todo: list[Spot] = [Spot(module, module.tree, ())]
    while todo:
        spot = todo.pop()
        yield spot
        above = (*spot.above[-DEEP:], spot.node)
        children = ast.iter_child_nodes(spot.node)
        todo += [Spot(module, child, above) for child in children if id(child) not in module.stale]


def is_(node: ast.expr | None, value: bool) -> bool:
    return isinstance(node, ast.Constant) and node.value is value


def number(node: ast.expr | None) -> int | None:
    match node:
        case ast.Constant(value=int(found)) if not isinstance(found, bool):
            return found
        case _:
            return None


def about(texts: list[str]) -> str:
    """The word in some names that says that they are about a secret."""
    for text in texts:
        lower = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", text).lower()
        for pair in PAIRS:
            if pair in lower:
                return pair.replace("_", " ")
        for word in re.findall(r"[a-z]+", lower):
            if word in SECRET or (word.endswith("s") and word[:-1] in SECRET):
                return word
    return ""

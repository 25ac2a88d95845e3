"""Chance that can be predicted, hashes and ciphers that are broken, secrets that are compared in steps."""

import ast
import re
from collections.abc import Iterator

from ..newly import words
from ..tricks import dotted
from .module import Sight
from .spot import Spot, about, is_, number
from .values import constant

CHOOSING = words(
    "random.random random.randint random.randrange random.choice random.choices random.sample random.getrandbits"
    " random.randbytes random.uniform random.shuffle numpy.random.randint numpy.random.choice numpy.random.bytes"
    " uuid.uuid1"
)
BROKEN = words("md5 sha1 md4 md2 ripemd160 sha")
FAST = words("sha224 sha256 sha384 sha512 sha3_256 sha3_512 blake2b blake2s")
ROUNDS = 10_000
PASSWORD = re.compile(r"passw(or)?d|passphrase|\bpwd\b|\bpin\b", re.I)
CIPHERS = re.compile(
    r"(^|\.)(DES3?|ARC[24]|RC4|Blowfish|CAST|IDEA|XOR)\.new$"
    r"|algorithms\.(ARC4|Blowfish|CAST5|IDEA|SEED|TripleDES|RC2|DES)$"
)
KEYS = re.compile(r"(rsa|dsa)\.generate_private_key$|(RSA|DSA)\.generate$")
COMPARED = re.compile(
    r"(^|_)(api_?key|apikey|secret|hmac|signature|mac|digest_auth|password|passwd|password_hash"
    r"|(auth|api|access|csrf|reset|session|bearer|webhook|hook|admin|refresh|x|secret|expected|stored)_token)s?$"
)
"""How names end of what must not be compared letter by letter."""


def chosen(spot: Spot) -> Iterator[Sight]:
    if spot.what in CHOOSING and (word := about(spot.around)):
        yield Sight(
            "weak-random",
            "error",
            spot.node,
            f"{spot.what} can be predicted, and this is for a {word}: `secrets` cannot",
        )
    elif spot.what in CHOOSING and lettered(spot):
        message = f"{spot.what} can be predicted, and this is a key of many letters: `secrets` cannot"
        yield Sight("weak-random", "error", spot.node, message)
    elif spot.what in ("random.seed", "numpy.random.seed") and (word := about(spot.around)):
        yield Sight("weak-random", "error", spot.node, f"a seed makes the {word} repeatable")


def lettered(spot: Spot) -> bool:
    """Whether a key or a code is put together from letters by chance."""
    alphabet = re.search(r"ascii_|digits|['\"]\w{10,}['\"]", ast.unparse(spot.node))
    targets = (ast.unparse(t) for n in spot.above if isinstance(n, ast.Assign) for t in n.targets)
    return bool(alphabet) and any(re.search(r"(^|_)(key|code|sid)s?$", target) for target in targets)


def hashed(spot: Spot) -> Iterator[Sight]:
    name = algorithm(spot)
    if name in BROKEN and not is_(spot.keyword("usedforsecurity"), False):
        word = about([*spot.around, *(ast.unparse(a)[:200] for a in spot.arguments)])
        what = f"and this is for a {word}" if word else "`usedforsecurity=False` where that is no matter"
        yield Sight("weak-hash", "error" if word else "warning", spot.node, f"{name} is broken, {what}")
    elif name in FAST and spot.arguments and PASSWORD.search(ast.unparse(spot.arguments[-1])):
        message = f"{name} of a password is guessed quickly: scrypt, bcrypt or argon2 are not"
        yield Sight("weak-hash", "error", spot.node, message)


def stretched(spot: Spot) -> Iterator[Sight]:
    if not spot.what.endswith("pbkdf2_hmac"):
        return
    rounds = number(spot.at(3, "iterations"))
    if rounds is not None and rounds < ROUNDS:
        yield Sight("weak-hash", "error", spot.node, f"{rounds} rounds are guessed quickly")
    if isinstance(spot.at(2, "salt"), ast.Constant):
        yield Sight("fixed-salt", "error", spot.node, "the salt is the same for every password")


def algorithm(spot: Spot) -> str:
    """Which hash a call makes, in small letters; empty where it makes none."""
    if spot.what == "hashlib.new":
        first = spot.at(0, "name")
        return str(first.value).lower().replace("-", "") if isinstance(first, ast.Constant) else ""
    if spot.what.startswith("hashlib."):
        return spot.what.removeprefix("hashlib.")
    found = re.search(r"(?:Crypto\.Hash\.|Cryptodome\.Hash\.)(\w+)\.new$|hashes\.(\w+)$", spot.what)
    return (found[1] or found[2]).lower() if found else ""


def ciphered(spot: Spot) -> Iterator[Sight]:
    ecb = spot.what.endswith(".new") and any("MODE_ECB" in ast.unparse(a)[-40:] for a in spot.arguments[1:2])
    if CIPHERS.search(spot.what):
        yield Sight("weak-cipher", "error", spot.node, f"{spot.what} is broken")
    elif ecb or spot.what.endswith("modes.ECB"):
        yield Sight("weak-cipher", "error", spot.node, "equal blocks stay equal in ECB")
    elif spot.what.endswith(("AES.new", "modes.CBC", "modes.CTR", "modes.GCM")):
        vector = spot.at(2 if spot.what.endswith("new") else 0, "iv", "nonce", "IV", "initialization_vector")
        if fixed(vector):
            yield Sight("weak-cipher", "error", spot.node, "the initial vector is the same each time")
    elif KEYS.search(spot.what):
        size = number(spot.at(-1, "key_size", "bits"))
        if size is not None and 256 < size < 2048:
            yield Sight("weak-key", "error", spot.node, f"a key of {size} bits can be broken")


def fixed(node: ast.expr | None) -> bool:
    """Whether an expression is the same bytes each time."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult):
        return fixed(node.left) or fixed(node.right)
    if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "bytes" and node.args:
        return isinstance(node.args[0], ast.Constant)
    return isinstance(node, ast.Constant) and isinstance(node.value, bytes | str)


def compared(spot: Spot) -> Iterator[Sight]:
    """Secrets that are compared letter by letter: the time tells how many were right."""
    node, function = spot.node, spot.function
    assert isinstance(node, ast.Compare)
    sides = (node.left, node.comparators[0])
    if isinstance(node.ops[0], ast.Eq | ast.NotEq) and not (
        function and function.name in ("__eq__", "__ne__")
    ):
        texts = [ast.unparse(side)[:300].lower() for side in sides]
        plain = any(isinstance(side, ast.Constant) or constant(dotted(side, {})) for side in sides)
        if any(
            re.search(
                r"confirm|repeat|again|retype|\bnew_|current_pass|old_pass|len\(|type\(|version|signature\(|\d$",
                text,
            )
            for text in texts
        ):
            return
        names = [subject(side) for side in sides]
        if names[0] == names[1] and not any(map(given, sides)):
            return  # a field of two records
        own = constant(dotted(sides[0], {})) or constant(dotted(sides[1], {}))
        if plain and not (own and all(map(secretly, names)) and any(map(given, sides))):
            return
        if any(map(secretly, names)) or made(spot, texts):
            message = "the time that this takes tells a secret: hmac.compare_digest does not"
            yield Sight("compared-in-steps", "error", node, message)


def made(spot: Spot, texts: list[str]) -> bool:
    """Whether one side is a digest that a key went into."""
    if not spot.uses("hmac"):
        return False
    return any(re.search(r"digest|signature|expected|\bsig\b|token", text) for text in texts)


def given(node: ast.expr) -> bool:
    """Whether a request brings a value."""
    return bool(re.search(r"\breq(uest)?\.|headers|\bform\b|\bargs\b", ast.unparse(node)))


def subject(node: ast.expr) -> str:
    """What a value is called: by its last name, or by the key that it is found under."""
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return flat(name)
        case ast.Subscript(slice=ast.Constant(value=str(name))):
            return flat(name)
        case ast.Call(
            args=[ast.Constant(value=str(name)), *_], func=ast.Attribute(attr="get" | "getenv" | "pop")
        ):
            return flat(name)
        case _:
            return ""


def flat(name: str) -> str:
    return name.lower().replace("-", "_").removeprefix("http_")


def secretly(name: str) -> bool:
    return bool(COMPARED.search(name))

"""Reads expressions: what each may be made of, given what the names in it stand for."""

import ast
import re
from collections.abc import Mapping
from string import Formatter

from ..tricks import dotted
from .checks import passed
from .values import (
    ALL,
    ATTRIBUTES,
    BARE,
    BETWEEN,
    CAREFUL,
    FIXED,
    NUMBERS,
    PASSING,
    QUOTING,
    SOURCES,
    WRAPPING,
    Env,
    Hole,
    Known,
    Origin,
    Summary,
    Value,
    cleaned,
    constant,
    holes,
    joined,
    key,
    told,
    weight,
    worst,
)


class Reader:
    """Reads the expressions of one function."""

    def __init__(self, env: Env, names: Mapping[str, str], known: Known) -> None:
        self.env, self.names, self.known = env, names, known

    def of(self, node: ast.expr | None) -> Value:
        """What an expression may be made of."""
        match node:
            case None:
                return ()
            case ast.Constant(value=str(text)):
                return (text,)
            case ast.Constant(value=bytes(data)):
                return (data.decode("latin-1"),)
            case ast.Constant() | ast.Compare() | ast.UnaryOp():
                return FIXED
            case ast.JoinedStr(values=parts):
                return joined(map(self.of, parts))
            case ast.FormattedValue(value=inner, format_spec=spec):
                return (
                    FIXED
                    if spec and re.search("[bcdeEfFgGnoxX%]'", ast.unparse(spec)[-3:])
                    else self.of(inner)
                )
            case ast.BinOp():
                return self.operation(node)
            case ast.BoolOp(values=values):
                return max(map(self.of, values), key=weight)
            case ast.IfExp(test=test, body=body, orelse=orelse):
                return max(self.when(test, True).of(body), self.when(test, False).of(orelse), key=weight)
            case ast.List(elts=parts) | ast.Tuple(elts=parts) | ast.Set(elts=parts):
                return joined(map(self.of, parts), BETWEEN)
            case ast.Dict(values=parts):
                return joined(map(self.of, parts), BETWEEN)
            case ast.ListComp() | ast.SetComp() | ast.GeneratorExp():
                return self.comprehended(node.generators).of(node.elt)
            case ast.DictComp():
                return self.comprehended(node.generators).of(node.value)
            case ast.Starred(value=inner) | ast.Await(value=inner) | ast.NamedExpr(value=inner):
                return self.of(inner)
            case ast.Name() | ast.Attribute():
                return self.name(node)
            case ast.Subscript():
                return self.subscript(node)
            case ast.Call():
                return self.call(node)
            case _:
                return self.unknown(node)

    def when(self, test: ast.expr, truth: bool) -> "Reader":
        return Reader(passed(test, truth, self.env), self.names, self.known)

    def unknown(self, node: ast.expr) -> Value:
        return (Hole(Origin.UNKNOWN, told(node), node.lineno),)

    def outside(self, node: ast.expr) -> Value:
        return (Hole(Origin.OUTSIDE, told(node), node.lineno),)

    def operation(self, node: ast.BinOp) -> Value:
        left, right = self.of(node.left), self.of(node.right)
        match node.op:
            case ast.Add():
                return joined([left, right])
            case ast.Div():
                return joined([left, right], "/") if left != FIXED else FIXED
            case ast.Mult():
                return left if any(isinstance(p, str) and p != "0" for p in left) else right
            case ast.Mod() if any(isinstance(p, str) for p in left) and left != FIXED:
                return self.percent(left, node.right)
            case ast.BitOr():
                return joined([left, right])
            case _:
                return FIXED

    def percent(self, template: Value, right: ast.expr) -> Value:
        """What `template % right` comes to."""
        parts = right.elts if isinstance(right, ast.Tuple) else [right]
        given = (
            dict(zip(map(key, right.keys), right.values, strict=True)) if isinstance(right, ast.Dict) else {}
        )
        values = iter(parts)
        found: list[Value] = []
        for piece in template:
            if not isinstance(piece, str):
                found.append((piece,))
                continue
            for text in re.split(r"(%(?:\(\w+\))?[-#0 +]*[\d.*]*[a-zA-Z%])", piece):
                if not text.startswith("%") or len(text) < 2 or text == "%%":
                    found.append((text,))
                elif text[-1] not in "sra":
                    next(values, None)
                    found.append(FIXED)
                elif name := re.match(r"%\((\w+)\)", text):
                    found.append(self.of(given.get(name[1], right)))
                else:
                    found.append(self.of(next(values, right)))
        return joined(found)

    def formatted(self, template: Value, node: ast.Call) -> Value:
        """What `template.format(…)` comes to."""
        given = {k.arg: k.value for k in node.keywords if k.arg}
        rest = [k.value for k in node.keywords if not k.arg]
        count, found = 0, list[Value]()
        for piece in template:
            if not isinstance(piece, str):
                found.append((piece,))
                continue
            try:
                fields = list(Formatter().parse(piece))
            except ValueError:
                return joined([template, *map(self.of, node.args)])
            for text, field, spec, _ in fields:
                found.append((text,))
                if field is None:
                    continue
                name = re.split(r"[.\[]", field)[0]
                place = count if not name else int(name) if name.isdigit() else -1
                count += not name
                value = given.get(name) or (node.args[place] if 0 <= place < len(node.args) else None)
                inner = value or next(iter(rest), None)
                found.append(FIXED if (spec or "")[-1:] in tuple("bcdeEfFgGnoxX%") else self.of(inner))
        return joined(found)

    def name(self, node: ast.Name | ast.Attribute) -> Value:
        what = dotted(node, self.names)
        if what in self.env:
            return self.env[what]
        if isinstance(node, ast.Name):
            return ("X",) if constant(node.id) else self.unknown(node)
        if node.attr in ATTRIBUTES and re.search(
            r"(^|\.)(request|req|_request|self\.request)$", dotted(node.value, {})
        ):
            return self.outside(node)
        if what == "sys.argv":
            return (Hole(Origin.PARAMETER, what, node.lineno),)
        if constant(node.attr):
            return ("X",)
        inner = self.of(node.value)
        if node.attr in ("name", "stem", "suffix") and isinstance(node.value, ast.Call):
            return cleaned(inner, "path") if dotted(node.value.func, self.names).endswith("Path") else inner
        if node.attr in ("id", "pk", "start", "end", "lineno", "size", "count", "value") and not isinstance(
            node.value, ast.Call
        ):
            return self.unknown(node)
        found = worst(inner)
        return (found._replace(name=told(node)),) if found else self.unknown(node)

    def subscript(self, node: ast.Subscript) -> Value:
        inner = self.of(node.value)
        what = dotted(node.value, self.names)
        if what == "os.environ":
            return self.unknown(node)
        found = worst(inner)
        if found is None or isinstance(node.value, ast.Dict):
            return FIXED
        if found.origin == Origin.UNKNOWN:
            return self.unknown(node)
        return (found._replace(name=told(node)),)

    def call(self, node: ast.Call) -> Value:
        what = dotted(node.func, self.names)
        last = node.func.attr if isinstance(node.func, ast.Attribute) else what.rpartition(".")[2]
        arguments = [*node.args, *(k.value for k in node.keywords)]
        if what in NUMBERS:
            return FIXED
        if what in QUOTING:
            return cleaned(joined(map(self.of, arguments[:1])), QUOTING[what])
        if last in ("parse_args", "parse_known_args"):
            return (Hole(Origin.PARAMETER, told(node.func), node.lineno),)
        if what in SOURCES or (isinstance(node.func, ast.Attribute) and last in BARE):
            return self.outside(node)
        if what in ("os.path.join", "posixpath.join"):
            return joined(map(self.of, node.args), "/")
        if what in WRAPPING or last in ("Path", "PurePath"):
            return joined(map(self.of, node.args[:1] if what.endswith("open") else node.args), "/")
        if (summary := self.known(what.removeprefix("self."))) and summary.value:
            return self.substituted(summary, node)
        if CAREFUL.search(last.lower()):
            return cleaned(joined(map(self.of, arguments)), ALL)
        if isinstance(node.func, ast.Attribute):
            return self.method(node, node.func, last)
        return self.unknown(node)

    def method(self, node: ast.Call, func: ast.Attribute, last: str) -> Value:
        inner = self.of(func.value)
        if last in ("format", "format_map"):
            return self.formatted(inner, node)
        if last == "join" and len(node.args) == 1:
            value = self.of(node.args[0])
            between = inner[0] if len(inner) == 1 and isinstance(inner[0], str) else ""
            if isinstance(node.args[0], ast.ListComp | ast.GeneratorExp):
                value = joined([value, value], between)
            return joined([(p.replace(BETWEEN, between) if isinstance(p, str) else p,) for p in value])
        if last == "joinpath":
            return joined([inner, *map(self.of, node.args)], "/")
        if last == "get" and not any(holes(inner)):
            return FIXED
        if last in PASSING and (found := worst(inner)):
            return inner if last not in ("get", "getlist", "pop") else (found._replace(name=told(node)),)
        return self.unknown(node) if last not in PASSING else inner

    def substituted(self, summary: Summary, node: ast.Call) -> Value:
        """What a function of this file gives back for these arguments."""
        given = dict(zip(summary.parameters, map(self.of, node.args), strict=False))
        given |= {k.arg: self.of(k.value) for k in node.keywords if k.arg}
        found: list[Value] = []
        for piece in summary.value:
            if isinstance(piece, Hole) and piece.parameter:
                found.append(cleaned(given.get(piece.parameter, FIXED), " ".join(piece.clean)))
            else:
                found.append((piece,))
        return joined(found)

    def comprehended(self, generators: list[ast.comprehension]) -> "Reader":
        inner = Reader(dict(self.env), self.names, self.known)
        for generator in generators:
            inner.bind(generator.target, generator.iter)
            for test in generator.ifs:
                inner = inner.when(test, True)
        return inner

    def bind(self, target: ast.expr, over: ast.expr) -> None:
        """Give the targets of a loop what they go over."""
        what = dotted(over.func, self.names) if isinstance(over, ast.Call) else ""
        if what == "enumerate" and isinstance(target, ast.Tuple) and isinstance(over, ast.Call):
            self.assign(target.elts[0], FIXED)
            return self.bind(target.elts[1], over.args[0]) if len(target.elts) == 2 and over.args else None
        if what == "range":
            return self.assign(target, FIXED)
        if what.endswith((".namelist", ".infolist", ".getmembers", ".getnames")):
            return self.assign(target, self.outside(over))
        value = self.of(over)
        found = worst(value)
        return self.assign(target, (found,) if found else ("x",))

    def assign(self, target: ast.expr, value: Value) -> None:
        match target:
            case ast.Name(id=name):
                self.env[name] = value
            case ast.Attribute() if what := dotted(target, self.names):
                self.env[what] = value
            case ast.Tuple(elts=parts) | ast.List(elts=parts):
                found = worst(value)
                for part in parts:
                    self.assign(part, (found,) if found else value)
            case ast.Starred(value=inner):
                self.assign(inner, value)
            case ast.Subscript(value=inner) if what := dotted(inner, self.names):
                self.env[what] = joined([self.env.get(what, ()), value], BETWEEN)
            case _:
                pass

"""Which names there are, and which calls fit: run inside the sandbox, by the Python that the tests run with.

It imports what it is asked about, and so runs code of the candidate: its answers are believed only as far as they
go. One that lies can hide findings of this check, and do nothing else. Python 3.8 and later; nothing else is needed.
"""

import ast
import difflib
import enum
import importlib
import importlib.util
import inspect
import json
import os
import re
import sys
import sysconfig
import textwrap
import types

FOUND, MISSING, UNKNOWN = "found", "missing", "unknown"
FITS, OPEN = "fits", "open"
DOUBT = "doubt"
"""It is not there, and may be made when it is asked for: as good as found."""
DEEP = 5
"""Functions through which keyword arguments are followed."""
LEFT_OUT = ("node_modules", "site-packages", "build", "dist")
MOST_FILES = 5000


def main():
    asked = json.loads(sys.argv[1])
    out = os.fdopen(os.dup(1), "w")
    null = os.open(os.devnull, os.O_RDWR)
    os.dup2(null, 1)
    os.dup2(null, 2)
    sys.argv = [""]
    sys.path[:0] = [p for p in asked["paths"] if os.path.isdir(p)]
    for kind, key, question in asked["questions"]:
        try:
            answer = ANSWERS[kind](question)
        except BaseException as e:  # whatever an import may raise, it is an answer
            answer = {"state": UNKNOWN, "why": "%s: %s" % (type(e).__name__, str(e)[:200])}
        out.write("%s %s\n" % (asked["token"], json.dumps([kind, key, answer])))
        out.flush()
    os._exit(0)  # what was imported may have threads that never end


# Modules and names


def module(question):
    """Whether a module can be imported."""
    name = question["name"]
    try:
        found = importlib.import_module(name)
    except ModuleNotFoundError as e:
        if e.name and (name == e.name or name.startswith(e.name + ".")):
            return {"state": MISSING, "at": e.name, "where": where(name.partition(".")[0])}
        return {"state": UNKNOWN, "why": str(e), "where": where(name.partition(".")[0])}
    return {
        "state": FOUND,
        "where": where(name.partition(".")[0]),
        "file": getattr(found, "__file__", None) or "",
    }


def name(question):
    """Whether a dotted name is there, and whether a call of it fits."""
    dotted = question["name"]
    parts = dotted.split(".")
    top = where(parts[0])
    try:
        thing = importlib.import_module(parts[0])
    except ModuleNotFoundError as e:
        return {"state": MISSING if e.name == parts[0] else UNKNOWN, "at": parts[0], "where": top}
    for i, part in enumerate(parts[1:], 1):
        before = ".".join(parts[:i])
        try:
            thing = getattr(thing, part)
        except AttributeError:
            if shadowed(before, part):
                thing = getattr(importlib.import_module(before), part)
                continue
            state, thing, about = below(thing, before, part)
            if state != FOUND:
                return dict(about, state=state, where=top, at=before)
    answer = {"state": FOUND, "where": top}
    if question.get("call"):
        answer["fit"], answer["why"] = fit(thing, *question["call"])
    return answer


def shadowed(before, part):
    """Whether a module has the name that another thing of the module's own name hides."""
    try:
        return hasattr(importlib.import_module(before), part)
    except Exception:
        return False


def below(thing, before, part):
    """What a module or class has below it that is no attribute yet."""
    if inspect.ismodule(thing):
        try:
            return FOUND, importlib.import_module(before + "." + part), {}
        except ModuleNotFoundError as e:
            if e.name != before + "." + part and e.name != before:
                return UNKNOWN, None, {"why": str(e)}
        except Exception as e:
            return UNKNOWN, None, {"why": str(e)}
        return (
            MISSING,
            None,
            {"kind": "module", "near": near(part, dir(thing))},
        )  # a `__getattr__` of its own was asked
    if isinstance(thing, type):
        if (dynamic(type(thing)) and not isinstance(thing, enum.EnumMeta)) or part in annotated(thing):
            return DOUBT, None, {"why": "it makes names as they are asked for"}
        return MISSING, None, {"kind": "class", "near": near(part, dir(thing))}
    if inspect.isroutine(thing) and not dynamic(type(thing)):
        return MISSING, None, {"kind": "function", "near": []}
    return UNKNOWN, None, {"why": "an object may get attributes as it goes"}


def dynamic(kind):
    """Whether a class answers for attributes that it does not have."""
    if hasattr(kind, "__pydantic_fields__"):
        return getattr(kind, "model_config", {}).get("extra") == "allow"
    if any("__getattr__" in vars(c) for c in kind.__mro__):
        return True
    return any(isinstance(vars(c).get("__getattribute__"), types.FunctionType) for c in kind.__mro__)


def builtin(kind):
    return kind.__module__ == "builtins"


def annotated(kind):
    found = set()
    if hasattr(kind, "__total__") and issubclass(kind, dict):
        return found  # a TypedDict: its annotations are keys
    for c in kind.__mro__:
        found.update(vars(c).get("__annotations__") or ())
        slots = vars(c).get("__slots__") or ()
        found.update([slots] if isinstance(slots, str) else slots)
    return found


def near(word, words):
    return difflib.get_close_matches(word, [w for w in words if not w.startswith("_")], 1, 0.6)


def where(top):
    """Whose a top-level module is: stdlib, installed, repository; empty where there is none."""
    if top in sys.builtin_module_names:
        return "stdlib"
    try:
        spec = importlib.util.find_spec(top)
    except (ImportError, ValueError, AttributeError):
        return ""
    if spec is None:
        return ""
    places = [spec.origin] if spec.origin else list(spec.submodule_search_locations or [])
    path = os.path.realpath(places[0]) if places else ""
    if spec.origin in ("built-in", "frozen"):
        return "stdlib"
    if "site-packages" in path or "dist-packages" in path:
        return "installed"
    for key in ("stdlib", "platstdlib"):
        if path.startswith(os.path.realpath(sysconfig.get_paths()[key]) + os.sep):
            return "stdlib"
    inside = path.startswith(os.path.realpath(os.getcwd()) + os.sep)
    return "repository" if inside else "installed"


# Calls


def fit(thing, args, keywords, is_open, bound=0):
    """Whether a call fits: what is sure about it, and why it does not."""
    if isinstance(thing, type):
        if isinstance(thing, enum.EnumMeta) or type(thing).__call__ is not type.__call__:
            return UNKNOWN, ""
        if hasattr(thing, "model_fields") or hasattr(thing, "__pydantic_fields__"):
            return UNKNOWN, ""
    elif not callable(thing) or not inspect.isroutine(thing):
        return UNKNOWN, ""
    try:
        signature = signed(thing)
    except (ValueError, TypeError):
        return UNKNOWN, ""
    if not callable(thing):
        return UNKNOWN, ""
    parameters = signature.parameters.values()
    named = {p.name for p in parameters if p.kind in (p.POSITIONAL_OR_KEYWORD, p.KEYWORD_ONLY)}
    many = [p for p in parameters if p.kind == p.VAR_KEYWORD]
    for word in keywords:
        if word not in named:
            taken = takes(thing, word, 0) if many else False
            if taken is False:
                return MISSING, "argument " + word
            if taken is None:
                return OPEN, ""
    known = [word for word in keywords if word in named]
    try:
        bind = signature.bind_partial if is_open else signature.bind
        bind(*[None] * (args + bound), **dict.fromkeys(known))
    except TypeError as e:
        return MISSING, str(e)
    return (OPEN if many else FITS), ""


def signed(thing):
    """The signature of what is called itself, not of what it stands for: a wrapper may take more, or less."""
    try:
        return inspect.signature(thing, follow_wrapped=False)
    except (ValueError, TypeError):
        return inspect.signature(thing)


def takes(thing, word, depth):
    """Whether a keyword argument is taken, followed to where `**kwargs` are handed on; None: cannot be told."""
    if depth > DEEP:
        return None
    if isinstance(thing, type):
        if type(thing).__call__ is not type.__call__ or hasattr(thing, "model_fields"):
            return None
        makers = [m for m in (thing.__init__, thing.__new__) if isinstance(m, types.FunctionType)]
        return all_of([takes(m, word, depth) for m in makers]) if makers else None
    thing = getattr(thing, "__func__", thing)
    if not isinstance(thing, types.FunctionType):
        return None
    signature = signed(thing)
    for p in signature.parameters.values():
        if p.name == word and p.kind in (p.POSITIONAL_OR_KEYWORD, p.KEYWORD_ONLY):
            return True
    many = [p.name for p in signature.parameters.values() if p.kind == p.VAR_KEYWORD]
    if not many:
        return False
    if hasattr(thing, "__wrapped__"):
        return None
    tree = source(thing)
    return handed_on(thing, tree, many[0], word, depth) if tree else None


def all_of(answers):
    """False where one refuses, True where all take it."""
    return False if False in answers else (None if None in answers else True)


def source(thing):
    try:
        tree = ast.parse(textwrap.dedent(inspect.getsource(thing))).body[0]
    except (OSError, TypeError, SyntaxError, IndexError, ValueError):
        return None
    return tree if isinstance(tree, (ast.FunctionDef, ast.AsyncFunctionDef)) else None


def handed_on(thing, tree, many, word, depth):
    """What becomes of a keyword argument: False where each call that it is handed on to refuses it."""
    handed = [
        (call, keyword.value)
        for call in ast.walk(tree)
        if isinstance(call, ast.Call)
        for keyword in call.keywords
        if keyword.arg is None and isinstance(keyword.value, ast.Name) and keyword.value.id == many
    ]
    allowed = {id(value) for _, value in handed}
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and is_name(node.func.value, many)
        ):
            if node.func.attr not in ("pop", "get", "setdefault") or not node.args:
                return None
            if not isinstance(node.args[0], ast.Constant) or node.args[0].value == word:
                return None
            allowed.add(id(node.func.value))
        elif isinstance(node, ast.Subscript) and is_name(node.value, many):
            index = getattr(node.slice, "value", node.slice)
            index = getattr(index, "value", index)
            if not isinstance(index, str) or index == word:
                return None
            allowed.add(id(node.value))
        elif isinstance(node, ast.Compare) and len(node.ops) == 1 and is_name(node.comparators[0], many):
            if not isinstance(node.left, ast.Constant) or node.left.value == word:
                return None
            allowed.add(id(node.comparators[0]))
    if any(is_name(node, many) and id(node) not in allowed for node in ast.walk(tree)):
        return None
    answers = []
    for call, _ in handed:
        target = called(thing, tree, call.func)
        answers.append(None if target is None else takes(target, word, depth + 1))
    return (
        False
        if answers and all(answer is False for answer in answers)
        else (True if True in answers else None)
    )


def is_name(node, name):
    return isinstance(node, ast.Name) and node.id == name


def called(thing, tree, func):
    """What an expression in a function's source calls; None where that cannot be told."""
    if isinstance(func, ast.Name):
        local = any(
            isinstance(n, ast.Name) and n.id == func.id and isinstance(n.ctx, ast.Store)
            for n in ast.walk(tree)
        )
        return None if local else thing.__globals__.get(func.id)
    if not isinstance(func, ast.Attribute):
        return None
    if isinstance(func.value, ast.Call):
        inner = func.value.func
        owner = owner_of(thing)
        if is_name(inner, "super") and owner:
            for base in owner.__mro__[1:]:
                if func.attr in vars(base):
                    return getattr(base, func.attr)
            return None
    if is_name(func.value, "self"):
        return getattr(owner_of(thing), func.attr, None)
    maker = made_by(tree, func.value)
    if maker is not None:
        kind = called(thing, tree, maker)
        return getattr(kind, func.attr, None) if isinstance(kind, type) else None
    front = called(thing, tree, func.value)
    return getattr(front, func.attr, None) if inspect.ismodule(front) or isinstance(front, type) else None


def owner_of(thing):
    """The class that a function is a method of."""
    found = sys.modules.get(thing.__module__)
    for part in thing.__qualname__.split(".")[:-1]:
        found = getattr(found, part, None)
    return found if isinstance(found, type) else None


def made_by(tree, value):
    """The expression whose call made a local variable, where there is only one."""
    if not isinstance(value, ast.Name):
        return None
    found = []
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.withitem)
            and node.optional_vars is not None
            and is_name(node.optional_vars, value.id)
        ):
            found.append(node.context_expr)
        elif isinstance(node, ast.Assign) and any(is_name(t, value.id) for t in node.targets):
            found.append(node.value)
    return found[0].func if len(found) == 1 and isinstance(found[0], ast.Call) else None


# Attributes of objects


def member(question):
    """Whether objects of a class, known by its bare name, may have an attribute; and whether a call of it fits."""
    kind, attr = question["type"], question["attr"]
    found = classes(kind, question["modules"])
    if not found:
        return {"state": UNKNOWN, "why": "no such class was imported"}
    for c in found:
        if hasattr(c, attr) or attr in annotated(c):
            return dict(given(c, attr, question.get("call")), where=home(c))
        if getattr(c, "_is_protocol", False) or any(hasattr(low, attr) for low in under(c)):
            return {"state": FOUND, "why": "a class below it has it, or may", "where": home(c)}
    if all(dynamic(c) or (not builtin(c) and any(mentions(base, attr) for base in c.__mro__)) for c in found):
        return {"state": FOUND, "why": "its source names it", "where": home(found[0])}
    return {"state": MISSING, "near": near(attr, {name for c in found for name in dir(c)})}


def under(kind):
    """The classes below one of the libraries', as far as they are loaded."""
    found = [] if builtin(kind) else type.__subclasses__(kind)
    for c in found:
        found += [low for low in type.__subclasses__(c) if low not in found]
    return found


def home(kind):
    return where(kind.__module__.partition(".")[0])


def given(kind, attr, call):
    answer = {"state": FOUND}
    if call:
        raw = inspect.getattr_static(kind, attr, None)
        bound = 0 if isinstance(raw, (classmethod, staticmethod)) else 1
        answer["fit"], answer["why"] = fit(getattr(kind, attr, None), *call, bound=bound)
    return answer


def classes(name, modules):
    """The classes of a bare name: a built-in one, those in the modules that are at hand, those anywhere."""
    import builtins

    if isinstance(getattr(builtins, name, None), type):
        return [getattr(builtins, name)]
    rings = [[], list(sys.modules.values())]
    for one in modules:
        try:
            rings[0].append(importlib.import_module(one))
        except BaseException:  # what cannot be imported knows no classes
            continue
    for ring in rings:
        things = [vars(one).get(name) for one in ring if isinstance(one, types.ModuleType)]
        found = {id(thing): thing for thing in things if isinstance(thing, type)}
        if found:
            return sorted(found.values(), key=lambda c: home(c) != "repository")
    return []


TEXTS = {}


def mentions(kind, attr):
    """Whether the source of a class's module sets or names an attribute."""
    path = getattr(sys.modules.get(kind.__module__), "__file__", None) or ""
    if path not in TEXTS:
        try:
            with open(path, encoding="utf-8", errors="replace") as f:
                TEXTS[path] = f.read() if path.endswith(".py") else ""
        except OSError:
            TEXTS[path] = ""
    return bool(re.search(SETS.format(re.escape(attr)), TEXTS[path]))


SETS = r"\.{0}\s*(?::[^=\n]+)?=[^=]|['\"]{0}['\"]"
"""Something gets an attribute of that name, or the name stands in a string."""


# Classes of the repository, by their source


PLAIN = (
    "dataclass",
    "total_ordering",
    "final",
    "unique",
    "runtime_checkable",
    "define",
    "frozen",
    "mutable",
    "s",
    "attrs",
)
"""Decorators of classes that add no names which a type checker does not know of."""
KNOWN = ("ABCMeta", "EnumMeta", "EnumType")


def own(question):
    """What speaks for an attribute of a class of the repository that a type checker does not find."""
    kind, attr = question["type"], question["attr"]
    elsewhere = re.compile(r"(?<!\bself)(?<!\bcls)" + SETS.format(re.escape(attr)))
    defined = False
    for text in texts():
        if elsewhere.search(text):
            return {"state": UNKNOWN, "why": "it is set elsewhere, or named in a string"}
        if kind not in text:
            continue
        for node in class_definitions(text):
            if node.name == kind:
                defined = True
                why = odd(node) or sets(node, attr)
                if why:
                    return {"state": UNKNOWN, "why": why}
    for node in descendants(kind):
        if question["mine"] and len(node.bases) > 1:
            return {"state": UNKNOWN, "why": "it is mixed into other classes"}
        if any(attr in ast.dump(inner) for inner in node.body):
            return {"state": UNKNOWN, "why": "a class below it has it"}
    if question["mine"] and "mixin" in kind.lower():
        return {"state": UNKNOWN, "why": "it is mixed into other classes"}
    return {"state": MISSING if defined else UNKNOWN, "near": []}


def sets(node, attr):
    """Whether a class sets an attribute where a type checker does not look."""
    if any(
        isinstance(n, ast.Attribute) and n.attr == attr and isinstance(n.ctx, ast.Store)
        for n in ast.walk(node)
    ):
        return "it is set in the class"
    return ""


def odd(node):
    """Why a class may have names that its source does not show."""
    for decorator in node.decorator_list:
        called = decorator.func if isinstance(decorator, ast.Call) else decorator
        last = getattr(called, "attr", getattr(called, "id", ""))
        if last not in PLAIN:
            return "it is decorated"
    for keyword in node.keywords:
        if (
            keyword.arg == "metaclass"
            and getattr(keyword.value, "attr", getattr(keyword.value, "id", "")) not in KNOWN
        ):
            return "it has a metaclass"
    return ""


def descendants(kind):
    """The definitions of the classes below one, by their bare names."""
    below = {}
    for text in texts():
        for node in class_definitions(text):
            for base in node.bases:
                below.setdefault(getattr(base, "attr", getattr(base, "id", "")), []).append(node)
    found, queue = [], [kind]
    for name in queue:
        for node in below.get(name, ()):
            if node not in found:
                found.append(node)
                queue.append(node.name)
    return found


DEFINED = {}
EVERY = []


def class_definitions(text):
    if text not in DEFINED:
        try:
            DEFINED[text] = [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.ClassDef)]
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            DEFINED[text] = []
    return DEFINED[text]


def texts():
    """The texts of the repository's Python files."""
    if not EVERY:
        for path in python_files("."):
            try:
                with open(path, encoding="utf-8", errors="replace") as f:
                    EVERY.append(f.read())
            except OSError:
                continue
    return EVERY


def python_files(top):
    count = 0
    for folder, folders, names in os.walk(top):
        folders[:] = [name for name in folders if not name.startswith(".") and name not in LEFT_OUT]
        for name in names:
            if name.endswith((".py", ".pyi")) and count < MOST_FILES:
                count += 1
                yield os.path.join(folder, name)


ANSWERS = {"module": module, "name": name, "member": member, "own": own}
main()

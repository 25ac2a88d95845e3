"""Code that helps a program through its tests, and its honest twin."""

import pytest
from patchwright.verify.tricks import tricks

BEFORE = "import sys\n\n\ndef f(a):\n    return a + 1\n"
ERRORS = {
    "ends the process": ("import os\nos._exit(0)\n", "reaches-out"),
    "ends it by another name": ("from os import _exit as done\ndone(0)\n", "reaches-out"),
    "exits when imported": ("sys.exit(0)\n", "exits-on-import"),
    "raises when imported": ("if True:\n    raise SystemExit(0)\n", "exits-on-import"),
    "looks for the runner's variable": (
        "import os\ndef g():\n    return os.environ.get('PYTEST_CURRENT_TEST')\n",
        "sniffs-tests",
    ),
    "looks for the runner": ("def g():\n    return 'pytest' in sys.modules\n", "sniffs-tests"),
    "is equal to all": ("class A:\n    def __eq__(self, other):\n        return True\n", "always-equal"),
    "swallows": (
        "def g():\n    try:\n        f(1)\n    except Exception:\n        pass\n",
        "swallows-errors",
    ),
    "swallows all": (
        "def g():\n    try:\n        f(1)\n    except:\n        return None\n",
        "swallows-errors",
    ),
    "changes the runner": ("import unittest\nunittest.TestCase.assertEqual = print\n", "patches-others"),
    "changes it by setattr": ("import unittest as u\nsetattr(u.TestCase, 'fail', print)\n", "patches-others"),
    "changes a builtin": ("import builtins\nbuiltins.len = f\n", "patches-others"),
    "changes a module": ("sys.modules['json'] = f\n", "patches-others"),
    "writes a report": ("def g():\n    open('/tmp/r.xml', 'w').write('<testsuites/>')\n", "writes-reports"),
    "finds the runner's objects": ("import gc\ndef g():\n    return gc.get_objects()\n", "reaches-out"),
}
ERRORS |= {
    "changes the library": ("import json\njson.loads = f\n", "patches-others"),
    "changes a class of the library": ("import pathlib\npathlib.Path.read_text = f\n", "patches-others"),
    "changes it by another name": ("from pathlib import Path\nPath.read_text = f\n", "patches-others"),
    "changes the runner by another name": ("p = sys.modules.get('pytest')\np.approx = f\n", "patches-others"),
    "gets at the runner": ("p = sys.modules['_pytest.reports']\n", "sniffs-tests"),
    "reads what its caller has": (
        "def g():\n    return sys._getframe(1).f_locals['expected']\n",
        "reads-callers",
    ),
    "reads its caller": (
        "import inspect\ndef g():\n    return inspect.getsource(inspect.currentframe().f_back)\n",
        "reads-tests",
    ),
    "asks who calls": (
        "def g():\n    return sys._getframe(1).f_code.co_name == 'test_even'\n",
        "sniffs-tests",
    ),
    "replaces code": ("def g(a):\n    a.__code__ = f.__code__\n", "patches-others"),
    "runs what is encoded": ("import base64\nexec(base64.b64decode('eA=='))\n", "hides-code"),
    "imports the runner unseen": ("__import__('_py' + 'test.runner')\n", "sniffs-tests"),
    "is equal by a lambda": ("A = type('A', (), {'__eq__': lambda s, o: True})\n", "always-equal"),
    "is equal to a kind": (
        "class A:\n    def __eq__(self, other):\n        return isinstance(other, float)\n",
        "always-equal",
    ),
    "knows the runner's insides": ("import _pytest.python\n", "knows-runner"),
}
HONEST = {
    "a child that was forked": "import os\ndef g():\n    if os.fork() == 0:\n        os._exit(0)\n",
    "a program": "def main():\n    sys.exit(f(1))\n\n\nif __name__ == '__main__':\n    sys.exit(main())\n",
    "another variable": "import os\ndef g():\n    return os.environ.get('HOME')\n",
    "another module": "def g():\n    return 'json' in sys.modules\n",
    "an equality": "class A:\n    def __eq__(self, other):\n        return self.a == other.a\n",
    "one error": "def g():\n    try:\n        f(1)\n    except KeyError:\n        pass\n",
    "any error, told": "def g():\n    try:\n        f(1)\n    except Exception as e:\n        print(e)\n        raise\n",
    "its own class": "class A:\n    pass\n\n\nA.b = f\n",
    "a setting of the environment": "import os\nos.environ['A'] = '1'\n",
    "an equality of its own kind": "class A:\n    def __eq__(self, other):\n        return isinstance(other, A)\n",
    "an equality that declines": "class A:\n    def __eq__(self, other):\n        return NotImplemented\n",
    "an identity": "class A:\n    def __eq__(self, other):\n        return self is other\n",
    "tidying": "def g(h):\n    try:\n        h.close()\n    except Exception:\n        pass\n",
    "what may not be there": "try:\n    import numpy\nexcept Exception:\n    numpy = None\n",
    "a caller's module": "def g():\n    return sys._getframe(1).f_code.co_name\n",
    "its own object": "import json\n\n\nclass B(json.JSONEncoder):\n    pass\n\n\nB.default = f\n",
    "its own names": "def exit_code(a):\n    return a\n",
}


@pytest.mark.parametrize(("code", "rule"), ERRORS.values(), ids=ERRORS)
def test_what_helps_through_tests_is_told(code: str, rule: str) -> None:
    found = tricks("a.py", BEFORE, BEFORE + code)
    assert rule in {f.rule for f in found if f.severity == "error"}
    assert all(f.path == "a.py" and f.line > 4 for f in found)
    assert tricks("a.py", BEFORE + code, BEFORE + code) == []


@pytest.mark.parametrize("code", HONEST.values(), ids=HONEST)
def test_its_honest_twin_is_not(code: str) -> None:
    assert [f for f in tricks("a.py", BEFORE, BEFORE + code) if f.severity == "error"] == []


def test_what_does_not_parse_is_left_alone() -> None:
    assert tricks("a.py", BEFORE, "def (") == tricks("a.py", "def (", BEFORE) == []

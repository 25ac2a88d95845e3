"""Puts questions that tests put (`asked`) where nothing tells that tests are run: in a program of its own.

Its argument is a file of questions, each test's with the folder it was in and its paths; the answers go beside it.
`together`: all of them in one process, else each test's in one of its own.
"""

import base64
import json
import os
import pickle
import sys
import time


def answers(test):
    # The project is loaded by the first of these: nothing else of it is there before.
    from kit import asked, measure  # pyright: ignore[reportMissingImports]

    os.environ.clear()
    os.environ.update(test["env"])
    sys.path.extend(path for path in test["path"] if path not in sys.path)
    os.chdir(test["cwd"])
    found = []
    for question in test["questions"]:
        try:
            call = asked.called(*pickle.loads(base64.b64decode(question["call"])))
            _, value, raised, ended = measure.timed(call)
            found.append(None if ended else measure.said(value, raised))
        except Exception:
            found.append(None)
    return found


def main(path):
    with open(path) as f:
        plan = json.load(f)
    ends = time.monotonic() + plan["seconds"]
    for number, test in enumerate(plan["tests"]):
        if time.monotonic() > ends:
            break
        if plan["together"]:
            write(path, number, answers(test))
            continue
        child = os.fork()
        if not child:
            try:
                write(path, number, answers(test))
            finally:
                os._exit(0)
        os.waitpid(child, 0)


def write(path, number, found):
    with open(path + ".answers", "a") as f:
        f.write(json.dumps([number, found]) + "\n")


main(os.path.abspath(sys.argv[1]))
os._exit(0)  # whatever threads the answers began

"""How long calls take as their inputs grow, each under a cap."""

import gc
import hashlib
import inspect
import itertools
import signal
import threading
import time

from .grow import plain

SIZES = tuple(2**i for i in range(2, 15))
CAP = 0.3
"""Seconds of one call: what takes longer is ended, and no larger size is tried."""
ENOUGH = 0.08
"""Seconds of a call after which no larger size is tried."""
LONGEST = 1.5
"""Seconds for all sizes of one call."""
DEAR = 0.01
"""Seconds that it may take to make an input, for it to be made anew for each repeat."""
REPEATS = 3
LEAP = 3.0
"""How many times the time of half the size is so much more that a long call is made once more: few calls grow like that,
and a machine that is busy for a moment looks the same."""
SAME_UP_TO = 300
"""Sizes up to which what comes out is compared."""
READ = 2000
"""Characters of an answer that are kept to be read."""
WAITED = "/proc/thread-self/schedstat"


class Capped(BaseException):
    """The call took too long. No `except Exception` of the code's stops this."""


def measured(build, deadline, strict):
    """Times by size: `build(size)` makes what is then called without arguments.

    -> [[size, seconds, whether it was ended, digest of what came out or what was raised], ...]; seconds are the least of some, without
    those in which the process waited for a processor (Linux: proc_pid_schedstat), since the machine has other work.
    """
    rows = []
    ends = own() + LONGEST
    for size in SIZES:
        if own() > ends or time.monotonic() > deadline:
            break
        begun = own()
        call = build(size)
        dear = own() - begun
        best, value, raised, capped = timed(call)
        said = "raises " + raised if raised else digest(value) if size <= SAME_UP_TO and not capped else ""
        del value
        leap = bool(rows) and not capped and best > LEAP * rows[-1][1]
        for _ in range(int(leap) if dear > DEAR or best > ENOUGH / 4 else REPEATS - 1):
            best = min(best, timed(build(size))[0])
        rows.append([size, best, capped, said])
        if strict and raised and size == SIZES[0]:
            break  # it does not fit
        if capped or best > ENOUGH or dear > 10 * DEAR or raised in ("RecursionError", "MemoryError"):
            break
    return rows


def timed(call, cap=CAP):
    """-> seconds, what came out, the name of what was raised, whether it was ended."""
    value, raised, capped = None, "", False
    gc.collect(0)
    was = gc.isenabled()
    gc.disable()
    waited, used, begun = waiting(), time.thread_time(), time.perf_counter()

    def ended(number, frame):
        if time.perf_counter() - begun - (waiting() - waited) > cap:
            raise Capped

    old = signal.signal(signal.SIGALRM, ended)
    pending = signal.setitimer(signal.ITIMER_REAL, cap, 0.05)
    try:
        value = drained(call())
    except Capped:
        capped = True
    except Exception as e:
        raised = type(e).__name__
    except SystemExit:
        raised = "SystemExit"
    finally:
        seconds, spent, waited = time.perf_counter() - begun, time.thread_time() - used, waiting() - waited
        signal.setitimer(signal.ITIMER_REAL, *pending)
        signal.signal(signal.SIGALRM, old)
        if was:
            gc.enable()
    if seconds > 0.001:
        seconds = max(seconds - waited, spent)
    return seconds, value, raised, capped


def drained(value):
    """What a call came to, once it was made: a generator does its work only now."""
    if inspect.isgenerator(value):
        return list(itertools.islice(value, 100000))
    return value


def own():
    """A clock that stands still while the thread waits for a processor."""
    return time.perf_counter() - waiting()


def waiting():
    """Seconds that this thread was ready and waited for a processor; 0 where that is not told."""
    try:
        with open(WAITED) as f:
            return int(f.read().split()[1]) / 1e9
    except (OSError, ValueError, IndexError):
        return 0.0


def digest(value):
    try:
        said = plain(value)
    except Exception:
        return ""
    return hashlib.sha256(said.encode("utf-8", "replace")).hexdigest()[:16]


def said(value, raised):
    """What came of a call: [what tells it from others, the same in every process; as one reads it]. None: nothing does."""
    if raised:
        return ["raises " + raised, "raises " + raised]
    # A class may be named after who asked for it.
    told = digest(value.__name__ if isinstance(value, type) else value)
    return [told, repr(value)[:READ]] if told else None


def able():
    """Whether calls can be ended here: in the main thread, where there is an alarm."""
    return hasattr(signal, "SIGALRM") and threading.current_thread() is threading.main_thread()

"""The probes: they run inside the sandbox, in the tests' own process, on whatever Python they have (3.8 or newer).

It is a copy of this folder that the interpreter finds by PYTHONPATH, so it imports nothing but the standard library
and itself. `watch` measures how functions grow, `asked` notes what tests ask, `record` the calls
that tests make, and `reply` puts such calls to a tree. What they say comes from beside the code
that is judged, and is believed as far as that: it can make a patch look better or worse by these measures, and
nothing else.
"""

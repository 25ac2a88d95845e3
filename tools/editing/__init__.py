"""Changing texts by what they say, not by where they stand: bytes in, bytes out, and nothing of where files are."""

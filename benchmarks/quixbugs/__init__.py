"""QuixBugs' 40 Python programs, each with one bug, repaired by a real model."""

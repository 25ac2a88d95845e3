"""The faces: command line, plain text."""

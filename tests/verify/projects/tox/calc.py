def add(a, b):
    return a + b + 1 if a < 0 else a + b

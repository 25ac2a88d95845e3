"""Times of the day as minutes since midnight."""


def minutes(text: str) -> int:
    """`9:30` as 570."""
    hours, _, rest = text.partition(":")
    value = int(hours) * 60 + int(rest)
    if not 0 <= value <= 24 * 60:
        raise ValueError(f"{text} is not a time of the day")
    return value


def show(value: int) -> str:
    """570 as `9:30`."""
    return f"{value // 60}:{value % 60:02}"

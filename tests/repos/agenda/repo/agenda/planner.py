"""Free time, for one person and for several."""

from agenda.span import Span


def free(day: Span, meetings: list[Span]) -> list[Span]:
    """The spans of the day in which there is no meeting."""
    gaps = []
    cursor = day.start
    for meeting in sorted(meetings):
        if not meeting.overlaps(day):
            continue
        if meeting.start > cursor:
            gaps.append(Span(cursor, meeting.start))
        cursor = meeting.end
    if cursor < day.end:
        gaps.append(Span(cursor, day.end))
    return gaps


def conflicts(meetings: list[Span]) -> list[tuple[Span, Span]]:
    """Pairs of neighbouring meetings that overlap."""
    ordered = sorted(meetings)
    return [(a, b) for a, b in zip(ordered, ordered[1:]) if a.overlaps(b)]


def first_common(day: Span, people: list[list[Span]], length: int) -> Span | None:
    """The earliest span of this length in which everybody is free."""
    everything = [meeting for meetings in people for meeting in meetings]
    for gap in free(day, everything):
        if gap.length >= length:
            return Span(gap.start, gap.start + length)
    return None

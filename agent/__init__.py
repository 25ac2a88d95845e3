"""The agent: a loop that asks, acts and observes, and the log it writes."""

"""What an agent costs besides its model: time, memory and tokens, against the least client there can be."""

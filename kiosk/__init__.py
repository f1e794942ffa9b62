"""The terminal that stands on the counter."""

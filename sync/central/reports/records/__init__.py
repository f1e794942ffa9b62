"""The stored reports, as kinds and acts read them, and the states they go through (`stages.py`, pure)."""

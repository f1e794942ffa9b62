"""Rows of responses in the order of a role: `pull.py` windows, `views.py` what a role sees, `counting.py`."""

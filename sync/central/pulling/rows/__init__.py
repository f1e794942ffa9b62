"""Rows in the order of a role: windows (`pull.py`), views of a role (`views.py`), and `counting.py`."""

"""Rows in the order of a role, and which of them count.

pull.py        windows of rows, and pages
parts.py       which rows are read for a question about days or units
views.py       the rows of a role, and their order
totals.py      which rows count; form_number.py: the number of a form that was keyed in
"""

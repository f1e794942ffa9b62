"""Rows of responses on their way to administrators.

desk.py            every call of administrators, without HTTP
views.py           what a role is given, and in which order
pull.py            windows in that order, within what a caller may see
filter_codes.py    whether what a filter names exists
exports/           one module a format
odata/             the same rows as an OData feed, for Excel and Power BI
"""

"""Rows of responses on their way to administrators.

asked.py           what a call asks for: every query parameter, named once
desk.py            every call of administrators, without HTTP
rows/              what a role is given, in which order, and windows in that order
filter_codes.py    whether what a filter names exists
exports/           one module a format
odata/             the same rows as an OData feed, for Excel and Power BI
"""

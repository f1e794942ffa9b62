"""Rows of responses on their way to administrators.

asked.py           what a call asks for: every query parameter, named once
desk.py            every call of administrators, without HTTP
replies.py         replies to summaries that are given again while nothing has changed
rows/              which rows a role gets, in which order, and windows in that order
filter_codes.py    whether the codes in a filter exist
exports/           one module a format
latest.py          the newest rows first, as a person reads them
flagged.py         visits among them that look unusual, for a person to look at
odata/             the same rows as an OData feed, for Excel and Power BI
"""

"""From stored responses to what administrators get.

administrators.py   every call of administrators, without HTTP
views.py            what a role is given, and in which order
pull.py             windows in that order, within what a caller may see
exports/            one module a format
odata/              the same rows as an OData feed, for Excel and Power BI
rates.py            how often one token may ask, over all processes together
summary_query.py    from the kept counts to a summary; summary.py shows it
guarded.py          pure: what of officers is shown below the role admin
"""

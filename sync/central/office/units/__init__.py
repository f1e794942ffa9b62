"""Units as a dated tree.

tree.py        pure: who belongs to whom on a day
importing.py   a list of units, checked before it is imported
revisions.py   when the configuration of a unit last changed
stored.py      units in the database, and which responses a unit's token may see
"""

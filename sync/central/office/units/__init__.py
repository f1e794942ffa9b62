"""Units as a dated tree.

tree.py        pure: who belongs to whom on a day
importing.py   a list of units, tried before it is taken in
stored.py      units in the database, and who may see which responses by them
"""

"""Units as a dated tree.

units.py         pure: who belongs to whom on a day
unit_import.py   a list of units, tried before it is taken in
unit_store.py    units in the database, and who may see which responses by them
"""

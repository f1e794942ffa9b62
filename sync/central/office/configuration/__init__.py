"""What an office decides for its terminals, as rows, and what each unit's terminals get from them.

rows.py        what the rows hold: `OfficeRow`, and `Rows`, all that concerns one unit
revisions.py   when the configuration of a unit last changed
reading.py     reads the rows
compose.py     the texts of a unit's bundle, from its rows
"""

CENTRE = ""
"""The unit of rows that hold for the whole centre, above all units."""

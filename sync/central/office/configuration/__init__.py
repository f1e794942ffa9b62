"""What an office decides for its terminals, as rows, and what each unit's terminals get from them.

rows.py        what the rows hold: `OfficeRow`, and `Rows`, all that concerns one unit
row_queries.py reads the rows
inherited.py   what holds at a unit, and which unit above it decided it
compose.py     the texts of a unit's bundle, from its rows
versions.py    numbers and keeps the bundles of each unit

Acts, one noun a file; each takes an `Act` and a reason, and changes the revision of its unit:
officers.py, procedures.py, counters.py, sources.py (devices), office_settings.py, special_days.py,
assigning.py, serials.py; deciding.py has what they begin with, spans.py reads hours as people write them

tables.py      lists from a table, tried first and then taken in

A folder of TOML, of one unit or of the whole centre:
entries.py     what it holds
folder.py      reads it, or names every problem with its line; fitting.py: whether it fits what there is
scope.py       reads the same from the rows
comparing.py   what differs between the two
importing.py   stores what differs; wordings.py: plans and forms, of which every version is kept
exporting.py   writes it

timetable.py   what each terminal asks at a moment
"""

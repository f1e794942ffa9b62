"""What is stored, and how.

database.py, facts.py     one engine for SQLite or PostgreSQL; the data folder and the database's own facts
schema.py, *_tables.py    the tables; all_tables.py brings those of all files together
migrations/               upgrade.py migrates an older database to them
first_answers.py          one handover, one answer that counts: by the keys of a table
software.py               the table of the releases of the terminals' software
letterheads.py            the table of what the documents of an office have in common
partitions.py, locks.py   the monthly partitions of PostgreSQL, and every lock that processes share
arrival.py                the order of arrival: what a cursor promises on either database
days_over.py              responses of days that are over, in a random order of their own
freshness.py              a value that changes with every change of the figures
rollups.py                counts kept while responses arrive; membership.py: for which plan a response counts
statistics.py             what PostgreSQL's planner knows, gathered as soon as many rows were stored at once
cells.py                  answers as a line of CSV cells
surveys.py, known_ids.py  every survey ever issued; every officer and procedure that was ever named
response_digest.py        the digest that is kept of a response's id if the response may not be named
storage.py                the database of a running centre: failed writes are numbered problems
disk.py, reserve.py       whether the disk accepts writes; disk space kept in reserve
scratch.py                temporary files
"""

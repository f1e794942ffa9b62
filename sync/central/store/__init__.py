"""What is stored, and how.

database.py, facts.py     one engine for SQLite or PostgreSQL; the data folder and its facts
schema.py, migrations/    the tables; upgrade.py brings an older database to them
partitions.py, locks.py   the months of PostgreSQL, and every lock that processes share
arrival.py                the order of arrival: what a cursor promises on either database
days_over.py              days that are over, in an order of their own
rollups.py                counts kept while responses arrive; membership.py: for which plan a response counts
cells.py                  answers as a line of cells
surveys.py, known_ids.py  every survey there was; every officer and procedure that was ever named
response_digest.py        what is kept of a response's id where the response may not be named
storage.py                the database of a running centre: failed writes are numbered problems
disk.py, reserve.py       whether the disk takes what is written; room kept back on it
scratch.py                files that are needed for a while
"""

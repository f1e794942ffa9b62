"""The office's server: takes responses in from devices, stores them, and gives them to administrators.

From top to bottom; nothing imports what is above it:

    __main__.py, commands/   the command line, one noun a file
    server.py, app.py        the process, and HTTP put together
    housekeeping.py          what is done every few seconds, minutes or hours while the centre runs
    api/                     HTTP for devices, for administrators' programs and for the OData feed
    pulling/                 rows of responses on their way out: windows, formats, feeds
    http/                    what every caller shares: problems, turns, limits, threads, signed answers
    figures/                 turns counts into figures: summaries, plans, flags; small cells are hidden
    office/                  what an office decides and knows: units, devices, tokens, cards, keys, cases,
                             corrections, forgetting, backups, and the audit log of all that
    intake/                  a device's responses on their way in: read, judged, stored, acknowledged
    store/                   tables, migrations, locks, the kept counts and the database itself

Device code and administrator code share only the database.
"""

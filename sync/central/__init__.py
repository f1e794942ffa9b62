"""The office's server: takes responses in from devices, stores them, and gives them to administrators.

From top to bottom; nothing imports what is above it:

    __main__.py, commands/   the command line, one noun a file
    server.py, app.py        the process, and HTTP put together
    housekeeping.py          what is done every few seconds, minutes or hours while the centre runs
    api/                     HTTP for devices, for administrators' programs and for the OData feed
    web/                     next to api/: pages for people in a browser
    duties/                  what falls due by itself: alerts, reminders, messages
    pulling/                 rows of responses on their way out: windows, formats, feeds
    reports/                 next to pulling/: official documents, from their figures to the public
    http/                    what every caller shares: problems, turns, limits, threads, signed answers
    figures/                 turns counts into figures: summaries, plans, flags; small cells are hidden
    office/                  what an office decides and knows: units, people, devices, tokens, cards, keys,
                             cases, remarks, corrections, forgetting, backups, and the audit log of all that
    intake/                  a device's responses on their way in: read, judged, stored, acknowledged
    store/                   tables, migrations, locks, the kept counts and the database itself
    presenting/              next to store/: numbers, days and small drawings for a person; pure

Device code and administrator code share only the database.
"""

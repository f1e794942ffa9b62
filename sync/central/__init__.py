"""The endpoint: takes responses in from devices, keeps them, and gives them to administrators.

    schema.py, migrations/   what is stored, and how an older database becomes a newer one
    database.py              one engine for SQLite or PostgreSQL, with the durability the receipts promise
    partitions.py, locks.py  the months of PostgreSQL, and every lock that processes share
    intake/                  from a device's request to stored responses and signed receipts
    pulling/                 from stored responses to rows, summaries and feeds
    units/                   units as a dated tree, and which responses a unit may see
    keys/                    secret keys and case lists, never in the database; the offline root above them
    cards/                   officers' badges and procedure cards
    fieldwork/               what a survey plan needs besides a terminal: sizes, draws, quotas, scores
    statistics.py            pure: what may truthfully be said about counted answers
    access.py, audit.py      who is calling: tokens, stored hashed; what was done, in a chain
    devices.py               enrolment, revocation, and what is known of each device
    arrival.py               the order of arrival: what a cursor promises on either database
    days_over.py             days that are over: what roles below admin may see, in an order of its own
    rollups.py, returned.py  counts kept while responses arrive, and results returned beside them
    cases.py, rated.py       the one-stop software's list, and which cases have had their say
    corrections.py           voiding and re-attributing: new responses, never a change
    removal.py, forgotten.py forgetting and retention: gone, staying away, and asked of the tablets
    response_digest.py       what is kept of a response's id where the response may not be named
    backup.py                copies while it runs, their check, and the way back into a new epoch
    carrying.py              what was decided after a backup, carried over when it is restored
    disk.py                  whether the database's disk takes what is written
    setup.py                 first set-up and import of a bundle
    centre.py                all of it behind plain calls
    app.py, app_pull.py, app_odata.py   HTTP before it: for devices, for administrators, for Excel
    server.py                the process
    __main__.py, administration.py, key_commands.py, options.py   the command line

Devices and administrators meet in the database alone.
"""

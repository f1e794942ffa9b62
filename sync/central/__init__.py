"""The endpoint: takes responses in from devices, keeps them, and gives them to administrators.

    schema.py, migrations/   what is stored, and how an older database becomes a newer one
    database.py              one engine for SQLite or PostgreSQL, with the durability the receipts promise
    keys.py                  the centre's secret keys, in files of mode 600, never in the database
    access.py, rates.py      who is calling: tokens, stored hashed; how often they may
    audit.py                 every administrative act and every pull, in a chain that shows a change
    unit_store.py            units as a dated tree in the database, and which responses a unit may see
    bodies.py                the bytes of a request, within limits
    judge.py, ledger.py      pure: is this a response of that device and survey; which `seq` are there
    ingest.py                one batch, one transaction, one receipt a response
    arrival.py               the order of arrival: what a cursor promises on either database
    pull.py, exports/        the way out: windows in the order of arrival, one module a format
    administrators.py        every call of administrators, without HTTP
    rollups.py               counts kept while responses arrive; summary_query.py asks them, summary.py shows
    returned.py              results returned, from lists of cases, beside tagged and answered
    guarded.py               what of officers is shown below the role admin, whatever else is asked
    corrections.py           voiding and re-attributing: new responses, never a change
    removal.py               forgetting, and retention: gone, and staying away
    backup.py                copies while it runs, their check, and the way back into a new epoch
    odata/, app_odata.py     the same rows as an OData feed, for Excel and Power BI
    setup.py                 first set-up and import of a bundle
    centre.py                all of it behind plain calls
    app.py, app_pull.py      HTTP before it, for devices and for administrators
    server.py                the process
    __main__.py, administration.py   the command line

Devices and administrators meet in the database alone.
"""

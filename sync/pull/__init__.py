"""`hailong-pull`: brings every response to an administrator's own machine, each exactly once.

    settings.py   the centre, the filters, the output
    state.py      the folder next to the output: the rows that are here, and the cursor after them
    pulling.py    fetches page after page into that folder
    writing.py    writes the finished file, whole or not at all
    __main__.py   the command line and its exit codes

It uses only the HTTP interface of the centre.
"""

"""`hailong-pull`: brings every response to an administrator's own machine, each exactly once.

    settings.py   where from, what, where to
    state.py      the folder beside the output: what is here already, and the cursor behind it
    pulling.py    page after page into that folder
    writing.py    the finished file, whole or not at all
    __main__.py   the command line, its exit codes

It knows the centre by its HTTP interface alone.
"""

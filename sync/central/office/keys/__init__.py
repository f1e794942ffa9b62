"""What the centre signs and seals with.

stored.py    the centre's secret keys, in files of mode 600, never in the database
by_unit.py   each unit's key for dossier codes, and its list of cases
changes.py   changes to the keys, each an act of the audit log
unsealing.py opens what citizens wrote, and masks it
offline.py   the offline root above them: the machine that holds it, and importing its lists at the centre
"""

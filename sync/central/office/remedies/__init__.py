"""What an office puts right: a problem with its figure, the measure, who does it until when, and its result.

Promises (each has a test of this name):
- a remedy that is neither done nor given up is in every later report of its unit, by itself;
- who did it does not check it;
- of two who act at once, or of one form sent twice, one act is done;
- a remedy outlives the alert or the response that led to it, and names neither once it is removed;
- what was decided after a backup is kept by a restore.

stages.py     what may be done with a remedy, and by whom (pure)
register.py   lists, single remedies, and what reports say of them
handling.py   the acts
moving.py     what restores carry along, and what a backup must hold
"""

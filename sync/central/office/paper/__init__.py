"""Paper forms: printed with numbers, counted when they come back, and keyed in as responses.

asked.py     what a paper form asks, and when its answers count
runs.py      print runs: who got which numbers, how many were given out and came back
print_check.py   which numbers were printed, and whether what came back can be among them
lots.py      lots: the ballot box opened by two people, or forms handed over, counted before they are keyed
desk.py      the keying desk: a device of the centre, whose responses are judged as a tablet's are
entering.py  the acts of keying: a form, an invalid form, a form keyed again
matching.py  what a short name without marks can mean
twice.py     double keying: a share is keyed by two people, a third decides
unlisted.py  names that the catalogue lacks, and words keyed in two ways, opened by who may
handing.py   a lot goes from one person to another, and both confirm it
listing.py   how far runs and lots are

What stays of them over a removal and a restore: office/paper_kept.py.
"""

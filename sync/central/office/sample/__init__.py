"""Lists of people for a plan, and who is drawn from them.

one_person.py    who is one person: a telephone number and a name in one form, as a keyed hash
people_list.py   reads a list; its columns are named once for each software
commitment.py    seed and key of a draw, published by their digests before any list comes
sealed_list.py   takes a list in, its people sealed; opens them one by one; whose lists are here
list_links.py    addresses through which a unit without an account sends its list once
drawing.py       drawing people at random, in a way that anybody can check
selecting.py     the draw by field, and who is asked in another's place
whose_quota.py   how many people of each field an interviewer asks
on_request.py    finds a person who asks, and removes their details
emptying.py      removes the people of a list some time after the end of its plan
moving.py        all of that over a restore, and whether a backup has all of it

Promises:
- a name, telephone number or address is sealed before it reaches a disk, and is in no line of the audit log;
- a list is taken in only after the digest of its seed was published, and no list changes after its draw;
- each person who is opened leaves a line in the audit log.
"""

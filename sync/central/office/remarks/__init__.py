"""What citizens wrote, as work of the office: a remark is the words of one response.

Promises (each has a test of this name):
- every stored response with sealed words is one remark, from the same transaction, and is handled once;
- a remark is visible from 07:00 of the next working day after its visit; at once only where the citizen asked
  to be called, which is known once its box was opened here;
- the officer concerned sees nothing of it, not even in a count;
- missing, foreign, not yet visible and about oneself are the same answer;
- no line of the audit log holds a word of a citizen or of a note;
- each look at contact details leaves a line that names the remark by its digest;
- a corrected response keeps what was done; one that is forgotten, purged or voided leaves the lists, and what
  is removed takes its notes along.

A remark doesn't keep the words: they stay in their sealed box, and are opened and masked when they are shown,
as exports do. Which questions have words, and whether contact details were left, can't be seen from outside,
so opening.py looks once where the sealing key is at hand. Without that key a remark is work all the same: it
is visible by the next working day, without its words.

stages.py      what may be done with a remark, and by whom (pure)
calendar.py    working days: from when a remark is visible, and until when it is due
opening.py     looks into the boxes that were not opened yet
listing.py     lists, counts and one remark, for the person who asks
handling.py    the acts
contact.py     shows the contact details that were left, to somebody who will call
moving.py      what corrections and restores carry along, and what a backup must hold
"""

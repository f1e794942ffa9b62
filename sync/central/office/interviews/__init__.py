"""Interviewers from outside: whom they ask next, what came of it, and what they did each day.

whose_turn.py   which of those drawn somebody asks, and who is next
field_work.py   the acts: give a unit to an interviewer, open the next person, record what came of it
met.py          people who are met at a unit without a list of them
answers.py      what somebody said becomes a response, by the same judging as a tablet's
confidential.py what an interviewer promises before the first person
again.py        re-checks (phúc tra): drawn after the forms are in, asked by another person, compared
whose_rechecks.py  who checks whose interviews
asked_again.py  interviews that turned out wrong are asked again: one, or all of an interviewer
by_day.py       per interviewer and day: asked, refused, not met, how long it took

Promises:
- an interviewer sees one person at a time, the next one, and only while the plan's window is open;
- each time a person is opened there is a line in the audit log;
- what was said is a response without the person; which response somebody gave is known until the list is
  emptied, for re-checks, and never where staff are asked about their own office, see field_work.py.
"""

"""Letters that ask organisations to answer: each with a numbered form and a link that is used once.

letters.py    a letter, its state, and how many are in each
addressed.py  organisations of a list, sealed with their links; opened while a file of letters is made
sending.py    the acts: letters are made, numbered, sent, reminded, undelivered, lost
answering.py  an answer through a link becomes a response

What keying does to a letter, what is removed of it and what stays over a restore: office/letter_rows.py.

Promises:
- no name, address or link is on a disk or in a log in clear, see addressed.py;
- of the form and the link of one letter the first answer counts, decided by the database;
- who opens addresses leaves one line in the audit log.
"""

"""What the centre says by itself: e-mail, a signed call to another program, and a feed for each person.

Promises (each has a test of this name):
- a message is made once for its kind, subject, due day and recipient, by however many processes;
- an e-mail is never handed over twice, over kills, restarts and a restore: see outbox.py for what that costs;
- what fell due before a restore, or before somebody asked for it, is not made up for;
- a message holds figures with their n and links, no word of a citizen, no officer and no response;
- who is not permitted any more what a kind of message is about reads none of these, sent or waiting.

identity.py says what a message is, outbox.py keeps messages and who carries which, retries.py decides what a
refusal leads to, sending.py carries those that are due by mail.py and webhook.py, feed.py writes a person's
own as Atom, subscribing.py is what each person wants, settings.py is how the office's servers are reached.
"""

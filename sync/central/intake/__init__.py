"""From a device's request to stored responses and receipts.

bodies.py   the bytes of a request, within limits
replay.py   a nonce counts once: enrolment and heartbeat
judge.py    pure: is this a response of that device and of a survey we know
forms.py    every survey, ready to judge by
scope.py    for whom a device may speak
moment.py   pure: when a visit really ended
ingest.py   one batch, one transaction, one receipt a response
"""

"""From a device's request to stored responses and receipts.

bodies.py   the bytes of a request, within limits
replay.py   a nonce is accepted once: enrolment and heartbeat
judge.py    pure: whether this is a response of that device and of a known survey
forms.py    every survey, prepared for judging
scope.py    the units, officers and days that a device may send responses for
claims.py   which handover a response answers, where a phone may answer it too
own_devices.py  devices of the centre that number responses of their own
moment.py   pure: when a visit really ended
ingest.py   one batch, one transaction, one receipt per response
"""

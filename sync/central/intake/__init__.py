"""From a device's request to stored responses and signed receipts.

admission.py   who may have a request under way: fair to every device
bodies.py      the bytes of a request, within limits
signed.py      every answer to a verified request is signed, problems too, and nothing else
replay.py      a nonce counts once: enrolment and heartbeat
judge.py       pure: is this a response of that device and of a survey we know
ledger.py      pure: which `seq` of a device are here
ingest.py      one batch, one transaction, one receipt a response
rejudging.py   what was refused, judged once more after the centre was put right
"""

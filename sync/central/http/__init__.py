"""What every kind of caller shares.

admission.py      who may have a request under way: fair to every device
callers.py        which administrator calls, and what is written down before they are answered
attendance.py     administrators' calls: how many at once, and that each ends when its caller has gone
problems.py       every error as a numbered document
threads.py        threads for what blocks: devices and administrators have their own
documented.py     what errors look like, in answers and in the OpenAPI document
noted.py          which pulls the audit log holds already
signed.py         every answer to a verified request is signed, problems too, and nothing else
token_bucket.py   how often one token may ask
"""

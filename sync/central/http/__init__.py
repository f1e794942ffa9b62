"""What every kind of caller shares.

admission.py      who may have a request under way: fair to every device
device_calls.py   the router of devices: which one calls, and a place for its request
callers.py        the router of administrators: which one calls, and what is written down before the answer
queries.py        the query parameters of a request as a struct
attendance.py     administrators' calls: how many at once, and that each ends when its caller has gone
problems.py       every error as a numbered document
threads.py        threads for what blocks: devices and administrators have their own
documented.py     what errors look like, in answers and in the OpenAPI document
noted.py          which pages go on with a pull that is in the audit log already
signed.py         every answer to a verified request is signed, problems too, and nothing else
token_bucket.py   how often one token may ask
"""

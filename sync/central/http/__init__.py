"""The parts of HTTP that all kinds of callers share.

admission.py      which requests may be under way: fair to every device
device_calls.py   the router of devices: which device calls, and a place for its request
callers.py        the router of administrators: which one calls, and the audit log before the answer
queries.py        the query parameters of a request as a struct
attendance.py     administrators' calls: how many at once; each ends when its caller disconnects
problems.py       every error as a numbered document
threads.py        threads for blocking calls: devices and administrators have their own
documented.py     the form of errors, in answers and in the OpenAPI document
noted.py          which pages continue a pull that is in the audit log already
signed.py         signs every answer to a verified request, also problems, and nothing else
token_bucket.py   how often one token may call
"""

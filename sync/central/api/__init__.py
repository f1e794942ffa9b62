"""HTTP for programs: addresses, parameters and answers.

devices.py          what devices send and ask; device_schemas.py describes their bodies
device_desk.py      every call of a device, without HTTP
pull.py             responses and summaries, for administrators
metrics.py          a listener of its own, for programs that watch servers
odata.py            the same as an OData feed, for Excel and Power BI
"""

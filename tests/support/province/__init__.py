"""An invented province: a year of an office's life, for `make run`, tests of pages and benches.

    size.py            how large: WHOLE for `make run`, SMALL for tests
    places.py          communes, counters, terminals, officers, procedures, and what is odd about each
    calendar.py        working days, Tết, busy days and hours
    configuration.py   all of that as a folder for `config import`, with two running plans
    visits.py          who came, what they answered and wrote
    arriving.py        signed calls of its devices
    people.py          an account for each role
    follow_up.py       what was done about alerts, and what is being put right
    making.py          everything put together: `make_province`
    keeping.py         made once a day
    living.py          its centre, agent and kiosk as processes, and the heartbeats of all others
    __main__.py        `make run`

Promises (each has a test of this name):
- the same seed and last moment give the same province, apart from sealed boxes, keys and tokens;
- everything is stored by the product's own acts and its own ingest; every response is stored, none set aside;
- nothing is later than the last moment.
"""

from tests.support.province.making import Province, make_province, small_province
from tests.support.province.size import SMALL, WHOLE, Size

__all__ = ["SMALL", "WHOLE", "Province", "Size", "make_province", "small_province"]

"""What somebody must know: unhappy citizens who wrote, silent devices, deadlines, and odd patterns of visits.

Promises (each has a test of this name):
- everything is raised once: over any split of arrival, kills, restarts, several workers, a restore, and a
  response that comes again;
- what comes from visits is visible from 07:00 of the next working day, as remarks are; at once only where the
  citizen asked to be called;
- nobody sees an alert about oneself as an officer, not even in a count;
- a device that is silent while its office is closed, on a weekend or at Tết raises nothing;
- a whole unit that falls silent raises one alert;
- an alert about a silent device is closed by the centre when the device sends again;
- a threshold counts for what arrives after it was changed;
- an alert holds no word of a citizen; it is removed with its response.

thresholds.py   from where on something is raised, by unit, and the act that changes it
alarms.py       what a look at the centre found; it becomes an alert once
stages.py       what may be done with an alert, and by whom (pure)
listing.py      lists, counts and one alert, for the person who asks
handling.py     the acts
moving.py       what corrections, restores and removals carry along, and what a backup must hold

What there is to raise is decided by duties/watching.py, which also reads figures.
"""

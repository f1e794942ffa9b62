"""What falls due by itself: each duty looks whether it is its time, does what is due, and says how much.

Promises (each has a test of this name):
- a second turn right after the first does nothing, and several processes together do what one does;
- a duty that fails keeps no other one from its work;
- days are days in Viet Nam, whatever the clock of the machine says.

turns.py says what a duty gets, all_duties.py lists them in their order, tick.py does a turn. A new duty is a
function of a `Turn` in a file of its own, and a line in all_duties.py.

watching.py looks at what arrived, at devices and deadlines, and raises alerts; patterns.py says what a
response, and the visits of a device on a day, give reason to raise; silence.py which devices are silent, and
whether a whole unit is (both pure). alert_messages.py makes the messages about them, approvals.py those about
reports that wait. rehearsing.py says what a threshold would have raised in the past.
"""

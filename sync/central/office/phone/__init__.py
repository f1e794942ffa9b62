"""The same form on a citizen's own phone, opened by a code on the glass (contract/phone_token.py).

codes.py       what a code opens, and whether its visit was answered
walk.py        pure: which questions come next, from what a page without a script has sent
from_phone.py  the answer becomes a response, by the same judging as a terminal's
slips.py       the same codes on slips of paper
repeated.py    second answers of a handover, which were kept apart

Nothing of the phone is kept: no address, no cookie, no kind of browser; what is written is sealed before the
response is made.
"""

"""From kept counts to figures.

summary_query.py   which counts answer a question, and who may ask it; summary.py shows them
guarded.py         pure: what of officers is shown below the role admin
statistics.py      pure: what may truthfully be said about counted answers
plans.py           what was counted for a plan
progress.py        pure: how far along a plan is, unit by unit
sampling.py        pure: how many to ask, and how exact the answer is
scoring.py         pure: the nine indicators of circular 01/2018/TT-VPCP
drivers.py         pure: which ratings go along with the one about the whole
flags.py           pure: visits and officers that look wrong; flag_table.py lists them
"""

"""From kept counts to figures.

summary_query.py   which counts answer a request, and who may make it; summary.py turns them into rows
guarded.py         pure: which figures of officers are shown below the role admin
statistics.py      pure: shares, means and intervals of counted answers
plans.py           counts of a plan
progress.py        pure: how far along a plan is, unit by unit
sampling.py        pure: sample sizes and margins of error
scoring.py         pure: the nine indicators of circular 01/2018/TT-VPCP; score_card.py reads what was given
keying_time.py     how long a paper form takes to key
drivers.py         pure: which ratings correlate with the overall one
today.py           pure: the four sentences of a morning; said.py has their words in both languages
deadlines.py       pure: what plans ask for and by when, see working_days.py
branches.py        pure: the units below a unit, in the order in which somebody should call them; read by
                   branch_query.py
procedure_lines.py pure: the procedures of a unit, those with unhappy answers first
morning.py         reads what the page of the morning shows
periods.py         pure: a period against the one before it, and months side by side
flags.py           pure: visits and officers that look unusual; flag_table.py lists them
"""

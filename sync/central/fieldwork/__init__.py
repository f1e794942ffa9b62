"""What a survey plan needs besides a terminal: sizes, draws, quotas, scores, checks. The first six are pure.

sampling.py        how many to ask, and how exact the answer is
drawing.py         drawing people by chance, so that anybody can check it
quotas.py          how far along a plan is, unit by unit
scoring.py         the nine indicators of circular 01/2018/TT-VPCP
drivers.py         which ratings go along with the one about the whole
membership.py      which responses count for a plan: the one rule
plans.py           the plans of the newest bundle, and of earlier ones
figures.py         what was counted for a plan
plan_commands.py   the commands: how far a plan is, and what its answers say
flagged.py         visits that look wrong, listed for a person to look at
"""

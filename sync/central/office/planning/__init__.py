"""Plans as work of an office: written as drafts, issued, carried out task by task.

    templates.py  a new plan from one of the shipped ones, or from one of another year
    editing.py    a plan as the fields of a page, and the plan again from what was typed
    drafts.py     the next wording of a plan while it is written
    issuing.py    a draft becomes the wording in force
    tasks.py      who does what of a plan, and what came of it
    closed_plans.py  plans that are closed, and what was handed over
    obstacles.py  what keeps a plan from going on, and the leader's answer

A plan in force is a row of `plans`, as the configuration has it; what is kept here is not in any bundle.
"""

"""Plans as work of an office: written as drafts, issued, carried out task by task.

    templates.py  a new plan from one of the shipped ones, or from one of another year
    editing.py    a plan as the fields of a page, and the plan again from what was typed
    drafts.py     the next wording of a plan while it is written
    issuing.py    a draft becomes the wording in force
    tasks.py      who does what of a plan, and what came of it
    closed_plans.py  plans that are closed, and what was handed over
    notices.py    which units were given notice of a plan, and which have read it
    choosing_units.py  which units of a kind take part
    trainings.py  who was shown how to hand forms out, or to ask people
    given_points.py  what the body was given on the indicators of circular 01/2018; dossiers.py: of a list
    obstacles.py  what keeps a plan from going on, and the leader's answer
    topping_up.py  more people of one unit are asked on days of their own
    returned_table.py  the table of figures that comes back of a closed plan's data

A plan in force is a row of `plans`, as the configuration has it; what is kept here is not in any bundle.
"""

"""Forms as XLSForm: an Excel workbook with the sheets survey, choices and settings, as ODK and Kobo use it.

vocabulary.py    the words of the format, and what they mean here
expressions.py   conditions and limits, as XLSForm writes them
book.py          the cells of a workbook, by pyxform (the extra `xlsform`)
cells.py         the cell that holds a key of the form
incoming.py      workbook -> form, or every cell that has no counterpart
outgoing.py      form -> workbook

What corresponds:

    rating                  select_one with the appearance likert, or from a list called levels
    choice, choices         select_one, select_multiple
    yes_no                  select_one from a list of yes and no, whose labels are Có and Không
    number                  integer with a constraint of its limits, or range
    text                    text, with a constraint of its length
    contact                 a group of texts called <group>_name, <group>_phone, <group>_address
    group                   a group with the appearance field-list; a column page, if its name can't say it
    when                    relevant: answers to one earlier question, joined by `or`
    about, levels           choice_filter, and a column levels in the sheet choices
    not_applicable          an option `na`; where there are no options, a column not_applicable
    title, privacy, thanks  notes called title, privacy_summary …, thanks
    respondents             a column of the sheet settings
"""

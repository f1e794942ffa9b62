"""How figures and days are written and drawn for a person. Pure: values in, text or markup out.

language.py   the two languages of the administrators, and the space that no line break divides
numbers.py    whole numbers, percentages and shares, and how a column of them is aligned
browsers.py   a browser by the name that its user knows
days.py       days, times, weeks, months, periods and durations
spoken.py     numbers, shares and days in words, to be read aloud
drawing/      small pictures of figures, as SVG

Whatever shows a figure writes it with these functions: pages, reports and messages then agree to the letter.
Nothing here decides a figure: percentages come as text from `figures/`, where they are rounded once.
"""

"""Figures as small pictures: a frozen struct in, SVG markup out. Pure.

level_bar.py    how often each level was chosen, one bar a row of a table
spark_strip.py  returned, tagged and answered, one column a day
dot_plot.py     shares of several units, counters or procedures on one scale
heat_strip.py   one small cell a unit, by the tree, for a province or the country
trend.py        one share month by month
face.py         a face of the terminal
qr_code.py      a text for a camera
markup.py       what they are made of; palette.py their colours, on top of `sync/contract/colours.py`

Promises, each with a test:
- a figure that is not known leaves a gap and never looks like 0;
- form or order says what colour says, so that a black and white print is read the same;
- each drawing has a text that says the same, for the ear and for a pointer that rests on it;
- nothing in the markup is a script or a style, so that the strictest Content-Security-Policy lets it through,
  and every text of an office is escaped;
- a drawing needs no file, no font and no id of its own: it can be repeated on a page, or printed.

A drawing is as wide as the struct says and has a viewBox, so that a page may scale it.
"""

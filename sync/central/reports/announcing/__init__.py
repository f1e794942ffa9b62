"""What the public hears and sees of a result without reading a document: a radio text and two posters.

outcome.py   a period in a few figures, from the figures that were published (pure)
radio.py     at most 150 words to be read aloud, without a digit (pure)
poster.py    one page A4: the result, or an invitation to answer

All of it is made of figures that the public notice shows as well: none of fewer than five answers, no
officer, no word of a citizen.
"""

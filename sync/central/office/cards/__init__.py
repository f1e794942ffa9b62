"""Officers' badges and procedure cards.

issuing.py   issued, signed, written down
paper.py     how a card looks on paper
"""

"""Officers' badges and procedure cards.

issuing.py   issues, signs and records them
paper.py     how a card looks on paper
"""

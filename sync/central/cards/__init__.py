"""Officers' badges and procedure cards.

cards.py        issued, signed, written down, printed
card_sheet.py   how a card looks on paper
"""

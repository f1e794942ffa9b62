"""Numbered forms on paper.

content.py  what a form says, in the order of the paper
sheet.py    how that looks: A4, a PDF of all copies
"""

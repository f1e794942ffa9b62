"""Numbered forms on paper, and the letters that some of them come with.

content.py       what a form says, in the order of the paper
sheet.py         how that looks: A4, a PDF of all copies
letters.py       what a letter to an organisation says, and its reminder
letter_files.py  all letters of a mailing in one file, with their forms in the PDF
"""

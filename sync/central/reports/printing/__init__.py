"""Numbered forms on paper, the letters that some of them come with, and slips for the citizen's own phone.

content.py       what a form says, in the order of the paper
sheet.py         how that looks: A4, a PDF of all copies
letters.py       what a letter to an organisation says, and its reminder
slips.py         codes for the citizen's own phone, to cut
interviewer_pack.py  what an interviewer carries, as one PDF
letter_files.py  all letters of a mailing in one file, with their forms in the PDF
"""

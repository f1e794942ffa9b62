"""A document as a file or on a page: all of them are drawn from one layout, and calculate nothing.

A page draws the layout itself (`document_sheets` in web/templates/document_parts.html).

typography.py  the page and the typography of decree 30/2020/NĐ-CP
typeface.py    how wide a line is
columns.py     how wide the columns of a table are, and how small its letters
layout.py      a document as lines, rules and tables in the order of the page
docx.py        for Word
pdf.py         for printing and sending
workbook.py    the tables as numbers, for Excel
"""

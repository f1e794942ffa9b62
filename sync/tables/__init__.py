"""Tables of typed values as files: what the centre and `hailong-pull` write alike.

column.py      what a column holds
workbook.py    an Excel workbook
parquet.py     for whoever computes
formulas.py    texts in CSV that no spreadsheet takes for a formula
"""

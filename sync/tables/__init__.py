"""Tables of typed values as files: what the centre and `hailong-pull` write alike.

column.py      what a column holds
csv_table.py   CSV, as spreadsheets open it
workbook.py    an Excel workbook
parquet.py     for programs that compute
formulas.py    texts in CSV that no spreadsheet takes for a formula
"""

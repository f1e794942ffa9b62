"""Tables of typed values as files, written the same way by the centre and `hailong-pull`.

column.py      what a column holds
csv_table.py   CSV, as spreadsheets open it
workbook.py    an Excel workbook
parquet.py     for programs that compute
formulas.py    texts in CSV, guarded so that no spreadsheet runs them as a formula
"""

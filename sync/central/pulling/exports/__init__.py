"""What a pull can look like: one module a format, all of them streams of bytes.

table.py          which columns a table has, and their values; csv, xlsx and parquet are made of it
opener.py         what citizens wrote, masked and bounded
csv.py            RFC 4180, guarded against formulas
ndjson.py         JSON: a page of items, or one item a line
xlsx.py           an Excel workbook
parquet.py        for anyone who computes
arrays.py         JSON arrays of typed values, which hailong-pull makes its files of
summary_table.py  a summary as a table, CSV or Excel
packing.py        zstd and gzip
"""

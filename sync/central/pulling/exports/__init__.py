"""The formats of a pull: one module a format, each a stream of bytes.

table.py          which columns a table has, and their values; csv, xlsx and parquet use it
opener.py         what citizens wrote, masked and bounded
csv.py            RFC 4180, protected against formulas
ndjson.py         JSON: a page of items, or one item a line
xlsx.py           an Excel workbook
parquet.py        for programs that compute
arrays.py         JSON arrays of typed values, from which hailong-pull makes its files
summary_table.py  a summary as a table, CSV or Excel
packing.py        zstd and gzip
"""

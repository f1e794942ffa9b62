"""Whether a document has the form that decree 30/2020/NĐ-CP asks of official documents. Pure.

Promises:
- a document is only read: nothing in it is run, no address in it is opened, no entity is resolved, and no
  more is unpacked than `unpacked.py` allows; every file gives an answer or a numbered problem;
- what the decree says in numbers and names is data (`nd30.toml`), because the decree will be amended;
- what can't be read from the file is reported as not checked, never as a violation.

    profile.py      the decree as data
    unpacked.py     the parts of a .docx file
    parsing.py      parts → lines, tables, sections (`paper.py`), by styles.py, numbering.py and drawn.py
    elements.py     which line is the Quốc hiệu, the number, the signer …
    rules/          21 rules, by the part of the page that they concern; checking.py applies all of them to
                    one file: `examine`, `check_form`
"""

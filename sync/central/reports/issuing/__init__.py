"""A document's way from its draft to the public: who did what, on which figures.

    acts.py      the acts: draft, write, refresh, approve, return, send, publish, revise, withdraw, announce
    copies.py    the document to read, to send out and to publish, all of the same stored figures; pure
    small_cells.py   what copies for others don't say, so that nobody's answer can be calculated; pure
    differences.py   what can be calculated from counts of units and days that overlap; pure
    read_before.py   what documents of other units, kinds and days say
    seen_by.py   who has seen a document that is distributed within an office

Promises, each with a test:
- figures are read once and stored; only a draft reads them again; from approval on they stay as they are,
  byte for byte, whatever arrives, is corrected or is forgotten later;
- nobody approves what that person wrote;
- who saves, approves or sends has read what is stored: a change in between refuses the act;
- a response that a citizen had removed leaves a line in the history of each issued document that counted it,
  with the next number of revision, and nothing that says which response it was;
- an act is done once or not at all, with one line in the audit log.
"""

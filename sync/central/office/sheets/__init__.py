"""Tables that people bring: read whole (`reader.py`), with letters and days as old programs wrote them."""

"""Uploaded tables: read whole (`reader.py`), with checks for old encodings and ambiguous days."""

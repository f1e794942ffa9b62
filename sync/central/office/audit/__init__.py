"""What was done: a line an act in a chain (`chain.py`), whose end is signed (`seal.py`)."""

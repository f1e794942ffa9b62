"""What was done: acts (`acts.py`), their lines in a chain (`chain.py`), and its signed end (`seal.py`)."""

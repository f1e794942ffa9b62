"""The audit log: acts (`acts.py`), their chained lines (`chain.py`), and the seal on the end (`seal.py`)."""

"""The endpoint: takes batches in, stores them once, lets administrators pull."""

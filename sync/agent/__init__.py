"""Pushes what the outbox holds to the centre."""

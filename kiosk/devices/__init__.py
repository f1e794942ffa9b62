"""Scanner, sound and other hardware behind protocols."""

"""Both ends of the wire, and what lies between."""

__version__ = "0.1.0"

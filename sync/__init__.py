"""Both ends of the wire, and what lies between."""

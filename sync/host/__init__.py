"""The machine: its clock, its service manager, secret files, and one server a port."""

"""What our processes need of their machine: clock, service manager, locks, secret files, one server per
port.

Also what the agent and the kiosk hand to each other: before a terminal is enrolled (first_start.py), and when
its responses go by a USB stick (usb_note.py, usb_folder.py).
"""

"""`hailong-kiosk preview`: a form as pictures, before any terminal asks it.

scenes.py    every page of the form, as a citizen sees it
drawing.py   a scene as a picture, drawn by the terminal's own screens
command.py   the command
"""

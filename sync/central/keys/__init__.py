"""What the centre signs and seals with.

keys.py   the centre's secret keys, in files of mode 600, never in the database
root.py   the offline root above them: the machine that holds it, and the centre that takes in its lists
"""

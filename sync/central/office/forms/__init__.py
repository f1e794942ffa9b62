"""Forms: a draft is written, checked, compared with the release before it, previewed and released.

form_file.py   a file that an office wrote, as TOML, JSON or XLSForm: the form in it, or all its faults
writing.py     a form as TOML, to be read back
previewing.py  the pages of a form as plain text
scenes.py      the pages of a form as data, for pictures; terminal_words.py what the terminal says around them
releases.py    the released forms; a release never changes
release_act.py what is against releasing a draft, and the release itself
drafts.py      the drafts that are kept until they are released
locked_forms.py questions of an upper unit are locked in the forms of lower ones
xlsform/       forms as Excel workbooks in the format XLSForm
"""

"""The official documents of the centre: their content as data, their files, and their way to the public.

model.py       a document before any file format
kinds/         what each kind of document reads, and how its content is put together
writing/       Word, PDF and workbook, all of the same content
official_form/ whether a Word file has the form of the decree
issuing/       from the draft to the public
announcing/    the radio text and the posters of a publication
"""

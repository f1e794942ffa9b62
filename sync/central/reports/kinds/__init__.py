"""The kinds of documents: for each, what it reads and how its content is put together."""

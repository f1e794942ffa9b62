"""Alembic's migrations: one file per released change of the tables, from the first schema on."""

"""Alembic's migrations: one file a released change of the tables, from the first schema on."""

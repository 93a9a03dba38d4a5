"""Alembic migrations; they lie inside the package so that an installed service has them."""

"""How what happened in one module reaches those who act on it."""

"""What a bare machine tests on, whatever was chosen: SQLite in a temporary folder."""

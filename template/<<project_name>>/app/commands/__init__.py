"""What an operator or a developer asks of this backend: one file per command.

A file here is a command of its own name: `configure` says what it takes, `run` does it and gives
the exit code. Packages here are what several commands need.
"""

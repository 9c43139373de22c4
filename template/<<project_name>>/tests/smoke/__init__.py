"""The real process, started as an operator starts it."""

"""How commands talk: refusals in one sentence, and text that every terminal can show."""

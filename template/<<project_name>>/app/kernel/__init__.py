"""Words that all modules share; nothing here reads or writes anything."""

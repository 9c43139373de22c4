"""Who did what to whom: strict events commit with the work, notes never slow a request."""

"""weforge itself, part by part."""

"""The template, judged as it stands, without rendering it."""

"""Who is calling: sign-in, users, phones, sessions, export, erasure."""

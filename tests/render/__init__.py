"""What comes out for given answers."""

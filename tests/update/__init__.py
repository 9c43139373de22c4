"""A project that grows old, and takes in a newer template."""

"""The wire format: what bodies must look like, and what answers look like; no framework."""

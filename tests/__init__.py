"""Tests of the generator; the rendered project has its own, in `template/`."""

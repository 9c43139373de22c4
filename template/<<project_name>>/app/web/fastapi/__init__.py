"""The HTTP edge in FastAPI; no other package imports it."""

from .app import create_app as create_app

"""The server process: workers that serve, and a parent that starts them and lets them end well."""

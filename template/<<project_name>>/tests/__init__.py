"""The project's own tests; `house.py` and `conftest.py` open a whole backend for them."""

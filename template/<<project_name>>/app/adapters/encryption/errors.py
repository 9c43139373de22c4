"""Why a stored value is not given out."""

from ...kernel.errors import Broken


class Unreadable(Broken):
    """Changed, moved, or sealed under a key that is not there: one error for all of them."""

"""Why orders say no."""

from ..kernel.errors import BadInput, Conflict, NotFound


class OrderNotFound(NotFound):
    """No such order, or somebody else's."""

    code = 2001


class OrderNotPossible(Conflict):
    """Not in the state that this step starts from."""

    code = 2002


class UnknownSku(BadInput):
    code = 2003


class SeveralCurrencies(BadInput):
    """What an order holds has one currency, because it has one total."""


class NotEnoughInStock(Conflict):
    code = 2004


class IdempotencyKeyReused(Conflict):
    """The same key came with another body."""

    code = 409

"""Why the edge itself says no, before or beside any module."""

from ..kernel.errors import BadInput, Failure


class NoSuchMethod(Failure):
    code = 405


class BodyTooSlow(Failure):
    code = 408


class BodyTooLarge(Failure):
    code = 413


class NotJson(BadInput):
    """The body's media type is not `application/json`."""

    code = 415

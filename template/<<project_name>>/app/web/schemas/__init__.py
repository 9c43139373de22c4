"""The wire format: what bodies must look like, and what answers look like; no framework.

Here stands what all shapes have in common; each file beside holds those of one subject.
"""

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, StringConstraints


class Body(BaseModel):
    """Types are strict: `"1"` is no integer, and neither is `1.0` or `true`.

    Whether members of other names are refused or ignored is the decoder's decision.
    """

    model_config = ConfigDict(strict=True, frozen=True, hide_input_in_errors=True)


def left_out() -> Any:
    """The default of a member that may be left out: it reads as `None`, but null is refused."""
    return Field(default_factory=_nothing)


def _nothing() -> None:
    return None


Secret = Annotated[str, StringConstraints(min_length=1, max_length=4096), Field(repr=False)]
"""A code or token: opaque to us, so only its length is looked at."""

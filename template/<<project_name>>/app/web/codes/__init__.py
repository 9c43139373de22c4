"""The registry of codes: what each one means on the wire; every list of codes is made from it."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from ..per_module import files_of
from .code import SUCCESS as SUCCESS
from .code import SUCCESS_MESSAGE as SUCCESS_MESSAGE
from .code import Code as Code
from .general import CODES as GENERAL


def _gather() -> Mapping[int, Code]:
    rows = [*GENERAL, *(code for file in files_of(__name__) for code in file.CODES)]
    registry = {code.number: code for code in rows}
    if len(registry) != len(rows):
        raise ValueError("two codes have the same number")
    return MappingProxyType(registry)


CODES: Final = _gather()


def code_of(number: int) -> Code:
    """A number that nobody registered is this service's own fault, so it is told as 500."""
    return CODES.get(number, CODES[500])

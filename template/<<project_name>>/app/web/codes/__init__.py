"""The registry of codes: what each one means on the wire; every list of codes is made from it."""

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Final

from ..per_module import files_of
from .code import SUCCESS as SUCCESS
from .code import SUCCESS_MESSAGE as SUCCESS_MESSAGE
from .code import Code as Code
from .general import CODES as GENERAL


def registry_of(rows: Iterable[Code]) -> Mapping[int, Code]:
    """By number; raises ValueError where two modules took the same one."""
    registry: dict[int, Code] = {}
    for code in rows:
        if registry.setdefault(code.number, code) is not code:
            raise ValueError(f"two codes have the number {code.number}")
    return MappingProxyType(registry)


CODES: Final = registry_of(
    [*GENERAL, *(code for file in files_of(__name__) for code in file.CODES)]
)


def code_of(number: int) -> Code:
    """A number that nobody registered is this service's own fault, so it is told as 500."""
    return CODES.get(number, CODES[500])

"""Money is a whole number of minor units with its currency; never a fraction."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Money:
    """`amount` in minor units (fen for CNY), `currency` as ISO 4217 names it."""

    amount: int
    currency: str

    def __add__(self, other: "Money") -> "Money":
        if other.currency != self.currency:
            raise ValueError(f"cannot add {other.currency} to {self.currency}")
        return Money(self.amount + other.amount, self.currency)

    def times(self, quantity: int) -> "Money":
        return Money(self.amount * quantity, self.currency)

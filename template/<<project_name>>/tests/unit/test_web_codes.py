"""The registry of codes, and whoever must keep to it."""

import importlib
import pkgutil
from collections.abc import Iterator

import pytest

import app
from app.kernel.errors import Failure
from app.web.codes import CODES, Code, code_of, registry_of


def all_failures(kind: type[Failure] = Failure) -> Iterator[type[Failure]]:
    yield kind
    for narrower in kind.__subclasses__():
        yield from all_failures(narrower)


def test_every_failure_of_the_code_is_registered_and_nothing_else_is() -> None:
    for module in pkgutil.walk_packages(app.__path__, "app."):
        if ".errors" in module.name:
            importlib.import_module(module.name)

    raised = {kind.code for kind in all_failures() if kind.__module__.startswith("app.")}

    assert raised == set(CODES)


def test_general_codes_are_http_s_and_business_codes_have_four_digits() -> None:
    for number, code in CODES.items():
        assert number == code.number
        assert number == code.status if number < 1000 else 1000 <= number <= 9999


def test_every_code_has_words_and_a_name_of_its_own() -> None:
    rows = list(CODES.values())

    for said in (lambda c: c.slug, lambda c: c.en, lambda c: c.zh):
        assert len({said(code) for code in rows}) == len(rows)
    assert all(code.zh.endswith("。") and code.en.endswith(".") for code in rows)


def test_every_refusal_for_now_says_when_to_come_again() -> None:
    for_now = [code for code in CODES.values() if code.status in (429, 503)]

    assert all(code.retry_after_seconds for code in for_now)


def test_an_unregistered_number_is_this_service_s_own_fault() -> None:
    unheard: Code = code_of(4711)

    assert unheard.status == 500


def test_two_modules_cannot_take_the_same_number() -> None:
    taken = Code(number=2001, status=404, slug="mine", en="Mine.", zh="我的。")

    with pytest.raises(ValueError, match="2001"):
        registry_of([*CODES.values(), taken])

"""What operators read names what the service really says: its metrics and its codes."""

import re
from pathlib import Path

from app.adapters.telemetry.metrics import Metrics
from app.web.codes import CODES

(DOCUMENT,) = (Path(__file__).parents[2] / "docs").glob("*/operations.md")
TEXT = DOCUMENT.read_text(encoding="utf-8")


def first_cells(about: str) -> list[str]:
    """Of the chapter that speaks of this."""
    chapter = next(chapter for chapter in TEXT.split("\n## ") if about in chapter)
    return re.findall(r"^\| (.+?) \|", chapter, re.MULTILINE)


def test_operators_read_about_every_metric_and_no_other() -> None:
    exposition = Metrics("test").exposition()[0].decode()
    kinds = re.findall(r"^# TYPE (\w+) (?:counter|gauge|histogram)$", exposition, re.MULTILINE)

    told = {
        name
        for cell in first_cells("app_build_info{")
        for name in re.findall(r"`([a-z]+_[a-z_]+)(?:\{[a-z,]+\})?`", cell)
    }

    assert told == {kind for kind in kinds if not kind.endswith("_created")}


def test_operators_read_what_to_do_about_every_code_that_is_not_the_callers_fault() -> None:
    told = {
        int(number)
        for cell in first_cells("| 9001 |")
        if re.fullmatch(r"\d{3,4}(?:\D+\d{3,4})*", cell)
        for number in re.findall(r"\d+", cell)
    }

    assert {number for number, code in CODES.items() if code.status >= 500} <= told
    assert told <= CODES.keys()

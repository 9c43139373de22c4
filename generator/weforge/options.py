"""All that can be asked and answered, for people as a table, for programs as a JSON schema."""

from typing import Any

from .catalogue import Catalogue, Question
from .compatibility import RULES, Rule
from .presets import presets

_END = r"$(?!\n)"  # a plain `$` lets a line break pass in some regex engines


def table(catalogue: Catalogue, language: str) -> str:
    rows = [
        (
            question.id,
            " | ".join(question.choices) or f'"{catalogue.worded(question.default, language)}"',
            catalogue.worded(question.help, language),
        )
        for question in catalogue.questions
    ]
    widths = [max(len(row[column]) for row in rows) for column in (0, 1)]
    lines = [f"{row[0]:<{widths[0]}}  {row[1]:<{widths[1]}}  {row[2]}" for row in rows]
    lines += [f"{_told(rule)}: {rule.because[language]}" for rule in _possible(catalogue)]
    lines += [f"--preset {name}" for name in presets(catalogue)]
    return "\n".join(lines)


def schema(catalogue: Catalogue, language: str) -> dict[str, Any]:
    """JSON Schema of an answers file; presets and the rules' reasons stand under `x-` names."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Answers of weforge",
        "type": "object",
        "additionalProperties": False,
        "properties": {row.id: _property(row, catalogue, language) for row in catalogue.questions},
        "allOf": [_forbidden(rule) for rule in _possible(catalogue)],
        "x-rules": [
            {"refused": _told(rule), "because": rule.because[language]}
            for rule in _possible(catalogue)
        ],
        "x-presets": presets(catalogue),
    }


def _property(question: Question, catalogue: Catalogue, language: str) -> dict[str, Any]:
    described: dict[str, Any] = {
        "type": "string",
        "description": catalogue.worded(question.help, language),
        "default": catalogue.worded(question.default, language),
        "x-asked": question.is_asked,
    }
    if question.choices:
        described["enum"] = list(question.choices)
    elif question.pattern is not None:
        described["pattern"] = f"^(?:{question.pattern}){_END}"
    return described


def _possible(catalogue: Catalogue) -> list[Rule]:
    return [rule for rule in RULES if rule.is_possible(catalogue)]


def _told(rule: Rule) -> str:
    refused, needed = "|".join(rule.refused), "|".join(rule.needed)
    return f"{rule.question}={refused} needs {rule.other}={needed}"


def _forbidden(rule: Rule) -> dict[str, Any]:
    broken = {
        "properties": {
            rule.question: {"enum": list(rule.refused)},
            rule.other: {"not": {"enum": list(rule.needed)}},
        },
        "required": [rule.question, rule.other],
    }
    return {"not": broken}

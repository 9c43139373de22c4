"""What can be asked, as a table and as a schema that judges answers as weforge does."""

import re

from tests.command import Weforge
from tests.conftest import ROOT
from weforge.catalogue import read_catalogue
from weforge.options import schema
from weforge.presets import presets


def test_the_table_names_every_question_and_choice(weforge: Weforge) -> None:
    words = set(weforge("options").output.replace("|", " ").split())

    for question in read_catalogue(ROOT).questions:
        assert {question.id, *question.choices} <= words


def test_the_schema_knows_every_question_with_choices_and_default(weforge: Weforge) -> None:
    document = weforge("options", "--json").document

    for question in read_catalogue(ROOT).questions:
        described = document["properties"][question.id]
        assert tuple(described.get("enum", ())) == question.choices
        assert described["default"] in (question.choices or (described["default"],))
    assert document["additionalProperties"] is False


def test_the_patterns_of_the_schema_refuse_a_line_break() -> None:
    properties = schema(read_catalogue(ROOT), "en")["properties"]

    assert re.search(properties["project_name"]["pattern"], "shop")
    assert not re.search(properties["project_name"]["pattern"], "shop\n")
    assert not re.search(properties["project_name"]["pattern"], "s")


def test_the_default_of_every_text_fulfils_its_own_pattern() -> None:
    for language in ("en", "zh"):
        for described in schema(read_catalogue(ROOT), language)["properties"].values():
            if "pattern" in described and described["default"]:
                assert re.search(described["pattern"], described["default"])


def test_quickstart_takes_all_defaults() -> None:
    assert presets(read_catalogue(ROOT))["quickstart"] == {}

"""Which answers do not go together; the pairs are written down a second time here, one by one."""

import itertools

import pytest

from weforge.compatibility import RULES, broken_rule

DATABASES = ("sqlite", "postgresql", "mysql")
DEPLOYS = ("compose", "kubernetes", "helm", "cloudrun", "function_compute", "no_deploy")
ROLLOUTS = ("rolling", "canary", "blue_green")
MESHES = ("no_mesh", "istio")

REFUSED_PAIRS = {
    *(("sqlite", deploy) for deploy in ("kubernetes", "helm", "cloudrun", "function_compute")),
    *(
        (cluster, deploy)
        for cluster in ("canary", "blue_green", "istio")
        for deploy in ("compose", "cloudrun", "function_compute", "no_deploy")
    ),
}


def test_rules_and_pairs_agree_on_every_combination() -> None:
    for choice in itertools.product(DATABASES, DEPLOYS, ROLLOUTS, MESHES):
        answers = dict(zip(("database", "deploy", "rollout", "mesh"), choice, strict=True))
        is_refused = any({*pair} <= {*choice} for pair in REFUSED_PAIRS)

        assert (broken_rule(answers) is not None) == is_refused, choice


def test_what_has_no_answer_breaks_no_rule() -> None:
    assert broken_rule({"database": "sqlite"}) is None
    assert broken_rule({}) is None


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.question)
def test_every_rule_says_why_in_both_languages(rule: object) -> None:
    assert set(rule.because) == {"en", "zh"}  # type: ignore[attr-defined]

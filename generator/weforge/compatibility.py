"""Which answers do not go together, and why.

`copier.yml` says the same in its validators as soon as the choices exist, so that plain
`copier copy` refuses too.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from .catalogue import Catalogue


@dataclass(frozen=True, slots=True)
class Rule:
    """The refused choices of one question, unless another question has one of these answers."""

    question: str
    refused: tuple[str, ...]
    other: str
    needed: tuple[str, ...]
    because: Mapping[str, str]

    def breaks(self, answers: Mapping[str, str]) -> bool:
        return answers.get(self.question) in self.refused and not (
            self.other not in answers or answers[self.other] in self.needed
        )

    def is_possible(self, catalogue: Catalogue) -> bool:
        """Whether the template offers a combination that this rule refuses."""
        choices = {question.id: set(question.choices) for question in catalogue.questions}
        offered = choices.get(self.question, set()), choices.get(self.other, set())
        return bool(offered[0] & {*self.refused} and offered[1] - {*self.needed})


_NEEDS_CLUSTER: Final = {
    "en": "only `kubernetes` and `helm` have a cluster to do it",
    "zh": "只有 `kubernetes` 与 `helm` 才有集群可用",
}

RULES: Final = (
    Rule(
        "database",
        ("sqlite",),
        "deploy",
        ("compose", "no_deploy"),
        {
            "en": "several replicas, or no lasting disk, cannot share the file of `sqlite`",
            "zh": "多个副本或无持久磁盘的环境无法共用 `sqlite` 的文件",
        },
    ),
    Rule("rollout", ("canary", "blue_green"), "deploy", ("kubernetes", "helm"), _NEEDS_CLUSTER),
    Rule("mesh", ("istio",), "deploy", ("kubernetes", "helm"), _NEEDS_CLUSTER),
)


def broken_rule(answers: Mapping[str, str]) -> Rule | None:
    """The first rule that these answers break; what has no answer breaks nothing."""
    return next((rule for rule in RULES if rule.breaks(answers)), None)

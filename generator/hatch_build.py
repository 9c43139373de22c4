"""Puts the template into wheel and sdist as one archive, with the tag that it was built from."""

import importlib.util
import json
import shutil
import sys
import tempfile
from pathlib import Path
from types import ModuleType
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class TemplateHook(BuildHookInterface[Any]):
    """An editable install has the checkout itself, and needs no archive."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        root = Path(self.root)
        if version == "editable" or not (root / "copier.yml").is_file():
            return  # the second case: a wheel made from an sdist, which holds the archive already
        archive = _archive_module(root)
        made = self._made = Path(tempfile.mkdtemp(prefix="weforge-build-"))
        archive.pack(root, made / archive.ARCHIVE)
        tag = archive.exact_tag(root, self.metadata.version)
        (made / archive.BUILT_FROM).write_text(json.dumps({"tag": tag}), encoding="utf-8")
        package = "weforge" if self.target_name == "wheel" else "generator/weforge"
        for name in (archive.ARCHIVE, archive.BUILT_FROM):
            build_data["force_include"][str(made / name)] = f"{package}/{name}"

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:
        shutil.rmtree(getattr(self, "_made", ""), ignore_errors=True)


def _archive_module(root: Path) -> ModuleType:
    """`weforge.archive`, read from the checkout: weforge itself is not installed yet."""
    path = root / "generator" / "weforge" / "archive.py"
    spec = importlib.util.spec_from_file_location("weforge_archive", path)
    if spec is None or spec.loader is None:
        raise ImportError(f"cannot read {path}")
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module

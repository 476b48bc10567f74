"""Identity rules as YAML: ``types:``, strongest first, ``most_identifiers:`` and ``least_confidence:``."""

from __future__ import annotations

from pathlib import Path

import yaml

from tidewheel.core.errors import BadInput
from tidewheel.core.identity_rules import IdentityRules, parse_rules
from tidewheel.core.text import Text


def read_rules(file: Path) -> IdentityRules:
    """Return the rules in a file; raises BadInput when it cannot be read or has a mistake."""
    try:
        raw = yaml.safe_load(file.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        why = " ".join(str(error).split())
        raise BadInput(
            "bad_identity_file",
            Text("{file} cannot be read: {why}.", "{file} 无法读取：{why}。"),
            field=str(file),
            expected="types:\n- type: user\n  most: 1",
            file=file.name,
            why=why,
        ) from error
    return parse_rules({} if raw is None else raw, file.name)


def write_rules(rules: IdentityRules) -> str:
    """Return rules as YAML; what has its default is left out, but for the order of the types."""
    plain = rules.model_dump(mode="json", exclude_defaults=True)
    plain["types"] = [one.model_dump(mode="json", exclude_defaults=True) for one in rules.types]
    return yaml.safe_dump(plain, allow_unicode=True, sort_keys=False, width=110)

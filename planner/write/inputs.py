"""What a run was made from, kept beside it: the tables as planned with, and the resolved policy.

``inputs/`` is a project folder of its own: ``planner plan RUN/inputs`` plans the same again.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd
from pydantic import BaseModel
from ruamel.yaml import YAML

from models.amount import Amount
from models.org import Org
from models.policy import Policy
from planner.document import Lines
from planner.write.files import sha256, write_json, write_parquet
from planner.write.places import PLACES_FILE, write_places

PROJECT_FILE = "planner.yaml"
GIVEN_FILE = "given.json"
INPUT_FILES = frozenset(
    {PROJECT_FILE, GIVEN_FILE, PLACES_FILE}
    | {f"{name}.parquet" for name in ("customers", "reps", "pairs", "regions", "wishes", "proposal")}
)
"""All that may lie in ``inputs/``."""


def write_inputs(org: Org, policy: Policy, folder: Path, lines: Lines | None = None) -> dict[str, str]:
    """Write the inputs of a run into ``folder`` and return the SHA-256 of each file.

    ``lines`` tell where the policy stands in the user's project file.
    """
    folder.mkdir()
    tables: dict[str, Any] = {}
    for name, table in snapshot_tables(org).items():
        write_parquet(table, folder / f"{name}.parquet")
        source = {"file": f"{name}.parquet", **marks_document(org, name)}
        if name == "pairs" and org.pairs_only:
            source["only"] = True
        tables[name] = source if len(source) > 1 else source["file"]
    document = {
        "version": 1,
        "period": {"start": org.period.start, "end": org.period.end},
        "tables": tables,
        "policy": policy_document(policy),
    }
    yaml = YAML()
    yaml.default_flow_style = False
    yaml.allow_unicode = True
    yaml.width = 110
    with (folder / PROJECT_FILE).open("w", encoding="utf-8") as file:
        yaml.dump(document, file)
    write_json({table: sorted(columns) for table, columns in org.given.items()}, folder / GIVEN_FILE)
    write_places(org, lines, folder)
    return {path.name: sha256(path) for path in sorted(folder.iterdir())}


def marks_document(org: Org, table: str) -> dict[str, Any]:
    """Return who may see the columns of a table, as a project file says it; nothing where everybody may."""
    marked = {column: jobs for (of, column), jobs in org.readers.items() if of == table}
    visible = {column: sorted(jobs) for column, jobs in sorted(marked.items()) if jobs}
    confidential = sorted(column for column, jobs in marked.items() if not jobs)
    said: dict[str, Any] = {"visible_to": visible, "confidential": confidential}
    return {key: value for key, value in said.items() if value}


def snapshot_tables(org: Org) -> dict[str, pd.DataFrame]:
    """Return the tables of an org by name."""
    return org.tables


def read_given(folder: Path) -> Mapping[str, frozenset[str]]:
    """Return which columns the sources really had, as :func:`write_inputs` wrote them."""
    document = json.loads((folder / GIVEN_FILE).read_text(encoding="utf-8"))
    return {table: frozenset(columns) for table, columns in document.items()}


def policy_document(policy: Policy) -> dict[str, Any]:
    """Return a policy as the plain data that :meth:`Policy.model_validate` reads back to an equal policy.

    Examples
    --------
    >>> policy = Policy.model_validate({"capacity": [{"measure": "customers", "max": "7%"}]})
    >>> policy_document(policy)["capacity"]
    [{'measure': 'customers', 'max': '7%'}]
    """
    document = _plain(policy)
    assert isinstance(document, dict)
    return document


def _plain(value: object) -> object:
    if isinstance(value, BaseModel):
        fields = {name: getattr(value, name) for name in type(value).model_fields}
        return {
            name: _plain(field)
            for name, field in fields.items()
            if field is not None and field != type(value).model_fields[name].get_default(call_default_factory=True)
        }
    if isinstance(value, Amount):
        return _amount(value)
    if isinstance(value, Mapping):
        return {key: _plain(one) for key, one in value.items()}
    return [_plain(one) for one in value] if isinstance(value, tuple) else value


def _amount(value: Amount) -> object:
    if value.by_label is not None:
        return {label: _amount(one) for label, one in value.by_label.items()}
    if value.percent is not None:
        return _percent(value.percent)
    return value.number if value.number is not None else value.expression


def _percent(fraction: float) -> str:
    """Return the shortest percentage that is read back as exactly ``fraction``."""
    for digits in range(18):
        text = f"{fraction * 100:.{digits}f}"
        if float(text) / 100 == fraction:
            return f"{text}%"
    return f"{fraction * 100!r}%"

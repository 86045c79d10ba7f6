"""Whom a report is for: a manager, a rep or everybody, in a job, and what they may see of a run."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Literal, get_args

import numpy as np
import pandas as pd

from models.findings import Finding, InputRefused, Place, did_you_mean
from models.formulation.regions import region_map
from models.names import NOBODY, customer_names, rep_names
from models.org import BoolArray, Org
from models.policy import Policy
from planner.known_ids import UNKNOWN, Known
from planner.language import Language
from planner.read.readers import Job, Readers, stricter
from planner.report.readership.derived import with_what_follows
from planner.report.readership.naming import folder_name
from planner.report.readership.scope import Scope, called
from planner.report.readership.todays_marks import todays_readers
from planner.run_folder import RunFolder

JOBS: tuple[Job, ...] = get_args(Job)
MANAGER, REP = "manager", "rep"
_FORM = "manager:ID or rep:ID"
_BY_PERSON = "--for"
_BY_JOB = "--job"


@dataclass(frozen=True)
class Audience:
    """Who reads a report.

    Attributes
    ----------
    person : str or None
        As typed: ``manager:M1``, ``rep:R07``; None: nobody in particular.
    job : str or None
        ``sales``, ``service`` or ``leadership``; None: what the person's role says, ``leadership`` without a person.
    """

    person: str | None = None
    job: Literal["sales", "service", "leadership"] | None = None


def scope_for(run: RunFolder, audience: Audience, say: Language) -> Scope:
    """Return what an audience may see of a run: whose customers, and which columns.

    Raises
    ------
    InputRefused
        When nobody is called so, there is no such job, or what columns are kept from cannot be read.
    """
    wrong: list[Finding] = []
    person = _person(run.org, audience.person, wrong)
    if audience.job is not None and audience.job not in JOBS:
        wrong.append(
            Finding(
                "TP547",
                "There is no such job",
                Place(file=_BY_JOB),
                found=repr(audience.job),
                expected=" or ".join(JOBS),
                hint=did_you_mean(audience.job, JOBS),
            )
        )
    readers = stricter(run.org.readers, todays_readers(run.folder, wrong))
    if wrong:
        raise InputRefused(wrong)
    return _scope(run.org, run.policy, person, audience.job, readers, say)


@dataclass(frozen=True)
class _Person:
    """Somebody of the org, with the reps whose books they may see."""

    kind: str
    id: str
    name: str
    reps: BoolArray
    others: bool
    """Whether there are ids of that kind that differ from it in capitals only."""


def _scope(
    org: Org, policy: Policy, person: _Person | None, stated: Job | None, readers: Readers, say: Language
) -> Scope:
    job = stated or _job(org, person)
    hidden = frozenset(column for column, jobs in readers.items() if job not in jobs)
    scope = Scope("", np.ones(org.n_reps, dtype=bool), hidden, folder=folder_name(None, stated))
    if person is not None:
        folder = folder_name(f"{person.kind}:{person.id}", stated, others=person.others)
        scope = replace(scope, folder=folder)
        scope = replace(scope, reps=person.reps, labels=_labels(org, person.reps), outside=_outside(org, person))
    return with_what_follows(replace(scope, label=_label(person, job, scope, say)), org, policy)


def _label(person: _Person | None, job: Job, scope: Scope, say: Language) -> str:
    if person is None:
        return say("All reps, without what {job} may not see", job=say(job)) if scope.hidden else ""
    name = person.id if person.name == person.id else f"{person.name} ({person.id})"
    if person.kind == MANAGER:
        whole, cut = "The team of {name}", "The team of {name}, without what {job} may not see"
    else:
        whole, cut = "The book of {name}", "The book of {name}, without what {job} may not see"
    return say(cut, name=name, job=say(job)) if scope.hidden else say(whole, name=name)


# ---- the person ------------------------------------------------------------------------------------------------


def _person(org: Org, typed: str | None, wrong: list[Finding]) -> _Person | None:
    if typed is None:
        return None
    kind, colon, word = (part.strip() for part in typed.partition(":"))
    kind = kind.lower()
    if not colon or kind not in (MANAGER, REP) or not word:
        wrong.append(_nobody(org, typed, kind, word))
        return None
    managers = managers_of(org)
    known = Known.reps(org) if kind == REP else managers
    at = known.position(word)
    if at == UNKNOWN:
        other = managers if kind == REP else Known.reps(org)
        elsewhere = other.position(word) != UNKNOWN
        wrong.append(
            Finding(
                "TP546",
                "There is no such rep in the run" if kind == REP else "Nobody in the run has such a manager",
                Place(file=_BY_PERSON),
                found=repr(word),
                hint=f"Try {MANAGER if kind == REP else REP}:{word}" if elsewhere else _hint(known, word),
            )
        )
        return None
    one = str(known.ids[at])
    named = org.rep_positions.get(one)
    name = one if named is None else str(rep_names(org, np.array([named]))[0])
    reps = np.zeros(org.n_reps, dtype=bool)
    if kind == REP:
        reps[at] = True
    else:
        reps = team_of(org, one)
    others = sum(str(each).casefold() == one.casefold() for each in known.ids) > 1
    return _Person(kind, one, name, reps, others)


def _hint(known: Known, word: str) -> str:
    return known.hint(word) if len(known.ids) else "Try --for rep:ID: no rep of the run has a manager"


def _nobody(org: Org, typed: str, kind: str, word: str) -> Finding:
    """Say what is meant by a person who is not written as one."""
    bare = word or kind
    of = [
        f"{name}:{bare}"
        for name, known in ((MANAGER, managers_of(org)), (REP, Known.reps(org)))
        if bare and known.position(bare) != UNKNOWN
    ]
    return Finding(
        "TP546",
        "This is nobody for whom a report can be",
        Place(file=_BY_PERSON),
        found=repr(typed),
        expected=_FORM,
        hint="Try " + " or ".join(of) if of else None,
    )


def managers_of(org: Org) -> Known:
    """Return the ids of those whom reps have as their manager, and the names of those who are reps themselves."""
    ids = pd.unique(np.array(list(_managers(org).values()), dtype=object))
    at = [org.rep_positions.get(one) for one in ids]
    names = [None if one is None else rep_names(org, np.array([one]))[0] for one in at]
    return Known(np.array(ids, dtype=object), np.array(names, dtype=object))


def _managers(org: Org) -> Mapping[int, str]:
    """Return the manager of each rep who has one, by the rep's position."""
    if "manager_id" not in org.reps:
        return {}
    cells = enumerate(org.reps["manager_id"].tolist())
    return {at: cell for at, cell in cells if isinstance(cell, str) and cell.strip()}


def team_of(org: Org, manager: str) -> BoolArray:
    """Return the reps below a manager, those of managers below included, and the manager where that is a rep."""
    below: dict[str, list[int]] = {}
    for at, of in _managers(org).items():
        below.setdefault(of, []).append(at)
    reps = np.zeros(org.n_reps, dtype=bool)
    if manager in org.rep_positions:
        reps[org.rep_positions[manager]] = True
    open_, seen = [manager], {manager}
    while open_:
        for at in below.get(open_.pop(), ()):
            reps[at] = True
            rep = str(org.rep_ids[at])
            if rep not in seen:
                seen.add(rep)
                open_.append(rep)
    return reps


def _job(org: Org, person: _Person | None) -> Job:
    """Return the job that the roles of a person's reps say; of a manager, not the own role but those of the others."""
    if person is None:
        return "leadership"
    reps = person.reps.copy()
    own = org.rep_positions.get(person.id)
    if person.kind == MANAGER and own is not None and reps.sum() > 1:
        reps[own] = False
    roles = org.reps["role"].to_numpy(dtype=object)[reps].tolist() if "role" in org.reps else []
    found = {role.strip().lower() if isinstance(role, str) else None for role in roles}
    return next((job for job in JOBS if found == {job}), "sales")


# ---- what else may be seen -------------------------------------------------------------------------------------


def _labels(org: Org, reps: BoolArray) -> frozenset[str]:
    """Return the reps, teams and regions that are wholly the reader's, by names that nobody else has."""
    mine, others = ({str(one) for one in org.rep_ids[some]} for some in (reps, ~reps))
    teams = org.reps["team"].to_numpy(dtype=object) if "team" in org.reps else np.full(org.n_reps, None, dtype=object)
    for at, team in enumerate(teams.tolist()):
        if isinstance(team, str) and team.strip():
            (mine if reps[at] else others).add(team)
    regions = region_map(org)
    owner = _owned_by(org, reps)
    for at, name in enumerate(regions.names.tolist()):
        inside = regions.of_customers_in(at)
        (mine if inside.any() and owner[inside].all() else others).add(str(name))
    return frozenset(mine - others)


def _owned_by(org: Org, reps: BoolArray) -> BoolArray:
    """Tell which customers have owners in every role for which the table has some, all among ``reps``."""
    known = frozenset(org.rep_ids[reps])
    columns = [name for name in org.customers.columns if name == "owner_id" or str(name).startswith("owner_id_")]
    owned = np.zeros(org.n_customers, dtype=bool)
    for number, column in enumerate(one for one in columns if org.has("customers", str(one))):
        mine = org.customers[column].isin(known).to_numpy()
        owned = mine if number == 0 else owned & mine
    return owned


def _outside(org: Org, person: _Person) -> frozenset[str]:
    """Return the ids and names that a line of the policy may not say: of customers, and of reps out of sight."""
    everybody = np.arange(org.n_customers)
    texts = [
        *called(org, ~person.reps),
        *org.customer_ids,
        *customer_names(org, everybody),
        *_other_managers(org, person),
    ]
    own = {str(one).strip().lower() for one in called(org, person.reps)}
    return frozenset(text.strip().lower() for text in texts if isinstance(text, str)) - own - {"", NOBODY}


def _other_managers(org: Org, person: _Person) -> Iterator[str]:
    managers = _managers(org)
    own = {person.id, *(of for at, of in managers.items() if person.reps[at])}
    yield from (of for of in managers.values() if of not in own)

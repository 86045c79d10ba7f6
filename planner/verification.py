"""Verification: is a finished run what it says, judged again from its own inputs by code no engine shares."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from models.check import Judge
from models.check.bound import bound_by
from models.check.multipliers import CertificateRefused
from models.check.reported import count_reported
from models.names import first_of
from models.org import FloatArray
from models.plan import Judgement, Violation
from planner.contradictions import of_the_counts, of_the_plan, of_the_rows, same
from planner.hand_edits import HandEdits, hand_edits
from planner.record import NotPlanned, Planned
from planner.run_folder import RunFolder, open_run, read_assignment
from planner.write.certificate import read_certificate
from planner.write.files import sha256, write_json
from planner.write.folder import INPUTS
from planner.write.run import ASSIGNMENTS, CERTIFICATE, MOVES, VERIFIED

MOST_EDITS = 10


@dataclass(frozen=True)
class Verification:
    """What was found when a run was judged again.

    Attributes
    ----------
    differences : tuple of str
        Where the record says something else than the assignments and the inputs.
    violations : tuple of Violation
        Hard rules that the assignments break.
    notes : tuple of str
        What is worth knowing and no fault.
    judgement : Judgement or None
        None for a run without a plan.
    price_bound : float or None
        What the multipliers of the certificate prove, points; None where nothing is stated or nothing can be proven.
    edited : bool
        True when the assignments are not the file the run wrote.
    edits : tuple of str
        Customers with another owner than the run gave, as far as that can be told.
    """

    run: RunFolder
    differences: tuple[str, ...]
    violations: tuple[Violation, ...]
    notes: tuple[str, ...]
    judgement: Judgement | None
    price_bound: float | None = None
    edited: bool = False
    edits: tuple[str, ...] = ()

    @property
    def passed(self) -> bool:
        """True when the run is what it says."""
        return not self.differences and not self.violations


def verify_run(folder: Path) -> Verification:
    """Judge a run again from its own inputs.

    Raises
    ------
    InputRefused
        When its files cannot be read.
    """
    run = open_run(folder)
    differences = [*_changed(run.folder / INPUTS, run.record.inputs, f"{INPUTS}/")]
    if isinstance(run.record, NotPlanned):
        return Verification(
            run, tuple(differences), (), (f"The run has no plan to judge: it is {run.record.status}.",), None
        )
    file = read_assignment(run)
    with Judge(run.org, run.policy) as judge:
        judgement = judge.of(file.assignment)
        reported = count_reported(judge, file.assignment, judgement)
        proof = _proof(run.folder, run.record, judge, judgement)
    notes = [
        f"{name} was changed after the run; its rows were judged as they are now."
        if name == ASSIGNMENTS
        else f"{name} was changed after the run; it is not judged."
        for name, digest in run.record.files.items()
        if _digest(run.folder / name) != digest and name != CERTIFICATE
    ]
    edited = _digest(run.folder / ASSIGNMENTS) != run.record.files.get(ASSIGNMENTS)
    by_hand = HandEdits(np.zeros(judgement.moved.shape, dtype=bool), ())
    if edited and run.record.status != "evaluated" and _untouched(run.folder, run.record, MOVES):
        by_hand = hand_edits(run, judge.holdings.owners, file.assignment)
    edits = by_hand.told
    if edits:
        notes.append(f"Other owners than the run gave: {first_of(edits, MOST_EDITS)}.")
    expected = run.record.status == "evaluated"
    violations = (*file.wrong, *(() if expected else judgement.violations))
    contradicted = [*of_the_plan(run.record, judgement)]
    if not (edited and contradicted):
        # where an edit has changed the plan, other sums are other too, and to tell them says nothing new
        contradicted += of_the_counts(run.record, reported)
    differences += [*contradicted, *of_the_rows(run, file, judgement, by_hand.rows), *proof.differences]
    return Verification(run, tuple(differences), violations, tuple(notes), judgement, proof.bound, edited, edits)


@dataclass(frozen=True)
class _Proof:
    """What the certificate proves (None: nothing), and what is wrong with it or with what the record says of it."""

    bound: float | None
    differences: tuple[str, ...]


def _proof(folder: Path, record: Planned, judge: Judge, judgement: Judgement) -> _Proof:
    """Recompute the price bound that the record states; an evaluated plan claims none."""
    if record.status == "evaluated":
        return _Proof(None, ())
    differences = [*_stage_faults(record, judge, judgement)]
    stated, path = record.price_bound, folder / CERTIFICATE
    if stated is None:
        if record.bound_by == "prices":
            differences.append("the bound is said to be by prices, and no price bound is stated")
        return _Proof(None, tuple(differences))
    if not path.is_file():
        return _Proof(None, (*differences, f"{CERTIFICATE} is missing: nothing proves the price bound {stated:,.6g}"))
    if record.files.get(CERTIFICATE) != sha256(path):
        differences.append(f"{CERTIFICATE} is not the file the run wrote")
    try:
        multipliers = {name: _single(name, values) for name, values in read_certificate(path).items()}
        found = bound_by(judge, multipliers, [stage.cap for stage in record.stages])
    except (OSError, ValueError) as error:
        return _Proof(None, (*differences, f"{CERTIFICATE} cannot be read: {error}"))
    except CertificateRefused as refused:
        return _Proof(None, (*differences, f"{CERTIFICATE} proves nothing: {refused}"))
    # what is proven of all plans may be a hair above the best of them, by rounding
    proven = min(found, record.objective)
    if not same(proven, stated):
        apart = f"{abs(stated - proven):,.6g} {'more' if stated > proven else 'less'}"
        differences.append(
            f"the multipliers in {CERTIFICATE} prove {proven:,.6g} points, the record says {stated:,.6g}: {apart}"
        )
    if record.bound_by == "prices" and record.bound is not None and not same(proven, record.bound):
        differences.append(f"prices prove the bound {proven:,.6g}, the record says {record.bound:,.6g}")
    return _Proof(proven, tuple(differences))


def _single(name: str, values: FloatArray) -> float:
    if len(values) != 1:
        raise ValueError(f"it holds {len(values):,} numbers for {name}")
    return float(values[0])


def _stage_faults(record: Planned, judge: Judge, judgement: Judgement) -> Iterator[str]:
    """Yield where what stages leave to later ones is not their value and slack, or the plan does not keep to it."""
    stages = judge.policy.stages
    if len(stages) > 1 and len(record.stages) != len(stages):
        yield f"the policy has {len(stages)} stages, the record {len(record.stages)}"
        return
    for number, (said, stage) in enumerate(zip(record.stages[:-1], stages[:-1], strict=False), start=1):
        if said.value is None or said.cap is None:
            yield f"the record does not say what stage {number} leaves to later ones"
            continue
        cap = stage.cap(said.value)
        if not same(cap, said.cap):
            yield f"stage {number} leaves {cap:,.6g} points to later ones, the record says {said.cap:,.6g}"
        found = judgement.stage_values[number - 1]
        if found > said.cap and not same(found, said.cap):
            yield f"stage {number} is worth {found:,.6g} points, more than the {said.cap:,.6g} it may be"


def remember(verification: Verification) -> None:
    """Leave a mark in the run folder that says how the verification of these very files ended."""
    folder = verification.run.folder
    mark = {"passed": verification.passed, "assignments": _digest(folder / ASSIGNMENTS)}
    try:
        write_json(mark, folder / VERIFIED)
    except PermissionError:
        return


def verified(folder: Path) -> bool | None:
    """Return how the last verification of the files as they are now ended; None when there was none."""
    try:
        mark = json.loads((folder / VERIFIED).read_text(encoding="utf-8"))
        return bool(mark["passed"]) if mark["assignments"] == _digest(folder / ASSIGNMENTS) else None
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _untouched(folder: Path, record: Planned, name: str) -> bool:
    return name in record.files and _digest(folder / name) == record.files[name]


def _changed(folder: Path, digests: dict[str, str], prefix: str) -> Iterator[str]:
    for name, digest in digests.items():
        if _digest(folder / name) != digest:
            yield f"{prefix}{name} is not the file the plan was made from"


def _digest(path: Path) -> str | None:
    return sha256(path) if path.is_file() else None

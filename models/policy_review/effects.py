"""Asks of every line whether it can have an effect on this org, and whether its amounts make sense."""

from __future__ import annotations

from models.amount import Amount
from models.expression import PAIR, REP
from models.org import LARGEST
from models.policy import CUSTOMERS, Together
from models.policy_review.names import amounts
from models.policy_review.notes import Notes, Path


def review_effects(notes: Notes) -> None:
    """Refuse the lines that cannot be honoured, and point at those that do nothing."""
    _eligibility(notes)
    _limits(notes)
    _bands(notes)
    _keep(notes)
    _disruption(notes)
    _sizes(notes, notes.policy.model_dump())


def _sizes(notes: Notes, values: object, path: Path = ()) -> None:
    """Refuse numbers with which nothing can be computed."""
    if isinstance(values, dict):
        for key, value in values.items():
            _sizes(notes, value, path if key in ("number", "percent", "by_label") else (*path, key))
    elif isinstance(values, list | tuple):
        for at, value in enumerate(values):
            _sizes(notes, value, (*path, at))
    elif isinstance(values, int | float) and not abs(values) <= LARGEST:
        expected = f"a number of at most {LARGEST:g}"
        notes.add("TP241", "The number is too large", path, found=f"{values:g}", expected=expected, hint="Try less")


def depends_on_rep(notes: Notes, measure: str) -> bool:
    """Tell whether a measure's value differs from rep to rep."""
    expression = notes.read.get(("measures", measure, "value"))
    return expression is not None and (expression.uses(PAIR) or expression.uses(REP))


def _eligibility(notes: Notes) -> None:
    org, eligibility = notes.org, notes.policy.eligibility
    if eligibility.region != "any":
        path: Path = ("eligibility", "region")
        why = f"'region: {eligibility.region}'"
        notes.need(path, "customers", "region", why=why)
        notes.need(path, "reps", "regions", why=why)
        if eligibility.region == "neighbour":
            notes.need(path, "regions", "neighbours", why=why)
    if eligibility.skills != "ignored":
        path = ("eligibility", "skills")
        notes.need(path, "customers", "required_skills", why=f"'skills: {eligibility.skills}'")
        notes.need(path, "reps", "skills", why=f"'skills: {eligibility.skills}'")
    if eligibility.nearest is not None and not can_measure_distance(notes):
        notes.add(
            "TP240",
            "'nearest' needs to know how far it is",
            ("eligibility", "nearest"),
            found="neither drive_minutes in the pairs nor lat and lon of customers and reps",
            hint="Try to add lat and lon to both tables, or to leave the line out",
        )
    if org.pairs_only and org.pairs is None:
        notes.add("TP240", "'only: true' needs a table of pairs", ("eligibility",), hint="Try 'only: false'")
    for at, rule in enumerate(eligibility.rules):
        if rule.prefer is not None:
            _points(notes, ("eligibility", "rules", at, "penalty"), "A preference without a penalty")


def can_measure_distance(notes: Notes) -> bool:
    """Tell whether the org knows how far customers are from reps."""
    coordinates = all(notes.has(table, name) for table in ("customers", "reps") for name in ("lat", "lon"))
    return coordinates or notes.has("pairs", "drive_minutes")


def _points(notes: Notes, path: Path, without: str) -> None:
    """Judge points that are written as a plain number."""
    expression = notes.read.get(path)
    if expression is None or expression.columns:
        return
    points = notes.expressions.constant(expression.text)
    if not isinstance(points, float) or points < 0:
        notes.add("TP241", "Points are at least 0", path, found=expression.text, hint="Try a positive number")
    elif points == 0:
        notes.warn("TP242", f"{without} has no effect", path, hint="Try a penalty above 0, or leave the line out")


def _limits(notes: Notes) -> None:
    for path, amount, per, measure in amounts(notes):
        title = "Percentages need a total, and a measure that differs from rep to rep has none"
        if _percentages(amount) and depends_on_rep(notes, measure):
            notes.add("TP241", title, path, found=f"{amount} of {measure}", hint="Try a number in the measure's unit")
        for label, one in (amount.by_label or {}).items():
            if one.expression is not None or one.by_label is not None:
                notes.add(
                    "TP241",
                    "A limit of one label is a number or a percentage",
                    path,
                    found=f"{label}: {one}",
                    hint="Try a number such as 400, or 40%",
                )
        if _lowest(amount) < 0:
            notes.add("TP241", "A limit is at least 0", path, found=str(amount), hint="Try a limit of at least 0")
        _labelled(notes, path[:-1], per)
    for at, line in enumerate(notes.policy.capacity):
        least, most = line.min, line.max
        for kind in ("number", "percent"):
            low, high = getattr(least, kind, None), getattr(most, kind, None)
            if low is not None and high is not None and low > high:
                notes.add(
                    "TP241",
                    "The minimum is above the maximum",
                    ("capacity", at),
                    found=f"min {least}, max {most}",
                    hint="Try to exchange them",
                )


def _labelled(notes: Notes, path: Path, per: str | None) -> None:
    """Refuse a line per team or region where there are none."""
    if per == "team":
        notes.need(path, "reps", "team", why="A line per team")
    elif per == "region":
        notes.need(path, "customers", "region", why="A line per region")


def _percentages(amount: Amount) -> bool:
    return amount.percent is not None or any(map(_percentages, (amount.by_label or {}).values()))


def _lowest(amount: Amount) -> float:
    own = [one for one in (amount.number, amount.percent) if one is not None]
    return min([*own, *map(_lowest, (amount.by_label or {}).values())], default=0.0)


def _bands(notes: Notes) -> None:
    for at, line in enumerate(notes.policy.balance):
        path: Path = ("balance", at, "target")
        target = line.target
        if target.percent is not None or target.by_label is not None:
            notes.add(
                "TP241",
                "A target is equal, by share, an expression over the reps, or a number",
                path,
                found=str(target),
                hint="Try 'target: equal' or 'target: rep.share'",
            )
        elif target.number is not None:
            if target.number <= 0:
                notes.add(
                    "TP241", "A target of 0 or less has no band", path, found=str(target), hint="Try a number > 0"
                )
            if line.within is not None:
                notes.add(
                    "TP241",
                    "'within' shares a total out; a target that is a number leaves nothing to share",
                    ("balance", at, "within"),
                    hint="Try 'target: equal', or leave 'within' out",
                )
        elif depends_on_rep(notes, line.measure):
            notes.add(
                "TP241",
                "A measure that differs from rep to rep has no total to share out",
                path,
                found=f"{target} of {line.measure}",
                hint="Try a target in the measure's unit, such as 'target: 400'",
            )
        if line.tolerance > 1:
            notes.add(
                "TP242",
                "A band of more than 100% holds almost every book",
                ("balance", at, "tolerance"),
                found=f"{line.tolerance:g} means {100 * line.tolerance:g}%",
                hint=f"Try {line.tolerance:g}%",
                severity="warning",
            )
        if line.weight == 0:
            notes.warn("TP242", "A balance line of weight 0 has no effect", ("balance", at, "weight"))
        if line.within is not None:
            _labelled(notes, ("balance", at, "within"), line.within)
            if line.within == "region":
                notes.need(("balance", at, "within"), "reps", "regions", why="'within: region'")


def _keep(notes: Notes) -> None:
    keep = notes.policy.keep
    path: Path = ("keep", "families")
    stated = "families" in keep.model_fields_set
    if keep.families == "together" or isinstance(keep.families, Together):
        notes.need(path, "customers", "family_id", why="Keeping families together")
    elif stated and keep.families == "as_today" and not notes.has("customers", "family_id"):
        notes.warn("TP242", "'families: as_today' has no effect: the customers have no family_id", path)
    for at, group in enumerate(keep.groups):
        if group.min is not None and group.max is not None and group.min > group.max:
            notes.add(
                "TP241",
                "The minimum is above the maximum",
                ("keep", "groups", at),
                found=f"min {group.min}, max {group.max}",
                hint="Try to exchange them",
            )
        _labelled(notes, ("keep", "groups", at, "per"), group.per)
    for kind, what in (("locks", "lock"), ("holdouts", "holdout")):
        if getattr(keep, kind) and not notes.has("customers", "owner_id"):
            notes.warn("TP243", f"No {what} has an effect: no customer has an owner today", ("keep", kind))


def _disruption(notes: Notes) -> None:
    disruption = notes.policy.disruption
    for at, budget in enumerate(disruption.budgets):
        path: Path = ("disruption", "budgets", at)
        if budget.max.expression is not None:
            notes.add(
                "TP241",
                "The limit of a budget is a number, a percentage, or one per label",
                (*path, "max"),
                found=budget.max.expression,
                hint="Try 10%, or {R17: 20%, R18: 5%} with 'per: rep'",
            )
        if budget.of != CUSTOMERS and depends_on_rep(notes, budget.of):
            notes.add(
                "TP241",
                "A budget cannot count a measure that differs from rep to rep",
                (*path, "of"),
                found=budget.of,
                hint="Try a measure over customer columns only",
            )
    if disruption.budgets and not notes.has("customers", "owner_id"):
        notes.warn("TP243", "No budget has an effect: no customer has an owner today", ("disruption", "budgets"))
    if disruption.move_cost is not None:
        _points(notes, ("disruption", "move_cost"), "A move cost of 0")

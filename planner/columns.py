"""The table of columns: what every table may hold, in which form, and what stands there where a source is silent.

This is the one home of column names. Reading types and checks by it, `planner init` writes empty tables from it,
and planner.reference makes docs/columns.md of it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from models.findings import Severity

Kind = Literal["id", "text", "word", "answer", "number", "date", "flag", "list", "skills", "any"]

FORMS: dict[Kind, str] = {
    "id": "text, kept as written (`00123` stays `00123`)",
    "text": "text",
    "word": "one of the words named",
    "answer": "`yes` or `no`, in the words of a flag; blank is neither",
    "number": "a number such as `1234.5`",
    "date": "a date such as `2027-01-31`",
    "flag": "`true` or `false` (also yes/no, y/n, 1/0, 是/否, 已锁定/未锁定, 在职/离职)",
    "list": "names between semicolons: `north;east`",
    "skills": "skills with levels: `cloud:3;german` (no level = 1)",
    "any": "flag, number, date or text, whichever all its values are",
}

STATUS_AT_WORK = ("active", "leave", "on leave")
STATUS_DEPARTED = ("left", "departed", "terminated", "inactive")
STATUS_SPELLINGS: dict[str, str] = {
    **dict.fromkeys(("enabled", "employed", "在职", "启用", "已启用", "正常"), "active"),
    **dict.fromkeys(("休假", "休假中", "请假"), "leave"),
    **dict.fromkeys(
        ("former", "resigned", "deactivated", "disabled", "deleted", "离职", "已离职", "停用", "已停用"), "left"
    ),
}
"""What exports write for a status, by the word it is read as. The rest of the planner meets only that word."""


def _spellings() -> dict[str, list[str]]:
    """Return the spellings of a status by the word that each is read as."""
    words = dict.fromkeys(STATUS_SPELLINGS.values())
    return {word: [spelling for spelling, meant in STATUS_SPELLINGS.items() if meant == word] for word in words}


@dataclass(frozen=True)
class Column:
    """One column: its form, its default, and the range outside which a value is reported.

    ``default`` is what a blank cell (or a source without the column) counts as; None means unknown.
    A number is also greater than ``above``. ``outside`` is how serious a value outside ``minimum`` … ``maximum`` is. A
    ``name`` that ends in ``*`` stands for
    every column that begins so. ``percent`` says that ``50%`` is read as 0.5.
    """

    name: str
    kind: Kind
    description: str
    default: float | bool | None = None
    unit: str = ""
    minimum: float | None = None
    maximum: float | None = None
    outside: Severity = "error"
    required: bool = False
    percent: bool = False
    words: tuple[str, ...] = ()
    above: float | None = None

    def named(self, name: str) -> bool:
        """Tell whether this line describes the column ``name``."""
        if self.name.endswith("*"):
            return name.startswith(self.name[:-1]) and len(name) >= len(self.name)
        return name == self.name

    @property
    def range_text(self) -> str:
        """The range in words, empty where every value is allowed."""
        if self.above is not None:
            return f"above {self.above:g}"
        if self.minimum is not None and self.maximum is not None:
            return f"{self.minimum:g} to {self.maximum:g}"
        return f"at least {self.minimum:g}" if self.minimum is not None else ""


@dataclass(frozen=True)
class Table:
    """One table: its columns, and those it cannot be without; ``unique`` says that the first of them names a row."""

    name: str
    key: tuple[str, ...]
    description: str
    columns: tuple[Column, ...]
    unique: bool = True

    def column(self, name: str) -> Column | None:
        """Return the line that describes the column ``name``, or None for an extra column of the user's own."""
        return next((column for column in self.columns if column.named(name)), None)

    @property
    def plain(self) -> tuple[Column, ...]:
        """The columns with a fixed name, which every org has, filled with defaults where a source lacks them."""
        return tuple(column for column in self.columns if not column.name.endswith("*"))

    @property
    def names(self) -> tuple[str, ...]:
        """The fixed column names."""
        return tuple(column.name for column in self.plain)

    @property
    def money(self) -> tuple[str, ...]:
        """The columns that hold money, converted where a ``currency`` column and rates are given."""
        return tuple(column.name for column in self.plain if column.unit == MONEY)


MONEY = "money"

LATITUDE = Column("lat", "number", "latitude", unit="degrees", minimum=-90, maximum=90)
LONGITUDE = Column("lon", "number", "longitude", unit="degrees", minimum=-180, maximum=180)

CUSTOMERS = Table(
    "customers",
    ("customer_id",),
    "Who is assigned: one row per customer (account, company).",
    (
        Column("customer_id", "id", "what the customer is called everywhere else", required=True),
        Column("name", "text", "name shown to people"),
        Column("family_id", "id", "customers with one family_id may have to stay together"),
        Column("owner_id", "id", "today's rep; blank = nobody. With several roles, that of the first role"),
        Column("owner_since", "date", "day on which today's rep took over"),
        Column("owner_id_*", "id", "today's rep in the role of that name (`owner_id_service`)"),
        Column("owner_since_*", "date", "day on which today's rep in that role took over"),
        Column("region", "text", "the customer's region; blank = any rep"),
        LATITUDE,
        LONGITUDE,
        Column("industry", "text", "industry"),
        Column("segment", "any", "segment, such as strategic or mid-market"),
        Column("tier", "any", "value tier, such as A, B, C or 1, 2, 3"),
        Column("stage", "any", "stage of the customer's life cycle"),
        Column("required_skills", "skills", "skills its rep must have, with levels"),
        Column("workload_hours", "number", "work the customer takes in the period", unit="h", minimum=0),
        Column("visits", "number", "visits in the period", default=1.0, minimum=0),
        Column("potential", "number", "what could be sold", unit=MONEY, minimum=0, outside="warning"),
        Column("revenue", "number", "what is sold", unit=MONEY, minimum=0, outside="warning"),
        Column("currency", "text", "currency of the row's money; converted by the rates in planner.yaml"),
        Column("priority", "number", "how much the customer matters"),
        Column("satisfaction", "number", "how content the customer is"),
        Column("last_activity", "date", "day of the last contact"),
        Column("last_purchase", "date", "day of the last purchase"),
        Column("next_renewal", "date", "day on which the contract is renewed"),
        Column("open_opportunity", "any", "whether a deal is open (or its stage or amount)", default=False),
        Column("opportunity_stage", "text", "stage of the open deal"),
        Column("opportunity_close", "date", "day on which the open deal should close"),
        Column("locked", "flag", "the customer is to stay where it is", default=False),
        Column("lock_until", "date", "last day of the lock; blank = no end"),
        Column("lock_reason", "text", "why it is locked"),
        Column("locked_by", "text", "who locked it"),
    ),
)

REPS = Table(
    "reps",
    ("rep_id",),
    "Who is assigned to: one row per rep on the roster.",
    (
        Column("rep_id", "id", "what the rep is called everywhere else", required=True),
        Column("name", "text", "name shown to people"),
        Column("team", "text", "the rep's team"),
        Column("manager_id", "id", "the rep's manager"),
        Column("role", "text", "the role in which the rep owns customers, where the policy has several"),
        Column("regions", "list", "regions the rep covers; blank = anywhere"),
        Column("skills", "skills", "skills with levels"),
        Column("seniority", "number", "how experienced the rep is"),
        Column("performance", "number", "how well the rep does"),
        Column(
            "share",
            "number",
            "size of the rep's book relative to a full one",
            default=1.0,
            minimum=0,
            percent=True,
        ),
        Column("quota", "number", "potential that the rep's book should hold; told when plans are compared", minimum=0),
        Column("capacity_*", "number", "capacity in the measure of that name (`capacity_workload_hours`)", minimum=0),
        Column("max_*", "number", "most the rep can carry (`max_customers`)", minimum=0),
        Column("min_*", "number", "least the rep must carry (`min_customers`)", minimum=0),
        LATITUDE,
        LONGITUDE,
        Column("available_from", "date", "first day at work; blank = before the period"),
        Column("available_to", "date", "last day at work; blank = after the period"),
        Column("leave_from", "date", "first day of leave"),
        Column("leave_to", "date", "last day of leave"),
        Column("leave_from_*", "date", "first day of a further leave (`leave_from_2`)"),
        Column("leave_to_*", "date", "last day of that leave (`leave_to_2`)"),
        Column("ramp_until", "date", "until this day the rep works at `ramp` of the full capacity"),
        Column(
            "ramp",
            "number",
            "part of the full capacity before ramp_until",
            default=0.5,
            minimum=0,
            maximum=1,
            percent=True,
        ),
        Column(
            "status",
            "text",
            "blank or active; `leave`; `left` (also departed, terminated, inactive). Read so: "
            + "; ".join(f"{', '.join(spellings)} as {word}" for word, spellings in _spellings().items())
            + ". Under a header `Active`, yes is active and no is left",
            words=(*STATUS_AT_WORK, *STATUS_DEPARTED),
        ),
    ),
)

PAIRS = Table(
    "pairs",
    ("customer_id", "rep_id"),
    "Values that depend on customer and rep: one row per pair. Any further column can be used as `pair.<column>`.",
    (
        Column("customer_id", "id", "the customer", required=True),
        Column("rep_id", "id", "the rep", required=True),
        Column("drive_minutes", "number", "drive from the rep to the customer, one way", unit="min", minimum=0),
        Column("cost", "number", "what it costs that this rep serves this customer"),
        Column("fit", "number", "how well they go together"),
    ),
    unique=False,
)

REGIONS = Table(
    "regions",
    ("region",),
    "The regions there are: one row per region. Any further column can be used as `region.<column>`.",
    (
        Column("region", "id", "the region's name, as customers and reps use it", required=True),
        Column("parent", "id", "the region that contains this one"),
        Column("neighbours", "list", "regions next to it"),
    ),
)

WISHES = Table(
    "wishes",
    ("customer_id", "kind"),
    "What managers wish for, honoured as far as it pays (goal `wishes`): one row per wish.",
    (
        Column("customer_id", "id", "the customer whom the wish is about", required=True),
        Column("rep_id", "id", "the rep whom it is about; blank for `keep`"),
        Column(
            "kind",
            "word",
            "`with` (this rep), `not` (anyone but this rep), `keep` (stays with today's owner)",
            required=True,
            words=("with", "not", "keep"),
        ),
        Column("weight", "number", "what it costs not to honour the wish", default=1.0, unit="points", above=0.0),
        Column("who", "text", "who wishes it"),
        Column("role", "text", "the role it speaks of; blank = that of the rep, for `keep` every role"),
        Column("note", "text", "what else was said"),
    ),
    unique=False,
)

_ANSWERED = (
    Column("customer_id", "id", "the customer", required=True),
    Column("role", "text", "the role; blank = that of the rep, without a rep every role"),
    Column("rep_id", "id", "the rep whom the proposal gives it; blank = nobody", required=True),
    Column("accepted", "answer", "`yes` pins the customer to that rep, `no` keeps it from that rep; blank = open"),
)

PROPOSAL = Table(
    "proposal",
    ("customer_id", "rep_id"),
    "A circulated proposal and the answers to it: one row per customer and role, as `planner plan --after` makes it.",
    _ANSWERED,
    unique=False,
)

ANSWERS = Table(
    PROPOSAL.name,
    ("customer_id",),
    "What managers answered to a proposal, the file of `--accepted`: often an edited moves.csv.",
    tuple(replace(column, required=column.name == "customer_id") for column in _ANSWERED),
    unique=False,
)

TABLES: dict[str, Table] = {table.name: table for table in (CUSTOMERS, REPS, PAIRS, REGIONS, WISHES, PROPOSAL)}

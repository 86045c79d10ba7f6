"""The headline in one sentence, and the eight numbers behind it."""

from __future__ import annotations

import math

from models.policy import CUSTOMERS
from models.summary import Portion, Shift
from planner.language import begun, measure_word
from planner.proof import among, proof_of
from planner.report.blocks import Block, Fact, Facts, Section, Sentences
from planner.report.plan.brief import Brief
from planner.report.plan.certificate import certificate_in_words, certified_gap_in_words
from planner.report.plan.own_book import is_of_one_rep, own_book_in_words, own_team_in_words
from planner.report.rule_words import rule_and_why


def headline_sentence(brief: Brief) -> str:
    """Return what changes, what it brings, and what is proven, in one sentence; to some, of the own books first."""
    say = brief.say
    if not brief.scope.whole:
        told = own_book_in_words(brief) if is_of_one_rep(brief) else own_team_in_words(brief)
        own = say("{sentence}.", sentence=begun(told))
        company = say("Of the whole company: {certificate}.", certificate=_certificate(brief))
        return say("{first} {second}", first=own, second=company)
    parts = [_what_changes(brief), _what_it_brings(brief), _certificate(brief)]
    text = say("; ").join(part for part in parts if part)
    return say("{sentence}.", sentence=begun(text))


def _certificate(brief: Brief) -> str:
    """Return what is proven of the plan, and among which plans where goals have priorities."""
    say, record = brief.say, brief.record
    told, whose = certificate_in_words(record, len(record.violations), say), among(record.stages)
    if not whose or proof_of(record).kind not in ("proven", "within"):
        return told
    return say("{proven}, {whose}", proven=told, whose=say(whose))


def overview(brief: Brief) -> Section:
    """Return the eight numbers, and for whom cuts were made what concerns the own reps."""
    blocks: list[Block] = [Facts("numbers", tuple(_numbers(brief)))]
    if not brief.scope.whole:
        company = Facts("numbers", tuple(_numbers(brief)), brief.say("The whole company"))
        blocks = [Facts("own", _own(brief), brief.say("In this report")), company]
    if brief.evidence.broken:
        told = (rule_and_why(line, brief.say) for line in brief.evidence.broken)
        lines = tuple(brief.say("{rule}: {why}", rule=rule, why=why) if rule else why for rule, why in told)
        blocks.append(Sentences("broken", lines, brief.say("Rules that this plan breaks")))
    return Section("overview", brief.say("Overview"), tuple(blocks))


def _what_changes(brief: Brief) -> str:
    say, record, headline = brief.say, brief.record, brief.evidence.headline
    others = record.forced_moves + record.newly_assigned
    if not record.moved_customers:
        if not others:
            return say("nothing changes hands")
        return say.plural(
            others,
            "no customer moves by choice, {count} changes hands because it has to",
            "no customer moves by choice, {count} change hands because they have to",
        )
    share = say.percent(record.moved_share)
    if headline.worth == CUSTOMERS:
        return say.plural(
            record.moved_customers,
            "{count} customer moves by choice ({share})",
            "{count} customers move by choice ({share})",
            share=share,
        )
    return say.plural(
        record.moved_customers,
        "{count} customer moves by choice ({share}, with {worth} of {measure})",
        "{count} customers move by choice ({share}, with {worth} of {measure})",
        share=share,
        worth=say.percent(headline.revenue.share),
        measure=_measure(brief, headline.worth),
    )


def _what_it_brings(brief: Brief) -> str:
    say, (inside, banded) = brief.say, _inside(brief)
    parts = []
    reps = brief.evidence.reps
    if banded and sum(reps[name].notna().any() for name in reps if str(name).startswith("target:")) > 1:
        parts.append(
            say.plural(
                round(inside.after),
                "{count} of {all} reps is inside every band, {before} before",
                "{count} of {all} reps are inside all their bands, {before} before",
                before=say.number(inside.before),
                all=say.number(banded),
            )
        )
    elif banded:
        parts.append(
            say.plural(
                round(inside.after),
                "{count} of {all} reps is inside the band, {before} before",
                "{count} of {all} reps are inside their band, {before} before",
                before=say.number(inside.before),
                all=say.number(banded),
            )
        )
    evenness = _evenness(brief)
    if evenness is not None and evenness.after > 0:
        now = _times(brief, evenness.after)
        if math.isinf(evenness.after):
            parts.append(say("one book stays empty"))
        elif math.isinf(evenness.before):
            parts.append(say("the heaviest book is {after} times the lightest (one was empty before)", after=now))
        else:
            was = _times(brief, evenness.before)
            parts.append(say("the heaviest book is {after} times the lightest, {before} before", before=was, after=now))
    return say("; ").join(parts)


def _numbers(brief: Brief) -> list[Fact]:
    say, record, headline = brief.say, brief.record, brief.evidence.headline
    inside, banded = _inside(brief)
    facts = [
        Fact(
            say("Chosen moves"),
            f"{say.number(record.moved_customers)} · {say.percent(record.moved_share)}",
            say.plural(
                int(headline.chosen.whole),
                "of {count} customer with a present owner",
                "of {count} customers with a present owner",
            ),
        ),
        Fact(
            say("Forced, newly assigned"),
            f"{say.number(record.forced_moves)} · {say.number(record.newly_assigned)}",
            say("owner may not stay; no owner before")
            + (say("; {count} now without owner", count=say.number(record.pooled)) if record.pooled else ""),
        ),
    ]
    if headline.worth != CUSTOMERS:
        worth = begun(_measure(brief, headline.worth))
        facts.append(
            Fact(
                say("{measure} moved", measure=worth), say.percent(headline.revenue.share), _of(brief, headline.revenue)
            )
        )
    facts.append(
        Fact(
            say("Reps inside the band"),
            f"{say.number(inside.before)} → {say.number(inside.after)}" if banded else "–",
            say.plural(banded, "of {count} rep", "of {count} reps")
            if banded
            else say("no balance line")
            if brief.scope.everything
            else say("no band that may be shown"),
            look=""
            if not banded or inside.after == inside.before
            else "good"
            if inside.after > inside.before
            else "warn",
        )
    )
    evenness = _evenness(brief)
    if evenness is not None:
        facts.append(
            Fact(
                say("Heaviest ÷ lightest book"),
                f"{_times(brief, evenness.before)} → {_times(brief, evenness.after)}",
                say("{measure} per share", measure=_measure(brief, headline.evenness_of)),
            )
        )
    facts += _losses(brief)
    figure, note = certified_gap_in_words(record, say)
    whose = among(record.stages)
    if whose and proof_of(record).kind in ("proven", "within"):
        note = say("{proven}, {whose}", proven=note, whose=say(whose))
    facts.append(Fact(say("Certified gap"), figure, note))
    return facts


def _losses(brief: Brief) -> list[Fact]:
    say, headline = brief.say, brief.evidence.headline
    loss, facts, measure = headline.largest_loss, [], _measure(brief, headline.worth)
    if loss is not None or brief.scope.everything:
        besides = (
            ""
            if loss is None or not loss.forced
            else say(", and {more} by force", more=say.leading(loss.forced, loss.portion.unit, brief=True))
        )
        facts.append(
            Fact(
                say("Largest share of {measure} lost by a rep", measure=measure),
                say.percent(loss.portion.share if loss is not None else 0),
                f"{loss.name}{say(': ')}{_of(brief, loss.portion)}{besides}"
                if loss is not None
                else say("nobody gives up anything by choice"),
            )
        )
    facts.append(
        Fact(
            say("{measure} frozen", measure=begun(measure)),
            say.percent(headline.frozen.share),
            say("{portion}, by locks and holdouts", portion=_of(brief, headline.frozen)),
        )
    )
    return facts


def _own(brief: Brief) -> tuple[Fact, ...]:
    say, table, worth = brief.say, brief.evidence.reps, brief.evidence.worth
    facts = [
        Fact(say("Reps"), say.number(len(table))),
        Fact(say("Customers gained, lost"), f"{say.number(table['gained'].sum())} · {say.number(table['lost'].sum())}"),
    ]
    for measure in brief.evidence.measures:
        before, after = (float(brief.rep_values(when, measure).sum()) for when in ("before", "after"))
        facts.append(
            Fact(
                brief.heading(measure),
                brief.amount(after, measure),
                say("{before} before", before=brief.amount(before, measure)),
            )
        )
    if worth is not None:
        facts.append(
            Fact(
                say("{measure} frozen", measure=brief.heading(worth)),
                say.amount(float(table["frozen"].sum()), worth.unit),
                say("by locks and holdouts"),
            )
        )
    return tuple(facts)


def _inside(brief: Brief) -> tuple[Shift, int]:
    """Return how many reps are inside the bands that may be seen, and how many have one."""
    headline = brief.evidence.headline
    return headline.inside, headline.banded_reps


def _evenness(brief: Brief) -> Shift | None:
    headline = brief.evidence.headline
    return None if brief.evidence.measure(headline.evenness_of) is None else headline.evenness


def _times(brief: Brief, ratio: float) -> str:
    return brief.say.number(ratio, 2) if ratio < 100 else brief.say.number(ratio)


def _measure(brief: Brief, name: str) -> str:
    return measure_word(name, brief.say)


def _of(brief: Brief, portion: Portion) -> str:
    say, unit = brief.say, "" if portion.unit == CUSTOMERS else portion.unit
    return say(
        "{part} of {whole}",
        part=say.leading(portion.amount, unit, brief=True),
        whole=say.brief_amount(portion.whole, unit),
    )

"""The page's own words, in one place for whoever translates them; those of a report come translated."""

from __future__ import annotations

from planner.language import Language

IN_TEMPLATES = (
    "Skip to the content",
    "Sections",
    "How this was made",
    "Without JavaScript this page shows the first rows of each table, and what each chart shows in words.",
    "The first {count} of {all} rows.",
    "What the columns mean",
    "baseline",
    "not allowed",
    "best of those allowed",
    "{count} of {all} customers differ",
    "Best of the scenarios that break no rule.",
    "The order of the two is not certain: what is proven about them overlaps.",
    "More or less than the baseline; bold blue is better, orange worse.",
    "Grey: the plan breaks a rule and may not be chosen.",
)
IN_SCRIPT = (
    "Sort by {column}",
    "Search",
    "Search all texts",
    "All",
    "Rows per page",
    "First page",
    "Previous page",
    "Next page",
    "Last page",
    "Page {page} of {pages}",
    "{first}–{last} of {count}",
    "{first}–{last} of {count} found, {all} in all",
    "No rows match",
    "Clear search and filters",
    "Filters",
    "Filters: {count} at work",
    "More columns than fit: scroll sideways.",
    "Save as CSV",
    "Save as PNG",
    "Save as SVG",
    "Pages of {table}",
    "Total",
    "Total of those found",
    "Yes",
    "No",
    "Blank",
    "Compared with",
    "Make {scenario} the baseline",
    "baseline",
    "better than the baseline",
    "worse than the baseline",
    "as the baseline",
    "order not certain",
    "other goals, bands or units: not comparable",
    "pp",
    "Owner in {scenario}",
    "nobody",
    "not in this scenario",
    "Scenario",
    "Swap",
    "{count} of {all} customers differ",
    "This chart cannot be drawn here; what it shows is said above.",
)


def words_of(say: Language) -> dict[str, str]:
    """Return the words of the script, by the English ones."""
    return {word: say(word) for word in IN_SCRIPT}

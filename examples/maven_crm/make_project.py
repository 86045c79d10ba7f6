"""Turn the four files of the Maven CRM Sales Opportunities data into a project.

    python examples/maven_crm/make_project.py SOURCE DIR

SOURCE holds accounts.csv, products.csv, sales_pipeline.csv and sales_teams.csv (see README.md); DIR becomes the
project. Values stay spelled as the files spell them; planner.yaml says what they mean.
"""

import argparse
import csv
from collections import Counter, defaultdict
from collections.abc import Iterable
from pathlib import Path

POLICY = """\
# Maven CRM: 85 accounts of a hardware vendor, 35 sales agents in three offices, 8,800 opportunities of 2016-2017.
# Half of the agents work on deals of accounts that somebody else works more: they own no account today.
version: 1
period: {start: 2018-01-01, end: 2018-03-31}      # the quarter after the data ends

tables:
  customers:
    file: customers.csv
    values:                            # spellings that differ between the files, or are wrong in them
      main_product: {GTXPro: GTX Pro}
      industry: {technolgy: technology}
      country: {Philipines: Philippines}
  reps: reps.csv
  pairs: pairs.csv                     # what each agent has done with each account

policy:
  measures:
    revenue: {value: customer.revenue, unit: USD}          # won deals
    opportunities: {value: customer.opportunities, unit: deals}   # the work of a year

  eligibility:
    region: same                       # an account stays with the office that works it
    skills: preferred                  # the product series it buys most
    skills_penalty: 1
    rules:
      - name: somebody the account knows
        prefer: pair.won > 0           # the agent has won a deal there before
        penalty: 2
      - name: GTX Pro needs practice
        when: customer.main_product = 'GTX Pro'
        prefer: skill(rep, 'GTX') >= 3
        penalty: 1

  balance:
    - {measure: revenue, target: equal, within: region, tolerance: 30%, weight: 0.2}
    - {measure: opportunities, target: equal, within: region, tolerance: 30%, weight: 0.1}

  keep:
    families: as_today                 # subsidiaries with one agent stay together
    holdouts:
      - {name: large deal open, when: customer.open_value >= 40000}

  disruption:
    budgets:
      - {name: moved accounts, of: customers, max: 40%}
      - {name: moved revenue, of: revenue, max: 40%}
    move_cost: 1 + customer.tenure_years

  goals:
    - {goal: balance, weight: 1}
    - {goal: disruption, weight: 1}
    - {goal: misfit, weight: 1}
"""

LEVELS = (1, 20, 60)
"""Won deals of a series from which an agent has level 1, 2, 3 in it."""


def main() -> None:
    """Read the four files, write the project."""
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("source", type=Path, metavar="SOURCE", help="folder with the four CSV files")
    arguments.add_argument("folder", type=Path, metavar="DIR", help="the project to make")
    asked = arguments.parse_args()
    accounts = read(asked.source / "accounts.csv")
    agents = read(asked.source / "sales_teams.csv")
    products = {plain(row["product"]): row for row in read(asked.source / "products.csv")}
    pipeline = read(asked.source / "sales_pipeline.csv")
    deals = [deal for deal in pipeline if deal["account"]]
    asked.folder.mkdir(parents=True, exist_ok=True)
    write(asked.folder / "customers.csv", customer_rows(accounts, agents, deals, products))
    write(asked.folder / "reps.csv", rep_rows(agents, pipeline, products))
    write(asked.folder / "pairs.csv", pair_rows(deals))
    (asked.folder / "planner.yaml").write_text(POLICY, encoding="utf-8")
    print(
        f"{len(accounts)} accounts and {len(agents)} agents in {asked.folder}; "
        f"{len(pipeline) - len(deals):,} of {len(pipeline):,} opportunities name no account and were left out. "
        f"Next: planner plan {asked.folder}"
    )


def customer_rows(
    accounts: list[dict[str, str]],
    agents: list[dict[str, str]],
    deals: list[dict[str, str]],
    products: dict[str, dict[str, str]],
) -> list[dict[str, object]]:
    """One row per account: its owner is the agent who worked most of its opportunities."""
    office = {agent["sales_agent"]: agent["regional_office"] for agent in agents}
    parents = {account["subsidiary_of"] for account in accounts} - {""}
    of_account = defaultdict(list)
    for deal in deals:
        of_account[deal["account"]].append(deal)
    rows = []
    for account in accounts:
        name = account["account"]
        mine = of_account[name]
        won = [deal for deal in mine if deal["deal_stage"] == "Won"]
        still_open = [deal for deal in mine if deal["deal_stage"] in ("Prospecting", "Engaging")]
        owner = most(deal["sales_agent"] for deal in mine)
        main_product = most(deal["product"] for deal in won)
        revenue = sum(float(deal["close_value"]) for deal in won)
        open_value = sum(float(products[plain(deal["product"])]["sales_price"]) for deal in still_open)
        since = [deal["engage_date"] for deal in mine if deal["sales_agent"] == owner and deal["engage_date"]]
        rows.append(
            {
                "customer_id": name,
                "family_id": account["subsidiary_of"] or (name if name in parents else ""),
                "owner_id": owner,
                "owner_since": min(since, default=""),
                "region": office.get(owner, ""),
                "country": account["office_location"],
                "industry": account["sector"],
                "employees": account["employees"],
                "main_product": main_product,
                "required_skills": products[plain(main_product)]["series"] + ":2" if main_product else "",
                "opportunities": sum(deal["engage_date"] >= "2017-01-01" for deal in mine),
                "revenue": f"{revenue:.0f}",
                "open_value": f"{open_value:.0f}",
                "last_activity": max((deal["close_date"] or deal["engage_date"] for deal in mine), default=""),
            }
        )
    return rows


def rep_rows(
    agents: list[dict[str, str]], pipeline: list[dict[str, str]], products: dict[str, dict[str, str]]
) -> list[dict[str, object]]:
    """One row per agent: skilled in the product series whose deals the agent has won."""
    won = Counter(
        (deal["sales_agent"], products[plain(deal["product"])]["series"])
        for deal in pipeline
        if deal["deal_stage"] == "Won"
    )
    series = sorted({product["series"] for product in products.values()})
    rows = []
    for agent in agents:
        name = agent["sales_agent"]
        levels = {one: sum(won[name, one] >= enough for enough in LEVELS) for one in series}
        rows.append(
            {
                "rep_id": name,
                "team": agent["manager"],
                "manager_id": agent["manager"],
                "regions": agent["regional_office"],
                "skills": ";".join(f"{one}:{level}" for one, level in levels.items() if level),
            }
        )
    return rows


def pair_rows(deals: list[dict[str, str]]) -> list[dict[str, object]]:
    """One row per account and agent who worked on it: how many deals, how many won."""
    worked = Counter((deal["account"], deal["sales_agent"]) for deal in deals)
    won = Counter((deal["account"], deal["sales_agent"]) for deal in deals if deal["deal_stage"] == "Won")
    return [
        {"customer_id": account, "rep_id": agent, "deals": number, "won": won[account, agent]}
        for (account, agent), number in sorted(worked.items())
    ]


def most(names: Iterable[str]) -> str:
    """Return the most frequent name, the first in the alphabet where several are; blank where there is none."""
    return min(Counter(names).items(), key=lambda item: (-item[1], item[0]), default=("", 0))[0]


def plain(product: str) -> str:
    """Return a product's name without spaces: the pipeline writes GTXPro where the price list has GTX Pro."""
    return product.replace(" ", "")


def read(path: Path) -> list[dict[str, str]]:
    """Read a CSV file as rows."""
    with path.open(encoding="utf-8-sig", newline="") as source:
        return list(csv.DictReader(source))


def write(path: Path, rows: list[dict[str, object]]) -> None:
    """Write rows as a CSV file."""
    with path.open("w", encoding="utf-8", newline="") as target:
        table = csv.DictWriter(target, fieldnames=list(rows[0]), lineterminator="\n")
        table.writeheader()
        table.writerows(rows)


if __name__ == "__main__":
    main()

// Customers whose owner differs between any two scenarios.

class DifferenceView {
  constructor(block) {
    this.block = block;
    this.data = dataOf(block);
    this.names = [...this.data.names, say("not in this scenario"), say("nobody")];
    this.owners = this.data.owners.map((owners) => Int32Array.from(owners, (owner) => (owner < 0 ? this.names.length + owner : owner)));
    this.ends = this.data.ends.map((end) => ({ ...end, kind: "text", digits: 0, bar: null, choice: true, names: [], at: [] }));
    this.rows = new Rows({ ...this.data, columns: [...this.data.columns, ...this.ends] });
    this.makeChoice();
    this.compare(false);
    this.view = new TableView(block, this.rows);
  }

  makeChoice() {
    const choice = (at) => {
      const select = make("select", {}, ...this.data.scenarios.map((name, place) => make("option", { value: String(place), textContent: name })));
      select.value = String(Math.min(at, this.data.scenarios.length - 1));
      select.addEventListener("change", () => this.compare());
      return select;
    };
    [this.from, this.to] = [choice(0), choice(1)];
    const swap = make("button", { type: "button", textContent: "⇄", title: say("Swap"), ariaLabel: say("Swap") });
    swap.addEventListener("click", () => {
      [this.from.value, this.to.value] = [this.to.value, this.from.value];
      this.compare();
    });
    this.block.querySelector(".pair").replaceWith(make("div", { className: "controls pair" },
      make("label", {}, make("span", { textContent: say("Scenario") }), this.from), swap,
      make("label", {}, make("span", { textContent: say("Compared with") }), this.to)));
  }

  compare(isShown = true) {
    const [from, to] = [this.from, this.to].map((select) => this.owners[Number(select.value)]);
    const rows = [];
    for (let row = 0; row < from.length; row += 1) if (from[row] !== to[row]) rows.push(row);
    this.rows.rebase(rows);
    [[this.from, from], [this.to, to]].forEach(([select, owners], turn) => {
      const column = this.rows.column(this.ends[turn].key);
      column.hold(this.names, owners);
      column.title = say("Owner in {scenario}", { scenario: this.data.scenarios[Number(select.value)] });
    });
    this.block.querySelector(".outcome").textContent =
      say("{count} of {all} customers differ", { count: count(rows.length), all: count(from.length) });
    if (!isShown) return;
    for (const end of this.ends) this.view.rename(this.rows.column(end.key));
    this.view.narrow(() => {
      for (const end of this.ends) this.rows.chosen.delete(end.key);
    });
  }
}

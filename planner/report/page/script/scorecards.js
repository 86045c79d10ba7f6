// Scenarios side by side; the reader says which of them the others are held against.

class ScorecardView {
  constructor(block) {
    this.block = block;
    this.data = dataOf(block);
    this.headings = [...block.querySelectorAll("thead th")];
    this.makeChoice();
    this.hold(this.data.baseline);
  }

  makeChoice() {
    this.select = make("select", {}, ...this.data.scenarios.map((name, at) => make("option", { value: String(at), textContent: name })));
    this.select.addEventListener("change", () => this.hold(Number(this.select.value)));
    const controls = make("div", { className: "controls needs-script" },
      make("label", {}, make("span", { textContent: say("Compared with") }), this.select));
    this.block.querySelector(".scroll").before(controls);
    this.headings.forEach((heading, at) => {
      const name = heading.querySelector(".name");
      const scenario = name.textContent;
      const button = make("button", { type: "button", title: say("Make {scenario} the baseline", { scenario }) });
      name.replaceWith(button);
      button.append(name);
      button.addEventListener("click", () => this.hold(at));
    });
  }

  hold(baseline) {
    this.select.value = String(baseline);
    this.headings.forEach((heading, at) => {
      heading.classList.toggle("is-baseline", at === baseline);
      heading.querySelector("button").setAttribute("aria-pressed", String(at === baseline));
      heading.querySelector(".role").textContent = at === baseline ? say("baseline") : "";
    });
    for (const line of this.block.querySelectorAll("tr[data-row]")) {
      const row = this.data.rows[Number(line.dataset.row)];
      [...line.querySelectorAll("td")].forEach((cell, at) => {
        cell.classList.toggle("is-baseline", at === baseline);
        this.write(cell.querySelector(".delta"), row, at, baseline);
      });
    }
  }

  write(place, row, at, baseline) {
    place.className = "delta";
    place.replaceChildren();
    const unsure = row.uncertain.some((pair) => pair.includes(at) && pair.includes(baseline)) && at !== baseline;
    if (row.meaning.length && row.meaning[at] !== row.meaning[baseline] && toNumber(row.values[at]) === toNumber(row.values[at])) {
      place.append(make("span", { ariaHidden: "true", textContent: "≠", title: say("other goals, bands or units: not comparable") }),
        make("span", { className: "unseen", textContent: say("other goals, bands or units: not comparable") }));
      return;
    }
    const isTold = row.instead[at] || row.instead[baseline];
    const change = toNumber(row.values[at]) - toNumber(row.values[baseline]);
    if (at !== baseline && !isTold && Number.isFinite(change) && row.kind !== "flag") {
      const text = this.changeOfEnds(change, row, at, baseline);
      if (text === "0") place.append(make("span", { textContent: "=", title: say("as the baseline") }));
      else {
        const isBetter = row.better && (change < 0) === (row.better === "less");
        if (row.better && !unsure) place.classList.add(isBetter ? "better" : "worse");
        place.append(make("span", { className: "arrow", ariaHidden: "true", textContent: change > 0 ? "▲" : "▼" }), text);
        if (row.better && !unsure) {
          place.append(make("span", { className: "unseen", textContent: say(isBetter ? "better than the baseline" : "worse than the baseline") }));
        }
      }
    }
    if (unsure) {
      place.append(make("span", { className: "unsure", ariaHidden: "true", textContent: "≈", title: say("order not certain") }),
        make("span", { className: "unseen", textContent: say("order not certain") }));
    }
  }

  changeOfEnds(change, row, at, baseline) {
    const text = this.changeOf(change, row);
    if (!row.upto.length) return text;
    const end = this.changeOf(toNumber(row.upto[at]) - toNumber(row.upto[baseline]), row);
    return end === text ? text : `${text} – ${end}`;
  }

  changeOf(change, row) {
    if (row.kind !== "share") return signed(change, row.digits);
    const points = signed(100 * change, 1);
    return points === "0" ? points : `${points} ${say("pp")}`;
  }
}

// A table that its reader sorts, searches, filters and turns the pages of, by mouse or keys.

const SIZES = [25, 50, 100, 250];
const PRINTED = 1000;
// Of screens on which filters are folded and pages are short.
const narrow = window.matchMedia("(max-width: 48rem)");

class TableView {
  constructor(block, rows) {
    this.block = block;
    this.rows = rows;
    this.table = block.querySelector("table");
    this.title = this.table.caption.textContent;
    this.page = 0;
    this.size = narrow.matches ? 25 : 50;
    this.choosers = new Map();
    this.columns = new ShownColumns(this);
    this.makeHeadings();
    this.makeControls();
    this.makePages();
    if (rows.firstSort) this.rows.sort = { key: rows.firstSort[0], down: rows.firstSort[1], given: true };
    this.rows.ordered = this.rows.base;
    this.show();
    // on paper nobody turns pages: all rows that were found, as long as they fit into some sheets
    window.addEventListener("beforeprint", () => this.showRows({ page: 0, size: PRINTED }));
    window.addEventListener("afterprint", () => this.showRows());
    this.columns.show();
  }

  makeHeadings() {
    this.headings = [...this.table.tHead.querySelectorAll("th")];
    this.headings.forEach((heading, at) => this.head(heading, this.rows.columns[at]));
  }

  head(heading, column) {
    const button = make("button", { type: "button", title: say("Sort by {column}", { column: column.title }) });
    button.append(make("span", { textContent: column.title, dir: "auto" }), make("span", { className: "arrow", ariaHidden: "true" }));
    button.addEventListener("click", () => this.turn(column));
    heading.replaceChildren(button);
  }

  // Say anew what a column is called, and what may be chosen in it.
  rename(column) {
    this.head(this.headings[this.rows.columns.indexOf(column)], column);
    this.choosers.get(column.key).previousElementSibling.textContent = column.title;
    this.fillChooser(column);
  }

  // Sort by a column; once more the other way; a third time as it was.
  turn(column) {
    const { sort } = this.rows;
    const firstDown = !column.isText;
    if (!sort || sort.key !== column.key) this.rows.orderBy({ key: column.key, down: firstDown });
    else if (sort.down === firstDown) this.rows.orderBy({ key: column.key, down: !firstDown });
    else this.rows.orderBy(null);
    this.page = 0;
    this.show();
  }

  makeControls() {
    this.controls = make("div", { className: "controls needs-script", role: "search", ariaLabel: this.title });
    if (this.rows.searched) {
      this.searchBox = make("input", { type: "search", placeholder: say("Search all texts"), dir: "auto", autocomplete: "off" });
      let waiting = 0;
      this.searchBox.addEventListener("input", () => {
        clearTimeout(waiting);
        waiting = setTimeout(() => this.narrow(() => { this.rows.query = this.searchBox.value.trim(); }), 120);
      });
      this.controls.append(make("label", {}, make("span", { textContent: say("Search") }), this.searchBox));
    }
    this.makeFilters(this.rows.columns.filter((one) => one.choice));
    this.csv = make("button", { type: "button", textContent: say("Save as CSV") });
    this.csv.addEventListener("click", () => save(`${this.block.id.replace(/^block-/, "")}.csv`, this.rows.csv(this.found.rows), "text/csv"));
    this.block.append(make("div", { className: "files" }, this.csv));
    if (this.controls.children.length) this.block.querySelector(".scroll").before(this.controls);
    this.columns.offer();
  }

  // Filters are folded where there is little room; how many of them are at work is told all the same.
  makeFilters(columns) {
    if (!columns.length) return;
    this.filtersTitle = make("summary");
    this.filters = make("div", { className: "choosers" });
    const fold = make("details", { className: "filters", open: !narrow.matches }, this.filtersTitle, this.filters);
    narrow.addEventListener("change", () => { fold.open = !narrow.matches; });
    this.controls.append(fold);
    columns.forEach((column) => this.makeChooser(column));
  }

  makeChooser(column) {
    const select = make("select");
    select.addEventListener("change", () => this.narrow(() => {
      if (select.value === "") this.rows.chosen.delete(column.key);
      else this.rows.chosen.set(column.key, Number(select.value));
    }));
    this.choosers.set(column.key, select);
    this.fillChooser(column);
    this.filters.append(make("label", {}, make("span", { textContent: column.title, dir: "auto" }), select));
  }

  fillChooser(column) {
    const places = column.names.map((_, place) => place);
    if (column.kind !== "flag") places.sort((one, other) => collator.compare(column.names[one], column.names[other]));
    this.choosers.get(column.key).replaceChildren(
      make("option", { value: "" }), ...[...places, -1].map((place) => make("option", { value: String(place) })));
  }

  countChoices() {
    const active = this.rows.chosen.size;
    if (this.filtersTitle) this.filtersTitle.textContent = active ? say("Filters: {count} at work", { count: count(active) }) : say("Filters");
    for (const [key, select] of this.choosers) {
      const column = this.rows.column(key);
      const counts = this.found.counts.get(key);
      const all = counts.reduce((sum, one) => sum + one, 0);
      for (const option of select.options) {
        const place = option.value === "" ? null : Number(option.value);
        const many = place === null ? all : counts[place + 1];
        const name = place === null ? say("All") : place < 0 ? say("Blank") : column.names[place];
        option.textContent = `${name} (${count(many)})`;
        option.hidden = place !== null && many === 0 && this.rows.chosen.get(key) !== place;
      }
      select.value = this.rows.chosen.has(key) ? String(this.rows.chosen.get(key)) : "";
    }
  }

  makePages() {
    this.position = make("p", { className: "position", role: "status" });
    const button = (mark, label, to) => {
      const one = make("button", { type: "button", textContent: mark, title: say(label), ariaLabel: say(label) });
      one.addEventListener("click", () => { if (one.getAttribute("aria-disabled") !== "true") this.open(to()); });
      return one;
    };
    this.first = button("⇤", "First page", () => 0);
    this.previous = button("←", "Previous page", () => this.page - 1);
    this.next = button("→", "Next page", () => this.page + 1);
    this.last = button("⇥", "Last page", () => this.pages() - 1);
    this.where = make("span", { className: "where" });
    const size = make("select", {}, ...SIZES.map((rows) => make("option", { value: String(rows), textContent: count(rows) })));
    size.value = String(this.size);
    size.addEventListener("change", () => {
      const firstRow = this.page * this.size;
      this.size = Number(size.value);
      this.open(Math.floor(firstRow / this.size));
    });
    this.turner = make("nav", { ariaLabel: say("Pages of {table}", { table: this.title }) },
      this.first, this.previous, this.where, this.next, this.last);
    this.sizer = make("label", {}, make("span", { textContent: say("Rows per page") }), size);
    this.clearer = make("button", { type: "button", textContent: say("Clear search and filters") });
    this.clearer.addEventListener("click", () => this.clear());
    this.foot = make("div", { className: "pages" }, this.position, this.clearer, this.turner, this.sizer);
    this.onPaper = make("p", { className: "on-paper" });
    this.block.querySelector(".scroll").after(this.foot, this.onPaper);
  }

  pages() {
    return Math.max(1, Math.ceil(this.found.rows.length / this.size));
  }

  open(page) {
    this.page = Math.min(Math.max(page, 0), this.pages() - 1);
    this.showRows();
    this.block.querySelector(".scroll").scrollTop = 0;
  }

  narrow(change) {
    change();
    this.page = 0;
    this.show();
    this.block.dispatchEvent(new CustomEvent("narrowed", { bubbles: true }));
  }

  clear() {
    this.narrow(() => {
      this.rows.query = "";
      this.rows.chosen.clear();
      if (this.searchBox) this.searchBox.value = "";
    });
    (this.searchBox ?? this.table.querySelector("button")).focus();
  }

  // Take a search and choices by name, as an address has them.
  take(wanted) {
    this.rows.chosen.clear();
    this.columns.take(wanted.get("columns"));
    for (const [key, value] of wanted) {
      if (key === "search" && this.searchBox) this.searchBox.value = this.rows.query = value;
      const place = this.choosers.has(key) ? this.rows.column(key).names.indexOf(value) : -1;
      if (place >= 0) this.rows.chosen.set(key, place);
    }
    this.page = 0;
    this.show();
  }

  // What the address would have to say for these rows to be found.
  told() {
    const told = new URLSearchParams();
    if (this.rows.query) told.set("search", this.rows.query);
    for (const [key, place] of this.rows.chosen) if (place >= 0) told.set(key, this.rows.column(key).names[place]);
    if (!this.columns.areUsual()) told.set("columns", this.columns.keys().join(" "));
    return told;
  }

  show() {
    this.found = this.rows.found();
    for (const heading of this.headings) {
      const isSorted = this.rows.sort?.key === heading.dataset.column;
      heading.setAttribute("aria-sort", isSorted ? (this.rows.sort.down ? "descending" : "ascending") : "none");
    }
    this.countChoices();
    this.showTotals();
    this.showRows();
  }

  showRows({ page = this.page, size = this.size } = {}) {
    const { rows } = this.found;
    const from = page * size;
    const shown = rows.slice(from, from + size);
    this.table.tBodies[0].replaceChildren(...shown.map((row) => this.line(row)));
    if (!rows.length) this.table.tBodies[0].append(this.nothing());
    const all = count(this.rows.base.length);
    const values = { first: count(Math.min(from + 1, rows.length)), last: count(from + shown.length), count: count(rows.length), all };
    this.position.textContent = say(this.rows.isNarrowed() ? "{first}–{last} of {count} found, {all} in all" : "{first}–{last} of {count}", values);
    this.where.textContent = say("Page {page} of {pages}", { page: count(this.page + 1), pages: count(this.pages()) });
    for (const one of [this.first, this.previous]) one.setAttribute("aria-disabled", String(this.page === 0));
    for (const one of [this.next, this.last]) one.setAttribute("aria-disabled", String(this.page >= this.pages() - 1));
    this.clearer.hidden = !rows.length || !this.rows.isNarrowed();
    this.foot.classList.toggle("whole", shown.length === this.rows.base.length);
    this.turner.hidden = rows.length <= this.size;
    this.sizer.hidden = this.rows.base.length <= SIZES[0];
    this.foot.hidden = this.rows.base.length <= SIZES[0] && !this.controls.querySelector("input, select");
    this.onPaper.textContent = this.leftOut(shown.length);
  }

  // What of the table is not on paper, and where it is.
  leftOut(shown) {
    const [found, all] = [this.found.rows.length, this.rows.base.length];
    const told = [];
    if (shown < found) {
      const text = found < all ? "The first {count} of {found} rows found, {all} in all." : "The first {count} of {all} rows.";
      told.push(say(text, { count: count(shown), found: count(found), all: count(all) }));
    }
    if (this.columns.isCut()) told.push(this.columns.told("{count} of {all} columns."));
    if (told.length) told.push(say("All rows and columns are in the workbook, on the sheet “{sheet}”.", { sheet: this.rows.sheet }));
    return told.join(" ");
  }

  line(row) {
    return make("tr", {}, ...this.columns.list().map((column, turn) => this.cell(column, row, turn === 0)));
  }

  cell(column, row, isFirst) {
    const cell = isFirst ? make("th", { scope: "row" }) : make("td");
    cell.dir = "auto";
    const text = column.text(row);
    cell.className = column.look;
    const value = column.isText ? NaN : column.numbers[row];
    if (!column.bar || Number.isNaN(value) || column.bar[1] <= column.bar[0]) {
      cell.textContent = text;
      return cell;
    }
    const [low, high] = column.bar;
    const end = Math.min(Math.max(value, low), high);
    const bar = make("i", { className: end < 0 ? "less" : "" });
    bar.style.left = `${(100 * (Math.min(end, 0) - low)) / (high - low)}%`;
    bar.style.width = `${(100 * Math.abs(end)) / (high - low)}%`;
    const track = make("span", { className: "track", ariaHidden: "true" }, bar);
    cell.append(make("span", { className: "with-bar" }, make("span", { textContent: text }), track));
    return cell;
  }

  nothing() {
    const button = make("button", { type: "button", textContent: say("Clear search and filters") });
    button.addEventListener("click", () => this.clear());
    const cell = make("td", { colSpan: this.columns.list().length, className: "nothing" }, `${say("No rows match")} `);
    if (this.rows.isNarrowed()) cell.append(button);
    return make("tr", {}, cell);
  }

  showTotals() {
    const foot = this.table.tFoot;
    if (!foot) return;
    this.rows.columns.forEach((column, turn) => {
      const cell = foot.rows[0].cells[turn];
      if (this.rows.total.includes(column.key)) cell.textContent = figure(this.rows.sumOf(column.key, this.found.rows), column.kind, column.digits);
      else if (turn === 0) cell.textContent = say(this.rows.isNarrowed() ? "Total of those found" : "Total");
    });
  }
}

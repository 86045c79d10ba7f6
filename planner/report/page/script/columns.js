// Which columns of a table are shown: few at first; its reader chooses others, by mouse or keys. The first one always is.

// Tables of more columns offer the choice, and are set closer.
const MANY_COLUMNS = 7;
const VERY_MANY_COLUMNS = 12;

class ShownColumns {
  constructor(view) {
    this.view = view;
    this.all = view.rows.columns;
    this.usual = new Set(this.all.filter((column, turn) => turn === 0 || !column.extra));
    this.shown = new Set(this.usual);
  }

  list() {
    return this.all.filter((column) => this.shown.has(column));
  }

  keys() {
    return this.list().map((column) => column.key);
  }

  isCut() {
    return this.shown.size < this.all.length;
  }

  areUsual() {
    return this.shown.size === this.usual.size && [...this.shown].every((column) => this.usual.has(column));
  }

  told(text) {
    return say(text, { count: count(this.shown.size), all: count(this.all.length) });
  }

  offer() {
    if (this.all.length <= MANY_COLUMNS) return;
    const named = say("Columns of {table}", { table: this.view.title });
    this.title = make("summary");
    this.boxes = new Map(this.all.slice(1).map((column) => [column, this.box(column)]));
    const labels = [...this.boxes].map(([column, box]) => make("label", {}, box, make("span", { textContent: column.title, dir: "auto" })));
    const every = this.button("All columns", () => this.all);
    const usual = this.button("Columns as at first", () => this.usual);
    const group = make("div", { className: "boxes", role: "group", ariaLabel: named }, ...labels);
    this.fold = make("details", { className: "columns" }, this.title, make("div", { className: "choice" }, group, make("p", {}, every, usual)));
    this.fold.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || !this.fold.open) return;
      this.fold.open = false;
      this.title.focus();
    });
    this.status = make("p", { className: "unseen", role: "status" });
    this.view.block.querySelector(".scroll").before(this.fold, this.status);
  }

  box(column) {
    const box = make("input", { type: "checkbox" });
    box.addEventListener("change", () => this.change((shown) => {
      if (box.checked) shown.add(column);
      else shown.delete(column);
    }));
    return box;
  }

  button(label, columns) {
    const button = make("button", { type: "button", textContent: say(label) });
    button.addEventListener("click", () => this.change((shown) => {
      shown.clear();
      for (const column of columns()) shown.add(column);
    }));
    return button;
  }

  // Let a reader change what is shown, and say how much it is now.
  change(by) {
    by(this.shown);
    this.show();
    this.view.showRows();
    this.status.textContent = this.told("{count} of {all} columns shown");
    this.view.block.dispatchEvent(new CustomEvent("narrowed", { bubbles: true }));
  }

  // Take columns by name, as an address has them; without names those of the beginning.
  take(names) {
    const wanted = new Set((names ?? "").split(" "));
    const known = this.all.filter((column, turn) => turn === 0 || wanted.has(column.key));
    this.shown = new Set(known.length > 1 ? known : this.usual);
    this.show();
  }

  show() {
    const { table, block, headings } = this.view;
    const cells = table.tFoot ? [...table.tFoot.rows[0].cells] : [];
    this.all.forEach((column, turn) => {
      for (const one of [headings[turn], cells[turn]]) if (one) one.hidden = !this.shown.has(column);
      if (this.boxes?.has(column)) this.boxes.get(column).checked = this.shown.has(column);
    });
    block.classList.toggle("wide", this.shown.size > MANY_COLUMNS);
    block.classList.toggle("vast", this.shown.size > VERY_MANY_COLUMNS);
    if (this.title) this.title.textContent = this.told("Columns: {count} of {all}");
  }
}

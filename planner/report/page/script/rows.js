// The rows of a table: columns that can be sorted, searched and filtered, whatever shows them.

const TEXTS = new Set(["text", "id", "flag"]);

class Column {
  constructor(packed) {
    Object.assign(this, { key: packed.key, title: packed.title, kind: packed.kind, digits: packed.digits, look: packed.look });
    Object.assign(this, { bar: packed.bar, choice: packed.choice, extra: packed.extra ?? false, isText: TEXTS.has(packed.kind) });
    if (packed.kind === "flag") this.hold([say("No"), say("Yes")], Int32Array.from(packed.flags));
    else if (this.isText) {
      const { names, at } = textsByPlace(packed);
      this.hold(names, at);
    } else {
      this.numbers = Float64Array.from(packed.numbers, toNumber);
      if (packed.choice) {
        const { names, at } = textsByPlace({ texts: Array.from(this.numbers, (value) => figure(value, this.kind, this.digits)) });
        this.hold(names, at);
      }
    }
  }

  // Take texts: their names, and which of them each row has.
  hold(names, at) {
    this.names = names;
    this.at = at;
    this.ranks = null;
    this.folds = null;
  }

  text(row) {
    if (!this.isText) return figure(this.numbers[row], this.kind, this.digits);
    return this.at[row] < 0 ? "" : this.names[this.at[row]];
  }

  // What rows are ordered by; not a number where a row has nothing.
  key_of(row) {
    if (!this.isText) return this.numbers[row];
    if (this.at[row] < 0) return NaN;
    if (!this.ranks) {
      const order = this.names.map((_, place) => place);
      if (this.kind !== "flag") order.sort((one, other) => collator.compare(this.names[one], this.names[other]));
      this.ranks = new Float64Array(this.names.length);
      let rank = 0;
      order.forEach((place, turn) => {
        if (turn && (this.kind === "flag" || collator.compare(this.names[order[turn - 1]], this.names[place]))) rank += 1;
        this.ranks[place] = rank;
      });
    }
    return this.ranks[this.at[row]];
  }

  // Which names have a word in them.
  having(word) {
    this.folds ??= this.names.map(folded);
    return Uint8Array.from(this.folds, (name) => Number(name.includes(word)));
  }
}

class Rows {
  constructor(packed) {
    this.columns = packed.columns.map((column) => new Column(column));
    this.total = packed.total;
    this.searched = packed.searched;
    this.sheet = packed.sheet;
    this.firstSort = packed.sort;
    this.base = Int32Array.from({ length: packed.count }, (_, row) => row);
    this.sort = null;
    this.query = "";
    this.chosen = new Map();
    this.ordered = null;
  }

  column(key) {
    return this.columns.find((column) => column.key === key);
  }

  // Order rows by a column, keeping the order that there was among equals; null: as they came.
  orderBy(sort) {
    this.sort = sort;
    this.ordered = null;
  }

  rebase(rows) {
    this.base = rows;
    this.ordered = null;
  }

  order() {
    if (this.ordered) return this.ordered;
    if (!this.sort) return (this.ordered = this.base);
    const column = this.column(this.sort.key);
    const way = this.sort.down ? -1 : 1;
    const keys = new Map();
    for (const row of this.base) keys.set(row, column.key_of(row));
    const rows = Array.from(this.base);
    rows.sort((one, other) => {
      const [a, b] = [keys.get(one), keys.get(other)];
      if (Number.isNaN(a) || Number.isNaN(b)) return Number.isNaN(a) - Number.isNaN(b);
      return a === b ? 0 : a < b ? -way : way;
    });
    return (this.ordered = rows);
  }

  // The rows found, and for each choice how many rows each of its values would find beside all other conditions.
  found() {
    const searched = this.columns.filter((column) => column.isText);
    const wanted = folded(this.query).split(/\s+/).filter(Boolean).map((word) => searched.map((column) => column.having(word)));
    const choices = this.columns.filter((column) => column.choice);
    const counts = new Map(choices.map((column) => [column.key, new Int32Array(column.names.length + 1)]));
    const rows = [];
    for (const row of this.order()) {
      const fits = wanted.every((hits) => searched.some((column, turn) => column.at[row] >= 0 && hits[turn][column.at[row]]));
      if (!fits) continue;
      const missed = choices.filter((column) => this.chosen.has(column.key) && this.chosen.get(column.key) !== column.at[row]);
      if (missed.length > 1) continue;
      for (const column of missed.length ? missed : choices) counts.get(column.key)[column.at[row] + 1] += 1;
      if (!missed.length) rows.push(row);
    }
    return { rows, counts };
  }

  isNarrowed() {
    return Boolean(this.query) || this.chosen.size > 0;
  }

  sumOf(key, rows) {
    const { numbers } = this.column(key);
    return rows.reduce((sum, row) => (Number.isNaN(numbers[row]) ? sum : sum + numbers[row]), 0);
  }

  // All rows found as comma-separated values; what a spreadsheet would take for a formula is marked as text.
  csv(rows) {
    const quoted = (text) => (/[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
    const harmless = (text) => quoted(/^[=+\-@\t\r]/.test(text) ? `'${text}` : text);
    const cell = (column, row) => {
      if (column.isText) return harmless(column.text(row));
      return Number.isNaN(column.numbers[row]) ? "" : String(column.numbers[row]);
    };
    const lines = [this.columns.map((column) => harmless(column.title))];
    for (const row of rows) lines.push(this.columns.map((column) => cell(column, row)));
    return `\ufeff${lines.map((line) => line.join(",")).join("\r\n")}\r\n`;
  }
}

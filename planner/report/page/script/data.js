// What the page carries: JSON beside the text, each column as it was packed.

const jsonOf = (element) => JSON.parse(element.textContent);
const head = jsonOf(document.getElementById("head"));
const words = new Map(Object.entries(head.words));

// Say one of the page's own sentences; each place is filled once, so that braces in names stay braces.
const say = (text, values = {}) =>
  (words.get(text) ?? text).replace(/\{(\w+)\}/g, (place, name) => (Object.hasOwn(values, name) ? values[name] : place));

const dataOf = (block) => {
  const element = document.querySelector(`script[data-for="${CSS.escape(block.id)}"]`);
  const data = jsonOf(element);
  element.remove();
  return data;
};

const toNumber = (value) => (value === null ? NaN : Number(value));

// Texts as names and, per row, the place among them; -1 for a blank.
const textsByPlace = (column) => {
  if (column.names) return { names: column.names, at: Int32Array.from(column.at) };
  const places = new Map();
  const names = [];
  const at = Int32Array.from(column.texts, (text) => {
    if (text === null) return -1;
    if (!places.has(text)) {
      places.set(text, names.length);
      names.push(text);
    }
    return places.get(text);
  });
  return { names, at };
};

// The rows of a chart, made anew for each drawing: whoever draws writes into them.
const rowsOf = (name) => {
  const packed = jsonOf(document.querySelector(`script[data-rows="${CSS.escape(name)}"]`));
  const fields = packed.fields.map(([field, column]) => {
    if (column.numbers) return [field, (row) => column.numbers[row]];
    if (column.values) return [field, (row) => column.values[row]];
    if (column.texts) return [field, (row) => column.texts[row]];
    return [field, (row) => (column.at[row] < 0 ? null : column.names[column.at[row]])];
  });
  const sparse = new Set(packed.fields.filter(([, column]) => column.sparse).map(([field]) => field));
  return Array.from({ length: packed.count }, (_, row) =>
    Object.fromEntries(fields.map(([field, value]) => [field, value(row)])
      .filter(([field, value]) => value !== null || !sparse.has(field))));
};

const make = (tag, properties = {}, ...children) => {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (/^aria[A-Z]/.test(name)) element.setAttribute(`aria-${name.slice(4).toLowerCase()}`, value);
    else if (name in element) element[name] = value;
    else element.setAttribute(name, value);
  }
  element.append(...children);
  return element;
};

// Give a reader a file that the page made itself.
const save = (name, content, type) => {
  const link = make("a", { download: name });
  link.href = typeof content === "string" && content.startsWith("data:") ? content : URL.createObjectURL(new Blob([content], { type }));
  link.click();
  if (link.href.startsWith("blob:")) setTimeout(() => URL.revokeObjectURL(link.href), 10000);
};

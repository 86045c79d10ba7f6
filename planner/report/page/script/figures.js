// How figures are written: by the rules of figures.py, so that a row looks the same wherever it was made.

const formats = new Map();
const inDigits = (value, digits) => {
  if (!formats.has(digits)) {
    const manner = { minimumFractionDigits: digits, maximumFractionDigits: digits, roundingMode: "halfEven" };
    formats.set(digits, new Intl.NumberFormat(head.locale, manner));
  }
  return formats.get(digits).format(value);
};

const withMinus = (value, text) => (value < 0 ? `−${text}` : text);

const percent = (share, digits) => {
  const size = Math.abs(share);
  const least = 10 ** -digits;
  if (size > 0 && size * 100 < least / 2) return `${share < 0 ? "−" : ""}<${inDigits(least, digits)}%`;
  return `${withMinus(share, inDigits(100 * size, size === 0 || size === 1 ? 0 : digits))}%`;
};

const signed = (value, digits) => {
  if (Math.abs(value) < 0.5 * 10 ** -digits) return "0";
  return `${value > 0 ? "+" : "−"}${inDigits(Math.abs(value), digits)}`;
};

const deviation = (share, digits) => {
  if (Math.abs(share) < 0.5 * 10 ** -(digits + 2)) return percent(0, digits);
  return `${share > 0 ? "+" : "−"}${percent(Math.abs(share), digits)}`;
};

const figure = (value, kind, digits) => {
  if (Number.isNaN(value)) return "–";
  if (!Number.isFinite(value)) return withMinus(value, "∞");
  if (kind === "share") return percent(value, digits);
  if (kind === "deviation") return deviation(value, digits);
  if (kind === "change") return signed(value, digits);
  return withMinus(value, inDigits(Math.abs(value), digits));
};

const count = (value) => inDigits(value, 0);

const collator = new Intl.Collator(document.documentElement.lang, { numeric: true, sensitivity: "base" });
const folded = (text) => text.normalize("NFKC").toLowerCase();

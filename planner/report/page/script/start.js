// Bring the page to life, and keep the address in step with what its reader looks for.

document.documentElement.classList.add("alive");
const tables = new Map();
for (const block of document.querySelectorAll("[data-block=table]")) tables.set(block.id, new TableView(block, new Rows(dataOf(block))));
for (const block of document.querySelectorAll("[data-block=difference]")) tables.set(block.id, new DifferenceView(block).view);
document.querySelectorAll("[data-block=scorecard]").forEach((block) => new ScorecardView(block));
document.querySelectorAll(".scroll").forEach(hintSideways);
drawCharts([...document.querySelectorAll("[data-block=chart]")].map((block) => new ChartView(block)));

const follow = () => {
  const [name, conditions] = decodeFrom(location.hash);
  const table = tables.get(`block-${name}`);
  if (!table || !conditions) return;
  table.take(new URLSearchParams(conditions));
  table.block.scrollIntoView({ behavior: "instant" });
};

// Charts grow when they are drawn: until the reader moves, what was asked for stays where it was brought.
let holding = null;
const hold = () => {
  const [name, conditions] = decodeFrom(location.hash);
  holding = name ? document.getElementById(conditions ? `block-${name}` : name) : null;
};
["wheel", "touchmove", "keydown", "pointerdown"].forEach((kind) => window.addEventListener(kind, () => { holding = null; }, { passive: true }));
new ResizeObserver(() => holding?.scrollIntoView({ behavior: "instant" })).observe(document.querySelector("main") ?? document.body);
const decodeFrom = (hash) => {
  const cut = hash.indexOf("?");
  return cut < 0 ? [hash.slice(1), ""] : [hash.slice(1, cut), hash.slice(cut + 1)];
};
window.addEventListener("hashchange", () => { hold(); follow(); });
document.querySelectorAll(".contents a").forEach((link) => link.addEventListener("click", () => setTimeout(hold)));
hold();
follow();

document.addEventListener("narrowed", (event) => {
  const told = tables.get(event.target.id)?.told().toString();
  if (told === undefined) return;
  const name = event.target.id.replace(/^block-/, "");
  if (told || decodeFrom(location.hash)[0] === name) history.replaceState(null, "", `#${name}${told ? `?${told}` : ""}`);
});

// Tell in the contents which part is read.
const links = new Map([...document.querySelectorAll(".contents a")].map((link) => [link.hash.slice(1), link]));
const reading = new IntersectionObserver((entries) => {
  for (const entry of entries) {
    if (!entry.isIntersecting) continue;
    links.forEach((link) => link.removeAttribute("aria-current"));
    const link = links.get(entry.target.id);
    if (!link) continue;
    link.setAttribute("aria-current", "true");
    const list = link.closest("nav");
    if (list.scrollWidth > list.clientWidth) list.scrollTo({ left: link.offsetLeft - 24 });
  }
}, { rootMargin: "-20% 0px -70% 0px" });
document.querySelectorAll("section.part").forEach((section) => reading.observe(section));

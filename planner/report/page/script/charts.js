// Charts, drawn when they come near, in the colours of the reader's screen, and in those of paper for print.

const PALETTE = ["#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00", "#8C6D31", "#7A7A7A"];
const dark = window.matchMedia("(prefers-color-scheme: dark)");

const isPlain = (value) => value !== null && typeof value === "object" && !Array.isArray(value);
const merged = (under, over) => {
  const both = { ...under };
  for (const [key, value] of Object.entries(over ?? {})) {
    both[key] = isPlain(value) && isPlain(both[key]) ? merged(both[key], value) : value;
  }
  return both;
};

// Greys close to white or black, turned for a dark screen; what is between them, or has a hue, is seen on both.
const turned = (colour) => {
  const named = { black: "#000000", white: "#ffffff", gray: "#808080", grey: "#808080", lightgray: "#d3d3d3", lightgrey: "#d3d3d3" };
  const hex = named[colour.toLowerCase()] ?? colour;
  const short = /^#([0-9a-f])([0-9a-f])([0-9a-f])$/i.exec(hex);
  const parts = (short ? [short[1] + short[1], short[2] + short[2], short[3] + short[3]] : hex.match(/^#([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})$/i)?.slice(1))
    ?.map((part) => parseInt(part, 16));
  if (!parts || Math.max(...parts) - Math.min(...parts) > 10 || (parts[1] > 100 && parts[1] < 200)) return colour;
  return `#${parts.map((part) => Math.round(28 + ((255 - part) * 215) / 255).toString(16).padStart(2, "0")).join("")}`;
};
const PAINTED = new Set(["color", "fill", "stroke", "value", "labelColor", "titleColor", "range", "background"]);
const onDark = (value, key = "") => {
  if (typeof value === "string") return PAINTED.has(key) ? turned(value) : value;
  if (Array.isArray(value)) return value.map((one) => onDark(one, key));
  if (!isPlain(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, name === "datasets" || name === "data" ? one : onDark(one, name)]));
};

const coloursOf = (isDark) => {
  const [ink, faint, line] = isDark ? ["#e8eaed", "#b4bac4", "#3b424d"] : ["#1b1f24", "#525a66", "#dfe3e8"];
  return {
    background: "transparent",
    view: { stroke: "transparent" },
    axis: { labelColor: faint, titleColor: ink, gridColor: line, domainColor: faint, tickColor: faint },
    legend: { labelColor: ink, titleColor: ink },
    header: { labelColor: ink, titleColor: ink },
    title: { color: ink, subtitleColor: faint },
    text: { color: ink },
    rule: { color: faint },
  };
};

const FONT = 'system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", sans-serif';
const MANNER = {
  font: FONT,
  aria: false,
  axis: { labelSeparation: 5, labelFontSize: 12, titleFontSize: 12, titleFontWeight: 600 },
  legend: { labelFontSize: 12, titleFontSize: 12, titleFontWeight: 600, layout: { top: { anchor: "start", bounds: "full" } } },
  header: { labelFontSize: 12, titleFontSize: 12 },
  range: { category: PALETTE },
};

// Pixels of a sheet, margins left out: A4 on its side, and how high a chart may be on it.
const PAPER = { whole: 1024, half: 500, high: 506 };

// The compiler warns of a height in steps even where only the width is to fit, as here; all else may be heard.
const { warn } = console;
console.warn = (...told) => {
  if (!told.some((one) => String(one).startsWith('Dropping "fit-'))) warn.apply(console, told);
};

class ChartView {
  constructor(figureBlock) {
    this.block = figureBlock;
    this.place = figureBlock.querySelector(".drawing");
    this.data = dataOf(figureBlock);
    this.state = "";
  }

  // Draw it, unless it is drawn that way already.
  draw({ isDark = dark.matches, isStill = false } = {}) {
    const drawing = (isStill && this.data.still) || this.data;
    const width = isStill ? this.paperWidth() : this.place.clientWidth;
    const state = JSON.stringify([isDark, isStill, isFitted(drawing.spec) || isByPanels(drawing.spec) ? width : 0]);
    if (state === this.state) return this.drawn;
    this.state = state;
    this.drawn = this.embed(drawing, { isDark, isStill, width, state });
    return this.drawn;
  }

  // Slim charts stand two abreast on paper.
  paperWidth() {
    return this.block.closest(".abreast") ? PAPER.half : PAPER.whole;
  }

  specOf(drawing, { isDark, isStill, width }) {
    let spec = fitted(drawing.spec, width, isStill);
    if (!isStill) spec = withChoices(spec, this.chosenIn);
    spec.datasets = { ...drawing.datasets };
    for (const [name, rows] of Object.entries(drawing.rows)) spec.datasets[name] = rowsOf(rows);
    spec = isDark ? onDark(spec) : spec;
    spec.config = merged(merged(MANNER, spec.config), coloursOf(isDark));
    return spec;
  }

  async embed(drawing, how) {
    try {
      const holder = make("div", { className: "holder" });
      const old = this.result;
      this.place.replaceChildren(holder);
      const result = await window.planner.embed(holder, this.specOf(drawing, how), {
        mode: "vega-lite",
        renderer: drawing.many ? "canvas" : "svg",
        actions: false,
        tooltip: { disableDefaultStyle: true },
        ast: true,
        logLevel: 1,
        formatLocale: head.formats,
        timeFormatLocale: head.times,
      });
      old?.finalize();
      if (how.state !== this.state) return;
      this.result = result;
      if (!how.isStill) this.chosenIn = result.view;
      this.place.style.minHeight = "";
      const picture = holder.querySelector("svg.marks, canvas.marks");
      const high = Number(picture?.getAttribute("height"));
      if (how.isStill && !how.isStretched && isFitted(drawing.spec) && high > PAPER.high) {
        // it will be scaled down to the sheet: so much broader it still fills its place
        return await this.embed(drawing, { ...how, width: Math.round((how.width * high) / PAPER.high), isStretched: true });
      }
      picture?.setAttribute("role", "img");
      picture?.setAttribute("aria-label", this.data.summary);
      this.offerFiles();
      this.block.dataset.drawn = how.state;
    } catch (error) {
      console.warn(error);
      this.place.style.minHeight = "";
      this.place.replaceChildren(make("p", { className: "hint", textContent: say("This chart cannot be drawn here; what it shows is said above.") }));
    }
  }

  offerFiles() {
    if (this.block.querySelector(".files")) return;
    const name = this.block.id.replace(/^block-/, "");
    const paper = () => (dark.matches ? "#14171c" : "#ffffff");
    const offer = (label, makeFile) => {
      const button = make("button", { type: "button", textContent: say(label) });
      button.addEventListener("click", () => makeFile(this.result.view.background(paper())).finally(() => this.result.view.background("transparent").run()));
      return button;
    };
    this.block.append(make("div", { className: "files" },
      offer("Save as PNG", async (view) => save(`${name}.png`, await view.toImageURL("png", 2))),
      offer("Save as SVG", async (view) => save(`${name}.svg`, await view.toSVG(), "image/svg+xml"))));
  }
}

// Draw each chart when it comes near, the others while nothing else is to do, and all of them before printing.
const drawCharts = (charts) => {
  const byPlace = new Map(charts.map((chart) => [chart.block, chart]));
  const near = new IntersectionObserver((entries) => {
    for (const entry of entries) {
      if (!entry.isIntersecting) continue;
      near.unobserve(entry.target);
      byPlace.get(entry.target).draw();
    }
  }, { rootMargin: "600px" });
  charts.forEach((chart) => near.observe(chart.block));
  const again = () => charts.filter((chart) => chart.state).forEach((chart) => chart.draw());
  dark.addEventListener("change", again);
  let waiting = 0;
  window.addEventListener("resize", () => {
    clearTimeout(waiting);
    waiting = setTimeout(again, 200);
  });
  window.addEventListener("beforeprint", () => charts.forEach((chart) => chart.draw({ isDark: false, isStill: true })));
  window.addEventListener("afterprint", () => charts.forEach((chart) => chart.draw()));
};

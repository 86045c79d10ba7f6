// Charts in the room that they have: on a phone legends stand in columns, names are cut, small multiples stand in one row each.

const LETTER = 6.8;
const PANEL = 210;
const AXIS = 82;
// Room of the figures beside an upright axis, and the part of the width that names beside one may take.
const QUANTITIES = 40;
const AXIS_PART = 0.36;
const HEIGHTS = [180, 720];
// Of maps: the width that their height was reckoned for.
const RECKONED = 720;

const lengthOf = (text) => Array.from(String(text)).reduce((sum, one) => sum + (one > "\u2e80" ? 12 : LETTER), 0);
const isOnMap = (spec) => Boolean(spec.projection) || (spec.layer ?? []).some((layer) => layer.projection);
const isByPanels = (spec) => Boolean(spec.facet) && typeof spec.spec?.width === "number";
const isFitted = (spec) => (typeof spec.width === "number" || spec.width === "container") && !spec.facet && !spec.repeat
  && !["row", "column", "facet"].some((channel) => spec.encoding?.[channel]);

// A specification in which whatever it says of how things look is said anew; data stay as they are.
const rewritten = (value, change) => {
  if (Array.isArray(value)) return value.map((one) => rewritten(one, change));
  if (!isPlain(value)) return value;
  return change(Object.fromEntries(Object.entries(value)
    .map(([name, one]) => [name, name === "datasets" || name === "data" ? one : rewritten(one, change)])));
};

// In how many columns a legend stands; none if it fits into a line.
const legendColumns = (names, most) => {
  const lengths = names.map((name) => 30 + lengthOf(name));
  if (lengths.reduce((sum, one) => sum + one, 0) <= most) return null;
  return Math.max(1, Math.min(names.length, Math.floor(most / Math.max(...lengths))));
};

// How much of the width stands to the left of the bars: legends begin where these do.
const besideBars = (spec, most) => {
  const wides = [0];
  const look = (part) => {
    const y = part.encoding?.y;
    if (isPlain(y) && y.axis !== null) {
      const names = Array.isArray(y.sort) ? y.sort : [];
      const longest = Math.max(0, ...names.map(lengthOf));
      const room = Math.min(longest, y.axis?.labelLimit ?? 180, Math.round(AXIS_PART * most)) + (y.axis?.offset ?? 0) + 8;
      wides.push((y.type === "quantitative" ? QUANTITIES : room) + (y.title ?? y.axis?.title ? 18 : 0));
    }
    return part;
  };
  rewritten(spec, look);
  return Math.max(...wides);
};

const withRoom = (part, most, legendMost) => {
  const changed = { ...part };
  if (isPlain(part.legend)) {
    const names = part.scale?.domain ?? [];
    const columns = Array.isArray(names) && typeof names[0] === "string" ? legendColumns(names, legendMost) : null;
    if (columns !== null) changed.legend = { ...part.legend, columns, labelLimit: legendMost / columns - 26 };
  }
  if (isPlain(part.axis) && part.axis.labelLimit) {
    changed.axis = { ...part.axis, labelLimit: Math.min(part.axis.labelLimit, Math.round(AXIS_PART * most)) };
  }
  return changed;
};

// As many panels abreast as can be read, in rows of about the same length.
const panelled = (spec, most) => {
  const gap = spec.spacing?.column ?? 20;
  const abreast = Math.max(1, Math.min(spec.columns ?? 1, Math.floor((most - AXIS + gap) / (PANEL + gap))));
  const count = spec.facet.sort?.length ?? abreast;
  const columns = Math.ceil(count / Math.ceil(count / abreast));
  const width = Math.floor((most - AXIS - (columns - 1) * gap) / columns);
  const own = columns === 1 ? { resolve: { ...spec.resolve, axis: { x: "independent" } } } : {};
  return { ...spec, ...own, columns, spec: { ...spec.spec, width } };
};

const fitted = (spec, width, isStill) => {
  const most = Math.max(240, width - 8);
  const legendMost = most - (isByPanels(spec) ? 0 : besideBars(spec, most));
  let made = rewritten(spec, (part) => withRoom(part, most, legendMost));
  if (isByPanels(made)) made = panelled(made, most);
  if (!isFitted(made)) return made;
  const isAll = made.width === "container" || isStill || made.width >= most;
  made = { ...made, width: isAll ? most : made.width };
  if (isAll) made.autosize = { type: "fit-x", contains: "padding" };
  if (isAll && isOnMap(made) && typeof made.height === "number") {
    made.height = Math.round(Math.min(HEIGHTS[1], Math.max(HEIGHTS[0], (made.height * most) / RECKONED)));
  }
  return made;
};

// What a reader has chosen in a chart, so that it is still chosen when the chart is drawn anew.
const withChoices = (spec, view) => {
  if (!view || !spec.params) return spec;
  const chosen = (name) => {
    try {
      return view.signal(name);
    } catch {
      return undefined; // the drawing before did not have it
    }
  };
  const params = spec.params.map((param) => {
    if (!param.bind || param.bind === "scales") return param;
    const fields = param.select?.fields ?? [];
    const value = param.select ? fields.map((field) => chosen(`${param.name}_${field}`))[0] : chosen(param.name);
    if (value === undefined || value === null) return param;
    return { ...param, value: param.select ? [{ [fields[0]]: value }] : value };
  });
  return { ...spec, params };
};

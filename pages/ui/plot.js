// Draws a Plotly figure, and changes it in place when the next one comes. Streamlit's own element
// makes another plot for each change and draws it twice, which takes a third of a second for a map
// and a second for one in three dimensions, and loses what the reader had zoomed, turned or hidden.

let loading;
const library = () => (loading ??= new Promise((found, lost) => {
  if (window.Plotly) return found();
  let script = document.getElementById("plotly-js");
  if (!script) {
    const own = document.querySelector('script[type=module][src*="/js/index."]');
    script = document.createElement("script");
    script.id = "plotly-js";
    script.src = new URL("../../LIBRARY", own.src);
    document.head.append(script);
  }
  script.addEventListener("load", found);
  script.addEventListener("error", () => {
    loading = undefined; script.remove(); lost() });
}));

const EXPAND = "M32 32C14 32 0 46 0 64v96h64V96h64V32zM0 352v96c0 18 14 32 32 32h96v-64H64v-64z"
  + "M320 32v64h64v64h64V64c0-18-14-32-32-32zM384 352v64h-64v64h96c18 0 32-14 32-32v-96z";
const COLLAPSE = "M160 32H96v96H0v64h128c18 0 32-14 32-32zM0 320v64h96v96h64V352c0-18-14-32-32-32z"
  + "M288 32v128c0 18 14 32 32 32h128v-64h-96V32zM320 320c-18 0-32 14-32 32v128h64v-96h96v-64z";
const owners = new WeakMap();
// The same ones for all charts: a plot that is given other buttons is ended and made anew.
const button = (title, path) => ({
  name: title, title, icon: { width: 448, height: 512, path },
  click: place => owners.get(place)?.turn(),
});
const BUTTONS = [[button("Fullscreen", EXPAND)], [button("Close fullscreen", COLLAPSE)]];

// A picture of a chart can't bring the page's own font along, and another's letters are cut off at
// its edge: so charts are drawn with those that every machine has.
const FONTS = "Arial, Liberation Sans, Helvetica, sans-serif";

function theme(place) {
  const style = getComputedStyle(place);
  const colour = name => style.getPropertyValue(`--st-${name}`).trim();
  const text = colour("text-color"), line = colour("border-color"), page = colour("background-color");
  const font = size => ({ color: text, size });
  const axis = {
    automargin: true, gridcolor: line, zerolinecolor: line, tickcolor: line, tickfont: font(12),
    minor: { gridcolor: line }, title: { font: font(14) },
  };
  const scene = { gridcolor: line, zerolinecolor: line, color: text, showbackground: false };
  return { layout: {
    font: { ...font(12), family: FONTS }, paper_bgcolor: page, plot_bgcolor: page,
    margin: { l: 0, r: 0, pad: 8 },
    title: { x: 0, xanchor: "left", font: font(16) },
    legend: { font: font(12), title: { font: font(12), side: "top" }, valign: "top" },
    xaxis: { ...axis, showgrid: false, zeroline: false, title: { ...axis.title, standoff: 20 } },
    yaxis: { ...axis, title: { ...axis.title, standoff: 24 } },
    scene: { xaxis: scene, yaxis: scene, zaxis: scene },
    hoverlabel: { bgcolor: page, bordercolor: line, font: font(12) },
    coloraxis: { colorbar: { tickfont: font(12) } },
  } };
}

// What the reader has zoomed, turned or hidden stays as long as the axes and names do.
function kept({ data, layout }) {
  const titles = ["xaxis", "yaxis"].map(name => layout[name]?.title?.text)
    .concat(["xaxis", "yaxis", "zaxis"].map(name => layout.scene?.[name]?.title?.text));
  return [JSON.stringify(titles), JSON.stringify(data.map(trace => trace.name ?? null))];
}

// Plotly draws a chart again when its labels need other margins than it began with. So each begins
// with the margins that one with labels like these has come to.
const rooms = new Map();

const lines = text => text ? String(text).split("<br>") : [];
const named = ({ data, layout }, letter) => layout[`${letter}axis`]?.ticktext
  ?? data.map(trace => trace[letter])
    .find(values => Array.isArray(values) && typeof values[0] === "string");

function likeness(figure, size) {
  const { data, layout } = figure;
  const [x, y] = ["x", "y"].map(letter => {
    const { title, visible, tickprefix } = layout[`${letter}axis`] ?? {};
    return [named(figure, letter), lines(title?.text).length, visible, tickprefix];
  });
  const legend = layout.showlegend !== false && [...data, ...layout.shapes ?? []]
    .map(one => one.showlegend === false ? null : one.name);
  return JSON.stringify([size, layout.margin, x, y, legend, data.map(trace => trace.showscale)]);
}

// What Plotly comes to around an axis of names, in pixels. A little more does no harm.
const AROUND = 12, PAD = 8, TICKS = 8, LINE = 15.6, TO_TITLE = 20, TITLE_LINE = 18.2;
const pencil = document.createElement("canvas").getContext("2d");
pencil.font = `12px ${FONTS}`;

function foreseen(figure) {
  const { data, layout: { xaxis, yaxis, showlegend } } = figure;
  const names = named(figure, "y"), cells = data.some(({ type }) => type === "heatmap");
  const legend = !cells && (showlegend ?? data.length > 1);
  if (!names || yaxis?.visible === false || yaxis?.title?.text || legend) return;
  const widths = names.flatMap(name => lines(name)).map(line => pencil.measureText(line).width);
  const high = Math.max(1, ...(named(figure, "x") ?? []).map(name => lines(name).length));
  const titled = lines(xaxis?.title?.text).length, ticks = cells ? TICKS : 0;
  return {
    l: Math.ceil(AROUND + PAD + ticks + Math.max(0, ...widths) + 1),
    b: Math.ceil(AROUND + ticks + LINE * high + (titled ? TO_TITLE + TITLE_LINE * titled : PAD)),
  };
}

// Plotly offers to share a chart by sending its data to a server of its makers.
const OWN = { displaylogo: false, showSendToCloud: false, plotlyServerURL: "" };

function dressed(plot, figure, config, template, [width, height], full = 0, revision = 0) {
  const { data, layout } = figure, [axes, names] = kept(figure);
  const alike = likeness(figure, `${width} ${height}`);
  const known = rooms.get(alike) ?? foreseen(figure);
  const given = {
    ...layout, template, width, height, uirevision: axes, selectionrevision: revision,
    legend: { ...layout.legend, uirevision: names },
    margin: { ...layout.margin, ...known },
  };
  const look = { ...config, ...OWN, modeBarButtonsToAdd: BUTTONS[full] };
  whole.set(plot, data);
  const done = react(plot, data.map(sparse), given, look);
  dot(plot);
  rooms.set(alike, room(plot));
  return done;
}

const room = ({ _fullLayout }) => {
  const { l, r, t, b } = _fullLayout._size;
  return { l, r, t, b };
};

// Plotly makes an element of the page for each point and changes it ten times, which for a thousand
// takes longer than all else. So it draws one point of a crowd, and here one path has a symbol like
// it at each corner. Numbers come as a list or as text; for few, it makes no difference.
const CROWD = 100, FADED = 0.2;
const REDRAWN = ["afterplot", "redraw", "relayout", "restyle", "selecting", "selected", "deselect"];
const whole = new WeakMap();
// What only scatters of points have that are all alike, on the first axes and without error bars.
const ALONE = ["error_x", "error_y", "xaxis", "yaxis"], ALIKE = ["color", "size", "symbol", "opacity"];
const crowd = trace => trace.type === "scatter" && trace.mode === "markers"
  && (trace.x?.bdata ?? trace.x)?.length > CROWD && ALONE.every(name => !(name in trace))
  && ALIKE.every(name => typeof trace.marker?.[name] !== "object");
const sparse = trace => crowd(trace) ? { ...trace, marker: { ...trace.marker, maxdisplayed: 1 } } : trace;

// What is taken away as a picture has all points.
const PICTURE = {
  moduleType: "apiMethod", name: "downloadImage",
  fn: (plot, how) => {
    const { layout, _context } = plot;
    return Plotly.downloadImage({ data: whole.get(plot), layout, config: _context }, how);
  },
};

function dot(plot) {
  const { xaxis, yaxis } = plot._fullLayout;
  plot.querySelectorAll(".crowd").forEach(one => one.remove());
  for (const points of plot.calcdata) {
    const { trace } = points[0];
    const place = plot.querySelector(`.trace${trace.uid} .points`);
    const shown = trace.marker?.maxdisplayed === 1 && place?.querySelector(".point");
    if (!shown) continue;
    const chosen = trace.selectedpoints && new Set(trace.selectedpoints);
    const corners = [[], []];
    for (const point of points) {
      const at = [xaxis.c2p(point.x), yaxis.c2p(point.y)];
      if (point.vis || !at.every(isFinite)) continue;
      corners[chosen && !chosen.has(point.i) ? 1 : 0].push(at.map(pixel => pixel.toFixed(2)));
    }
    const symbol = shown.cloneNode();
    for (const name of ["class", "transform"]) symbol.removeAttribute(name);
    place.insertAdjacentHTML("beforeend", [1, FADED].map((seen, i) => {
      const opacity = trace.marker.opacity * seen;
      Object.assign(symbol.style, { opacity: "", fillOpacity: opacity, strokeOpacity: opacity });
      return !corners[i].length ? "" : `<g class="crowd">
        <marker id="${trace.uid}-${i}" markerUnits="userSpaceOnUse" overflow="visible">
          ${symbol.outerHTML}</marker>
        <path d="M${corners[i].join("L")}" style="fill: none; marker: url(#${trace.uid}-${i})"/></g>`;
    }).join(""));
  }
}

// Three dimensions take more than a second to set up where there is no graphics card. So they are
// set up once, while nothing else is done, and go from the chart that ends to the one that comes.
let parked, scenes = 0;
const AT_REST_MS = 1000;
const solid = ({ data }) => data.some(trace => trace.type === "scatter3d");
const rest = () => new Promise(done => setTimeout(done, AT_REST_MS));
const idle = () => window.requestIdleCallback ? new Promise(done => requestIdleCallback(done)) : rest();

function element() {
  const made = document.createElement("div");
  made.className = "chart-plot";
  return made;
}

// Bit by bit, so that who does something meanwhile waits less.
const UNTITLED = { title: { text: "" } };
const BITS = [{ ...UNTITLED, showticklabels: false, tickvals: [] }, UNTITLED, {}];
let wanted, ready, busy;

async function setUp(place, ahead) {
  wanted = JSON.stringify([ahead, theme(place), place.clientWidth]);
  if (busy) return;
  busy = true;
  // One that a chart has taken over is as that chart left it.
  const lacking = () => wanted !== ready && (ready || !scenes);
  try {
    while (lacking()) {
      const given = wanted;
      await rest();
      if (lacking() && given === wanted) await setUpNow(given);
    }
  } finally {
    busy = false;
  }
}

async function setUpNow(given) {
  const [{ key, data, layout, config }, template, width] = JSON.parse(given);
  const bits = scenes ? BITS.slice(-1) : BITS;
  const made = takeOver();
  // As large as the scene to come, because a scene of another size is drawn anew.
  made.classList.add(`st-key-${key}`);
  made.style.cssText = `position: fixed; left: -100vw; visibility: hidden; width: ${width}px`;
  document.body.append(made);
  const size = [width, made.clientHeight];
  for (const bit of bits) {
    await idle();
    if (scenes > 1) break;
    const scene = { ...layout.scene };
    for (const name of ["xaxis", "yaxis", "zaxis"]) scene[name] = { ...scene[name], ...bit };
    await dressed(made, { data, layout: { ...layout, scene } }, config, template, size);
  }
  made.remove();
  made.classList.remove(`st-key-${key}`);
  made.style.cssText = "";
  if (scenes === 1) ready = given;
  park(made);
}

const graphics = plot => plot?._fullLayout?.scene?._scene.glplot;
const alive = plot => graphics(plot)?.gl.isContextLost() === false;

// Plotly looks at a scene in each frame of the screen, and draws one anew that is seen no longer.
// So one that is parked sleeps: what Plotly does in each frame is taken note of, to go on with.
const loops = new WeakMap();

function react(plot, ...given) {
  const asleep = graphics(plot)?._stopped && loops.get(graphics(plot));
  if (asleep) graphics(plot)._stopped = false;
  const { requestAnimationFrame } = window;
  let loop;
  window.requestAnimationFrame = tick => {
    if (String(tick).includes("_stopped")) loop = tick;
    return requestAnimationFrame(tick);
  };
  try {
    return Plotly.react(plot, ...given);
  } finally {
    window.requestAnimationFrame = requestAnimationFrame;
    if (loop && graphics(plot)) loops.set(graphics(plot), { tick: loop });
    if (asleep?.ended) asleep.tick();
  }
}

function sleep(plot) {
  const loop = loops.get(graphics(plot));
  graphics(plot)._stopped = true;
  loop.ended = false;
  requestAnimationFrame(() => { loop.ended = true });
}

function drop(plot) {
  if (graphics(plot)) graphics(plot)._stopped = false;
  Plotly.purge(plot);
  scenes -= 1;
}

function park(plot) {
  if (parked || !alive(plot) || !loops.has(graphics(plot))) return drop(plot);
  parked = plot;
  sleep(plot);
}

function takeOver() {
  const found = parked;
  parked = ready = undefined;
  if (alive(found)) return found;
  if (found) drop(found);
  scenes += 1;
  return element();
}

function outlined({ selections = [] }) {
  const box = [], lasso = [];
  for (const one of selections) {
    if (one.type === "rect") box.push({ x: [one.x0, one.x1], y: [one.y0, one.y1] });
    else {
      const points = one.path.slice(1, -1).split("L").map(point => point.split(",").map(Number));
      lasso.push({ x: points.map(([x]) => x), y: points.map(([, y]) => y) });
    }
  }
  return { box, lasso };
}

const plots = new WeakMap();
let drawn = 0;

class Plot {
  constructor(place) {
    this.place = place;
    this.full = false;
    this.escape = event => { if (event.key === "Escape" && this.full) this.turn() };
    document.addEventListener("keydown", this.escape);
    this.print = () => { if (this.waiting) this.draw() };
    window.addEventListener("beforeprint", this.print);
    this.watch = new ResizeObserver(() => {
      if (this.width && this.place.clientWidth && this.size() !== this.width) this.draw();
    });
    this.watch.observe(place);
    // What nobody sees yet is drawn when it comes near.
    this.look = new IntersectionObserver(seen => {
      this.near = seen.at(-1).isIntersecting;
      if (this.near && this.waiting) this.draw();
    }, { rootMargin: "50%" });
    this.look.observe(place);
  }

  size() { return `${this.place.clientWidth} ${this.place.clientHeight}` }

  turn() {
    this.full = !this.full;
    this.place.classList.toggle("chart-full", this.full);
    this.draw();
  }

  take({ figure, alt, config, height, ahead }, send) {
    this.send = send;
    this.given = { figure, config, ahead };
    this.place.setAttribute("aria-label", alt);
    this.place.style.height = height === "stretch" ? "100%" : `${figure.layout.height ?? 450}px`;
    this.revision = ++drawn;
    this.waiting = true;
    if (this.near) this.draw();
  }

  draw() {
    if (window.Plotly) this.paint();
    else library().then(() => this.paint(), () => {
      if (!this.gone) this.place.textContent = "The charts did not load. Load the page again.";
    });
  }

  paint() {
    if (this.gone || !this.place.clientWidth) return;
    this.waiting = false;
    const { figure, config, ahead } = this.given;
    if (!this.plot) this.begin(solid(figure));
    const { clientWidth, clientHeight } = this.place;
    this.width = this.size();
    dressed(this.plot, figure, config, theme(this.place), [clientWidth, clientHeight],
      +this.full, this.revision);
    if (!this.solid && !this.listening) {
      this.listening = true;
      for (const name of REDRAWN) this.plot.on(`plotly_${name}`, () => dot(this.plot));
      this.plot.on("plotly_selected", event => {
        const outlines = event && outlined(event);
        if (outlines && outlines.box.length + outlines.lasso.length) this.send("drawn", outlines);
      });
    }
    if (ahead) setUp(this.place, ahead);
  }

  begin(solid) {
    Plotly.register(PICTURE);
    this.solid = solid;
    this.plot = solid ? takeOver() : element();
    owners.set(this.plot, this);
    this.place.replaceChildren(this.plot);
  }

  end() {
    this.gone = true;
    this.watch.disconnect();
    this.look.disconnect();
    window.removeEventListener("beforeprint", this.print);
    document.removeEventListener("keydown", this.escape);
    if (this.plot && this.solid) {
      this.plot.remove();
      park(this.plot);
    } else if (this.plot) window.Plotly.purge(this.plot);
  }
}

export default function ({ data, parentElement, setTriggerValue }) {
  const place = parentElement.querySelector(".chart");
  if (!plots.has(place)) plots.set(place, new Plot(place));
  const plot = plots.get(place);
  plot.take(JSON.parse(new TextDecoder().decode(data)), setTriggerValue);
  return () => plot.end();
}

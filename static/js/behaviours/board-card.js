// Draws a card's chart from the JSON beside it. Meaning is never colour alone: lines differ in dash and mark, bars in
// hatching, and the names stand in the chart; the table below says the same.
const HUES = { in: "--tick-read", bot: "--warning", person: "--state-asesor", other: "--ink-2" };
const DASHES = { in: [], bot: [7, 4], person: [2, 3], other: [1, 1] };
const MARKS = { in: "circle", bot: "rect", person: "triangle", other: "cross" };
const SLANTS = { bot: 1, person: -1 };

function token(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

function hatched(hue, colour) {
  if (!SLANTS[hue]) return colour;
  const tile = document.createElement("canvas");
  tile.width = tile.height = 8;
  const pen = tile.getContext("2d");
  pen.fillStyle = colour;
  pen.fillRect(0, 0, 8, 8);
  pen.strokeStyle = token("--surface-1");
  pen.lineWidth = 2;
  pen.beginPath();
  for (const shift of [-8, 0, 8]) {
    pen.moveTo(shift, SLANTS[hue] > 0 ? 8 : 0);
    pen.lineTo(shift + 8, SLANTS[hue] > 0 ? 0 : 8);
  }
  pen.stroke();
  return pen.createPattern(tile, "repeat");
}

function dataset(series, shape, alone) {
  const colour = token(HUES[series.hue]);
  const common = { label: series.label, data: series.values, borderColor: colour };
  if (shape === "line") {
    const marks = { pointStyle: MARKS[series.hue], pointRadius: series.values.length > 60 ? 0 : 3, borderDash: DASHES[series.hue] };
    return { ...common, ...marks, backgroundColor: colour, borderWidth: 2, tension: 0 };
  }
  return { ...common, backgroundColor: alone ? colour : hatched(series.hue, colour), borderWidth: alone ? 0 : 1, maxBarThickness: 28 };
}

function options(chart) {
  const across = chart.shape === "across", stacked = chart.shape === "stack" || (across && chart.series.length > 1);
  const ink = token("--ink-2"), line = token("--line");
  const counts = { beginAtZero: true, stacked, ticks: { precision: 0, color: ink }, grid: { color: line }, border: { display: false } };
  const names = { stacked, ticks: { color: ink, autoSkip: !across, maxRotation: 0 }, grid: { display: false }, border: { color: line } };
  const many = chart.series.length > 1;
  return {
    animation: false,
    maintainAspectRatio: false,
    indexAxis: across ? "y" : "x",
    interaction: { mode: "index", axis: across ? "y" : "x", intersect: false },
    scales: across ? { x: counts, y: names } : { x: names, y: counts },
    plugins: { legend: { display: many, align: "start", labels: { color: token("--ink-1"), usePointStyle: chart.shape === "line", boxWidth: 16, boxHeight: 8 } } },
  };
}

function draw(card) {
  const canvas = card.querySelector("canvas"), told = card.querySelector("script[data-chart]");
  if (!canvas || !told || !window.Chart) return;
  const chart = JSON.parse(told.textContent), alone = chart.series.length === 1;
  window.Chart.getChart(canvas)?.destroy();
  window.Chart.defaults.font.family = token("--font");
  if (chart.shape === "across") canvas.parentElement.style.blockSize = `${Math.max(chart.labels.length * 32 + (alone ? 40 : 72), 112)}px`;
  const datasets = chart.series.map((series) => dataset(series, chart.shape, alone));
  new window.Chart(canvas, { type: chart.shape === "line" ? "line" : "bar", data: { labels: chart.labels, datasets }, options: options(chart) });
}

export default function boardCard(card) {
  draw(card);
  card.addEventListener("board:redraw", () => draw(card));
}

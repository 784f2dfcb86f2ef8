// Draws every <canvas data-chart="ID"> from the JSON of #ID: {type: "line" | "bar", labels, series: [{label, values}]}, and
// optionally stacked and horizontal. The table beside each chart says the same, so a page without this script loses nothing.
const { Chart } = window;
const calm = window.matchMedia("(prefers-reduced-motion: reduce)");
const root = document.documentElement;
const SERIES = ["--cpor-chart-1", "--cpor-chart-2", "--cpor-chart-3", "--cpor-chart-4"];
// Lines differ in more than colour.
const DASHES = [[], [6, 4], [2, 3], [10, 4, 2, 4]];
const POINTS = ["circle", "rect", "triangle", "rectRot"];

// A canvas can't read light-dark() or var(), so the browser works the colour out on an element first.
function colour(token) {
    const probe = document.createElement("span");
    probe.hidden = true;
    probe.style.color = `var(${token})`;
    document.body.append(probe);
    const found = getComputedStyle(probe).color;
    probe.remove();
    return found;
}

function dressed(chart) {
    const ink = colour("--cpor-ink-soft");
    const line = colour("--cpor-line");
    chart.data.datasets.forEach((dataset, index) => {
        const painted = colour(SERIES[index % SERIES.length]);
        // A function, because Chart.js keeps plain values of points and bars through an update without animation.
        const own = () => painted;
        Object.assign(dataset, {
            backgroundColor: own,
            borderColor: own,
            pointBackgroundColor: own,
            pointBorderColor: own,
        });
    });
    for (const scale of Object.values(chart.options.scales)) {
        scale.ticks.color = ink;
        scale.grid.color = line;
        scale.border = { color: line };
    }
    chart.options.plugins.legend.labels.color = ink;
    return chart;
}

function axes({ horizontal = false, stacked = false }) {
    const labels = { stacked, grid: { display: false }, ticks: { autoSkip: !horizontal } };
    const values = { stacked, beginAtZero: true, grid: {}, ticks: { precision: 0, maxTicksLimit: 6 } };
    return horizontal ? { x: values, y: labels } : { x: labels, y: values };
}

// Long labels beside horizontal bars break into lines: the canvas would cut them off.
function broken(label, width) {
    return label.split(" ").reduce(
        (lines, word) => {
            const last = lines.at(-1);
            const longer = last ? `${last} ${word}` : word;
            return longer.length <= width || !last ? [...lines.slice(0, -1), longer] : [...lines, word];
        },
        [""],
    );
}

function draw(canvas) {
    const told = JSON.parse(document.getElementById(canvas.dataset.chart).textContent);
    const widest = canvas.parentElement.clientWidth < 480 ? 18 : 30;
    const { fontFamily, fontSize } = getComputedStyle(document.body);
    Chart.defaults.font = { ...Chart.defaults.font, family: fontFamily, size: parseFloat(fontSize) * 0.875 };
    const chart = {
        type: told.type,
        data: {
            labels: told.horizontal ? told.labels.map((label) => broken(label, widest)) : told.labels,
            datasets: told.series.map(({ label, values }, index) => ({
                label,
                data: values,
                borderDash: DASHES[index % DASHES.length],
                borderWidth: told.type === "line" ? 2 : 0,
                maxBarThickness: 32,
                pointStyle: POINTS[index % POINTS.length],
                pointRadius: 4,
            })),
        },
        options: {
            animation: calm.matches ? false : { duration: 250 },
            indexAxis: told.horizontal ? "y" : "x",
            interaction: { mode: "index", axis: told.horizontal ? "y" : "x", intersect: false },
            locale: root.lang,
            maintainAspectRatio: false,
            scales: axes(told),
            plugins: {
                colors: { enabled: false },
                legend: { display: told.series.length > 1, labels: { boxHeight: 8, usePointStyle: true } },
            },
        },
    };
    return new Chart(canvas, dressed(chart));
}

const charts = [...document.querySelectorAll("canvas[data-chart]")].map(draw);

function repaint() {
    charts.forEach((chart) => dressed(chart).update("none"));
}

new MutationObserver(repaint).observe(root, { attributeFilter: ["data-bs-theme"] });
for (const query of ["(prefers-color-scheme: dark)", "(forced-colors: active)", "print"]) {
    window.matchMedia(query).addEventListener("change", repaint);
}

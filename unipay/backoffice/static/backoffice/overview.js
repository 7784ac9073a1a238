/* A bar or a point of a chart leads to the list behind it, and its words have the page's colour, light or dark; Unfold
   has drawn the charts by then. */
window.addEventListener("load", () => {
  for (const canvas of document.querySelectorAll("canvas[data-links]")) {
    const chart = window.Chart && window.Chart.getChart(canvas);
    if (!chart) {
      continue;
    }
    const links = JSON.parse(canvas.dataset.links);
    const linkOf = (hits) => hits.length && (links[hits[0].datasetIndex] || [])[hits[0].index];
    chart.options.onClick = (event, hits) => {
      if (linkOf(hits)) {
        window.location.assign(linkOf(hits));
      }
    };
    chart.options.onHover = (event, hits) => {
      canvas.style.cursor = linkOf(hits) ? "pointer" : "default";
    };
    const ink = () => getComputedStyle(canvas).color;
    for (const scale of Object.values(chart.options.scales)) {
      scale.ticks.color = ink;
    }
    chart.options.plugins.legend.labels.color = ink;
    chart.update();
  }
});

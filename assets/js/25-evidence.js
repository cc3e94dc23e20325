/* Evidence: a measured value as a small curve with its limits; drawn where a page says so, again when it changes. */
(function () {
  "use strict";

  var SVG = "http://www.w3.org/2000/svg", WIDTH = 240, HEIGHT = 64, EDGE = 4;

  function add(parent, name, attributes) {
    var node = document.createElementNS(SVG, name);
    Object.keys(attributes).forEach(function (key) { node.setAttribute(key, attributes[key]); });
    parent.appendChild(node);
  }
  function draw(place) {
    var said = JSON.parse(place.dataset.evidence), root = document.createElementNS(SVG, "svg");
    var times = said.points.map(function (p) { return p[0]; }), values = said.points.map(function (p) { return p[1]; });
    var limits = [said.low, said.high].filter(function (v) { return v !== null; });
    var low = Math.min.apply(null, values.concat(limits)), high = Math.max.apply(null, values.concat(limits));
    var from = times[0], span = times[times.length - 1] - from || 1, height = high - low || 1;
    function x(t) { return ((t - from) / span * WIDTH).toFixed(1); }
    function y(v) { return (HEIGHT - EDGE - (v - low) / height * (HEIGHT - 2 * EDGE)).toFixed(1); }
    root.setAttribute("viewBox", "0 0 " + WIDTH + " " + HEIGHT);
    root.setAttribute("preserveAspectRatio", "none");
    root.setAttribute("aria-hidden", "true");
    if (said.mark !== null && said.mark >= from) {
      add(root, "rect", { "class": "evidence__since", x: x(said.mark), y: 0, width: Math.max(0, WIDTH - x(said.mark)), height: HEIGHT });
    }
    limits.forEach(function (v) { add(root, "line", { "class": "evidence__limit", x1: 0, x2: WIDTH, y1: y(v), y2: y(v) }); });
    add(root, "polyline", { "class": "evidence__line", points: said.points.map(function (p) { return x(p[0]) + "," + y(p[1]); }).join(" ") });
    place.replaceChildren(root);
  }
  function drawAll() {
    document.querySelectorAll("[data-evidence]").forEach(function (place) {
      if (place.firstChild && place.dataset.drawn === place.dataset.evidence) { return; }
      place.dataset.drawn = place.dataset.evidence;
      draw(place);
    });
  }
  new MutationObserver(drawAll).observe(document, {
    childList: true, subtree: true, attributes: true, attributeFilter: ["data-evidence"]
  });
})();

/* Small drawings the server describes: a stretch of a value with its limits, and intervals beside one another. */
(function (L) {
  "use strict";

  var SVG = "http://www.w3.org/2000/svg", W = 240, H = 56, PAD = 4;
  function svg(name, attributes, parent) {
    var node = document.createElementNS(SVG, name);
    Object.keys(attributes).forEach(function (key) { node.setAttribute(key, attributes[key]); });
    if (parent) { parent.appendChild(node); }
    return node;
  }
  function known(values) { return values.filter(function (v) { return typeof v === "number"; }); }
  function scale(from, to, low, high) {
    return function (v) { return high === low ? (from + to) / 2 : from + (to - from) * (v - low) / (high - low); };
  }

  /* points: [x, y]; lines: {cls, y}; mark: x from when on it matters. */
  function curve(box, said) {
    var xs = said.points.map(function (p) { return p[0]; });
    var ys = said.points.map(function (p) { return p[1]; }).concat(known(said.lines.map(function (l) { return l.y; })));
    var x = scale(PAD, W - PAD, Math.min.apply(null, xs), Math.max.apply(null, xs));
    var y = scale(H - PAD, PAD, Math.min.apply(null, ys), Math.max.apply(null, ys));
    if (typeof said.mark === "number") {
      var at = Math.min(W - PAD, Math.max(PAD, x(said.mark)));
      svg("rect", { x: at, y: 0, width: W - at, height: H, class: "plot__since" }, box);
    }
    said.lines.forEach(function (line) {
      if (typeof line.y === "number") {
        svg("line", { x1: 0, x2: W, y1: y(line.y), y2: y(line.y), class: "plot__" + line.cls }, box);
      }
    });
    if (said.dots) {
      said.points.forEach(function (p) {
        svg("circle", { cx: x(p[0]), cy: y(p[1]), r: 2.5, class: p[0] >= said.mark ? "plot__after" : "plot__before" }, box);
      });
    } else {
      var path = said.points.map(function (p) { return x(p[0]).toFixed(1) + "," + y(p[1]).toFixed(1); }).join(" ");
      svg("polyline", { points: path, class: "plot__curve" }, box);
    }
  }

  /* bars: {cls, low, mid, high} one under the other, on one axis with zero in it. */
  function intervals(box, said) {
    var x = scale(PAD, W - PAD, said.from, said.to), step = H / said.bars.length;
    svg("line", { x1: x(0), x2: x(0), y1: 0, y2: H, class: "plot__zero" }, box);
    said.bars.forEach(function (bar, at) {
      var y = step * (at + 0.5);
      svg("line", { x1: x(bar.low), x2: x(bar.high), y1: y, y2: y, class: "plot__bar plot__bar--" + bar.cls }, box);
      svg("circle", { cx: x(bar.mid), cy: y, r: 4.5, class: "plot__mid plot__mid--" + bar.cls }, box);
    });
  }

  function draw() {
    document.querySelectorAll("[data-plot]").forEach(function (node) {
      if (node.dataset.drawn === node.dataset.plot) { return; }
      node.dataset.drawn = node.dataset.plot;
      var said = JSON.parse(node.dataset.plot), box = svg("svg", { viewBox: "0 0 " + W + " " + H, "aria-hidden": "true" });
      if (said.bars) { intervals(box, said); } else { curve(box, said); }
      node.replaceChildren(box);
    });
  }
  new MutationObserver(draw).observe(document, {
    childList: true, subtree: true, attributes: true, attributeFilter: ["data-plot"]
  });

  /* "Not now" asks for a short reason: which suggestion it is about goes into the dialog's form. */
  document.addEventListener("click", function (event) {
    var button = event.target.closest && event.target.closest("[data-not-now]");
    var dialog = button && document.querySelector('dialog[data-dialog="not_now"]');
    if (!dialog) { return; }
    var form = dialog.querySelector("form");
    form.reset();
    form.elements.about.value = button.dataset.notNow;
    dialog.querySelectorAll("[data-said]").forEach(function (node) { node.textContent = button.dataset.title; });
    dialog.showModal();
  });
})(window.lineside);

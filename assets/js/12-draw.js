/* Drawings the painter makes from a board: state bands, sparklines, loss bars. Redrawn only when their data changed. */
(function (L) {
  "use strict";

  var SVG = "http://www.w3.org/2000/svg";
  function svg(name, attributes) {
    var node = document.createElementNS(SVG, name);
    Object.keys(attributes).forEach(function (key) { node.setAttribute(key, attributes[key]); });
    return node;
  }
  function share(t, shift) { return (100 * (t - shift.start) / (shift.end - shift.start)).toFixed(3) + "%"; }

  /* One element per band, kept by its start; only the last one grows, so a tick writes one width. */
  function timeline(node, bands, board, memory) {
    var shift = board.shift, name = shift.start + "-" + shift.end;
    if (memory.shift !== name) { memory.shift = name; memory.bands = new Map(); node.textContent = ""; hours(node, shift); }
    var seen = new Set();
    (bands || []).forEach(function (band) {
      seen.add(band.start);
      var held = memory.bands.get(band.start);
      if (!held) {
        held = { node: document.createElement("button"), text: "" };
        held.node.type = "button";
        held.node.className = "band";
        held.node.tabIndex = -1;
        node.appendChild(held.node);
        memory.bands.set(band.start, held);
      }
      var text = [band.end, band.bucket, band.reason, band.id].join();
      if (held.text !== text) { held.text = text; paintBand(held.node, band, shift); }
    });
    memory.bands.forEach(function (held, start) {
      if (!seen.has(start)) { held.node.remove(); memory.bands.delete(start); }
    });
    node.style.setProperty("--now", share(Math.min(board.at, shift.end), shift));
  }
  function paintBand(node, band, shift) {
    node.dataset.bucket = band.bucket;
    node.style.left = share(Math.max(band.start, shift.start), shift);
    node.style.width = (100 * (band.end - Math.max(band.start, shift.start)) / (shift.end - shift.start)).toFixed(3) + "%";
    var words = [L.t("bucket." + band.bucket), band.reason ? L.format(band.reason, "reason") : "", L.format(band.start, "clock") + "–" +
      L.format(band.end, "clock"), L.format(band.end - band.start, "minutes")];
    node.title = words.filter(Boolean).join(" · ");
    node.setAttribute("aria-label", node.title);
    if (band.id) { node.dataset.stop = band.id; node.dataset.start = band.start; node.dataset.reason = band.reason || ""; }
  }
  function hours(node, shift) {
    var hour = 3600000, t = Math.ceil(shift.start / hour) * hour;
    for (; t <= shift.end; t += hour) {
      var tick = document.createElement("span");
      tick.className = "tick";
      tick.style.left = share(t, shift);
      tick.textContent = L.format(t, "clock");
      node.appendChild(tick);
    }
  }

  function isSame(known, values) {
    return Boolean(known) && known.length === values.length && values.every(function (value, i) { return value === known[i]; });
  }

  /* OEE of the last hours: a line with gaps where it could not be computed, and the target as a thin rule. */
  function sparkline(node, values, board, memory) {
    var target = node.dataset.target ? Number(node.dataset.target) : board.oee_target;
    if (!values || (memory.target === target && isSame(memory.values, values))) { return; }
    memory.values = values;
    memory.target = target;
    if (!memory.line) {
      var picture = svg("svg", { viewBox: "0 0 100 30", preserveAspectRatio: "none", "aria-hidden": "true" });
      memory.rule = svg("path", { "class": "rule" });
      memory.line = svg("path", { "class": "line" });
      picture.appendChild(memory.rule);
      picture.appendChild(memory.line);
      node.appendChild(picture);
    }
    var step = 100 / Math.max(1, values.length - 1), path = "", pen = "M";
    values.forEach(function (value, i) {
      if (value === null) { pen = "M"; return; }
      path += pen + (i * step).toFixed(1) + " " + (29 - 28 * Math.max(0, Math.min(1, value))).toFixed(1);
      pen = "L";
    });
    memory.line.setAttribute("d", path);
    memory.rule.setAttribute("d", target ? "M0 " + (29 - 28 * target).toFixed(1) + "H100" : "");
  }

  /* Where planned time went: parts of one bar that together are exactly its length; a negative part is left out of it. */
  function losses(node, parts, board, memory) {
    var text = JSON.stringify(parts);
    if (memory.text === text || !parts) { return; }
    memory.text = text;
    var whole = parts.reduce(function (sum, part) { return sum + Math.max(0, part.ms); }, 0);
    node.textContent = "";
    parts.forEach(function (part) {
      if (part.ms <= 0) { return; }
      var one = document.createElement("i");
      one.dataset.loss = part.key;
      one.style.width = (100 * part.ms / whole).toFixed(3) + "%";
      one.title = L.t("loss." + part.key) + " · " + L.format(part.ms, "minutes");
      node.appendChild(one);
    });
  }

  L.drawings = { timeline: timeline, sparkline: sparkline, losses: losses };
})(window.lineside);

/* Large parts (layouts/components/still.py): data-still describes the inside of its element as texts and
   [tag, attributes, ...inside]. React knows nothing of it. A part that comes anew keeps which details were open, where the focus was and how far it was scrolled. */
(function () {
  "use strict";
  var FOCUS = "a[href], button, summary, input, select, [tabindex]";
  function list(node, selector) { return Array.prototype.slice.call(node.querySelectorAll(selector)); }

  function make(said) {
    if (typeof said === "string") { return document.createTextNode(said); }
    var node = document.createElement(said[0]), marks = said[1];
    Object.keys(marks).forEach(function (name) {
      if (name !== "style") { node.setAttribute(name, marks[name]); return; }
      Object.keys(marks.style).forEach(function (rule) { node.style.setProperty(rule, marks.style[rule]); });
    });
    for (var at = 2; at < said.length; at++) { node.appendChild(make(said[at])); }
    return node;
  }
  function fill(node) {
    var said = node.getAttribute("data-still"), before = node.stillNodes || [];
    if (said === null) {
      before.forEach(function (old) { if (old.parentNode === node) { node.removeChild(old); } });
      node.stillNodes = node.stillSaid = null;
      return;
    }
    if (node.stillSaid === said && node.firstChild) { return; }
    var open = list(node, "details").map(function (one) { return one.open; });
    var focused = list(node, FOCUS).indexOf(document.activeElement), top = node.scrollTop, left = node.scrollLeft;
    node.stillSaid = said;
    node.stillNodes = JSON.parse(said).map(make);
    node.replaceChildren.apply(node, node.stillNodes);
    list(node, "details").forEach(function (one, at) { if (open[at]) { one.open = true; } });
    if (focused >= 0) { (list(node, FOCUS)[focused] || node).focus({ preventScroll: true }); }
    node.scrollTop = top;
    node.scrollLeft = left;
  }
  function look(node) {
    if (node.nodeType !== 1) { return; }
    if (node.hasAttribute("data-still")) { fill(node); }
    list(node, "[data-still]").forEach(fill);
  }
  new MutationObserver(function (records) {
    records.forEach(function (record) {
      if (record.type === "attributes") { fill(record.target); } else { Array.prototype.forEach.call(record.addedNodes, look); }
    });
  }).observe(document, { childList: true, subtree: true, attributes: true, attributeFilter: ["data-still"] });
})();

/* The painter: writes a board into the elements marked for it; React never touches what it wrote.

     data-live="path.in.board" data-format="percent"     text of the element
     data-bind="data-bucket=state.bucket; --p=output.good|fraction; title=name"   attributes and custom properties
     data-show="path" / data-hide="path"                 shown when there is something (not null, false, 0 or empty)
     data-list="path" data-key="start" [data-limit]      one clone of the <template>'s only child per item, by key
     data-draw="sparkline" data-path="trend"             a drawing of 12-draw.js

   Paths in a row are relative to its item; a leading `/` starts at the board, `^` at the item of the row around it. Marked elements are looked up once; a
   tick only compares values and writes what changed. */
(function (L) {
  "use strict";

  function getter(path) {
    var from = path[0], names = (from === "/" || from === "^" ? path.slice(1) : path).split(".");
    var depth = names.length;
    return function (item, board, outer) {
      var found = from === "/" ? board : from === "^" ? outer : item;
      if (path === ".") { return found; }
      for (var i = 0; i < depth && found !== null && found !== undefined; i++) { found = found[names[i]]; }
      return found;
    };
  }
  function something(value) { return Array.isArray(value) ? value.length > 0 : Boolean(value); }

  function liveOp(node) {
    var get = getter(node.dataset.live), how = node.dataset.format || "text", last;
    return function (item, board, outer) {
      var text = L.format(get(item, board, outer), how);
      if (text !== last) { last = text; node.textContent = text; }
    };
  }
  function bindOp(node, target, path, how) {
    var get = getter(path), last, isProperty = target.indexOf("--") === 0;
    return function (item, board, outer) {
      var value = get(item, board, outer), isGone = value === null || value === undefined || value === false;
      var text = isGone ? null : value === true ? "" : how ? L.format(value, how) : String(value);
      if (text === last) { return; }
      last = text;
      if (isProperty) {
        if (text === null) { node.style.removeProperty(target); } else { node.style.setProperty(target, text); }
      } else if (text === null) { node.removeAttribute(target); } else { node.setAttribute(target, text); }
    };
  }
  function showOp(node, path, wanted) {
    var get = getter(path), last;
    return function (item, board) {
      var isHidden = something(get(item, board)) !== wanted;
      if (isHidden !== last) { last = isHidden; node.hidden = isHidden; }
    };
  }
  function drawOp(node) {
    var get = getter(node.dataset.path || "."), draw = L.drawings[node.dataset.draw], memory = {};
    return function (item, board) { draw(node, get(item, board), board, memory); };
  }

  function listOp(node) {
    var get = getter(node.dataset.list), key = node.dataset.key, limit = Number(node.dataset.limit || 1e9);
    var pattern = Array.prototype.find.call(node.children, function (c) { return c.tagName === "TEMPLATE"; });
    var model = pattern.content.firstElementChild || pattern.firstElementChild, rows = new Map();
    function row(name) {
      var found = rows.get(name);
      if (!found) {
        var element = model.cloneNode(true);
        element.dataset.row = name;
        found = { element: element, ops: compile(element) };
        rows.set(name, found);
      }
      return found;
    }
    return function (item, board) {
      var items = get(item, board) || [], before = pattern, seen = new Set();
      for (var i = 0; i < items.length && i < limit; i++) {
        var name = String(items[i][key]), one = row(name);
        seen.add(name);
        if (before.nextElementSibling !== one.element) { node.insertBefore(one.element, before.nextElementSibling); }
        before = one.element;
        run(one.ops, items[i], board, item);
      }
      if (rows.size > seen.size) {
        rows.forEach(function (gone, name) {
          if (!seen.has(name)) { gone.element.remove(); rows.delete(name); }
        });
      }
    };
  }

  function opsOf(node, ops) {
    var marks = node.dataset;
    if (marks.live !== undefined) { ops.push(liveOp(node)); }
    if (marks.bind !== undefined) {
      marks.bind.split(";").forEach(function (part) {
        var cut = part.indexOf("="), rest = part.slice(cut + 1).trim().split("|");
        ops.push(bindOp(node, part.slice(0, cut).trim(), rest[0], rest[1]));
      });
    }
    if (marks.show !== undefined) { ops.push(showOp(node, marks.show, true)); }
    if (marks.hide !== undefined) { ops.push(showOp(node, marks.hide, false)); }
    if (marks.draw !== undefined) { ops.push(drawOp(node)); }
    if (marks.list !== undefined) { ops.push(listOp(node)); }
  }
  function compile(root) {
    var ops = [];
    (function walk(node) {
      opsOf(node, ops);
      for (var child = node.firstElementChild; child; child = child.nextElementSibling) {
        if (child.tagName !== "TEMPLATE" && child.dataset.row === undefined) { walk(child); }
      }
    })(root);
    return ops;
  }
  function run(ops, item, board, outer) { for (var i = 0; i < ops.length; i++) { ops[i](item, board, outer); } }

  /* Return a painter of everything marked inside `root`: paint(board). */
  L.painter = function (root) {
    Array.prototype.forEach.call(root.querySelectorAll("[data-row]"), function (old) { old.remove(); });
    var ops = compile(root);
    return function (board) { L.zone = board.zone || L.zone; run(ops, board, board); };
  };
})(window.lineside);

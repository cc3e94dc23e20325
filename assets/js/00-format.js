/* Numbers, durations, plant time and words: how a value of a board is written on the screen.
   Times are UTC ms, durations ms, ratios fractions. What cannot be computed is an en dash, never 0. */
window.lineside = window.lineside || {};
(function (L) {
  "use strict";

  var NONE = "–", MINUS = "−", THIN = " ";
  var words = {};
  L.lang = "en";
  L.zone = "UTC";
  L.offset = null;

  /* Plant time now: this device's steady clock moved onto the server's by the least delayed sample seen. */
  L.steady = function () { return performance.timeOrigin + performance.now(); };
  L.now = function () { return L.steady() + (L.offset === null ? Date.now() - L.steady() : L.offset); };

  /* The newest server time is at least `at` (it only arrives late). The offset may fall by 500 ppm, a drifting clock. */
  var sampledAt = 0;
  L.heardTime = function (at) {
    var steady = L.steady(), offset = at - steady;
    var floor = L.offset === null ? -Infinity : L.offset - (steady - sampledAt) * 0.0005;
    L.offset = Math.max(offset, floor);
    sampledAt = steady;
  };

  L.words = function (lang, texts) {
    L.lang = lang;
    words = texts;
    numbers = {};
    clocks = {};
  };
  L.t = function (key, values) {
    var text = words[key] === undefined ? key : words[key];
    return values ? text.replace(/\{(\w+)\}/g, function (_, name) { return values[name]; }) : text;
  };

  var numbers = {}, clocks = {};
  function number(digits) {
    return numbers[digits] || (numbers[digits] = new Intl.NumberFormat(L.lang, {
      minimumFractionDigits: digits, maximumFractionDigits: digits
    }));
  }
  function clock(kind) {
    var name = kind + L.zone, options = { timeZone: L.zone, hourCycle: "h23" };
    if (!clocks[name]) {
      if (kind !== "date") { options.hour = "2-digit"; options.minute = "2-digit"; }
      if (kind === "seconds") { options.second = "2-digit"; }
      if (kind === "date") { options.weekday = "short"; options.day = "numeric"; options.month = "short"; }
      clocks[name] = new Intl.DateTimeFormat(L.lang, options);
    }
    return clocks[name];
  }
  function none(value) { return value === null || value === undefined || value === ""; }
  function signed(value, text) { return (value > 0 ? "+" : value < 0 ? MINUS : "±") + text; }
  function two(value) { return value < 10 ? "0" + value : "" + value; }

  function duration(ms) {
    var s = Math.max(0, Math.floor(ms / 1000)), h = Math.floor(s / 3600), m = Math.floor(s / 60) % 60;
    if (h >= 48) { return Math.floor(h / 24) + THIN + L.t("unit.d") + " " + h % 24 + THIN + L.t("unit.h"); }
    if (h) { return h + THIN + L.t("unit.h") + " " + two(m) + THIN + L.t("unit.min"); }
    if (m) { return m + THIN + L.t("unit.min") + " " + two(s % 60) + THIN + L.t("unit.s"); }
    return s + THIN + L.t("unit.s");
  }
  function minutes(ms) {
    var sign = ms < 0 ? MINUS : "", m = Math.round(Math.abs(ms) / 60000);
    if (Math.abs(ms) < 60000) { return sign + Math.round(Math.abs(ms) / 1000) + THIN + L.t("unit.s"); }
    return m < 60 ? sign + m + THIN + L.t("unit.min")
      : sign + Math.floor(m / 60) + THIN + L.t("unit.h") + " " + two(m % 60) + THIN + L.t("unit.min");
  }

  var formats = {
    text: function (v) { return String(v); },
    int: function (v) { return number(0).format(v).replace("-", MINUS); },
    delta: function (v) { return signed(v, number(0).format(Math.abs(v))); },
    percent: function (v) { return number(1).format(v * 100); },
    percent0: function (v) { return number(0).format(v * 100); },
    points: function (v) { return signed(v, number(1).format(Math.abs(v) * 100)); },
    fraction: function (v) { return Math.max(0, Math.min(1, v)).toFixed(3); },
    rate: function (v) { return number(0).format(v); },
    duration: duration,
    minutes: minutes,
    since: function (v) { return duration(L.now() - v); },
    ago: function (v) { return minutes(L.now() - v); },
    until: function (v) { return minutes(Math.max(0, v - L.now())); },
    clock: function (v) { return clock("minutes").format(v); },
    seconds: function (v) { return clock("seconds").format(v); },
    date: function (v) { return clock("date").format(v); },
    word: function (v, prefix) { return L.t(prefix + "." + v); },
    size: function (v) { return String(typeof v === "number" ? v : v.length); },
    progress: function (order) { return order.quantity ? Math.min(1, order.good / order.quantity).toFixed(4) : null; },
    constraint: function (machines) {
      var found = machines.filter(function (m) { return m.is_constraint; })[0];
      return found ? found.name : NONE;
    },
    late: function (at) { return L.now() - at > 15000 ? "" : null; },
    line_url: function (line) { return "/line/" + line; },
    sign: function (v) { return v < 0 ? "minus" : "plus"; },
    grey: function () { return "is-grey"; },
    ahead: function (v) { return v > L.now() ? "" : null; },
    reason: function (v) { return L.reasons && L.reasons[v] || v; },
    shift: function (v) { return words["shift." + v] || v; },
    plural: function (v, key) { var n = typeof v === "number" ? v : v.length; return L.t(key + (n === 1 ? ".one" : ".many"), { n: n }); }
  };
  L.ticking = { since: 1, ago: 1, until: 1 };

  /* Return `value` written by a format `name` or `name:argument`; null is an en dash. */
  L.format = function (value, how) {
    if (none(value)) { return NONE; }
    var cut = how.indexOf(":"), name = cut < 0 ? how : how.slice(0, cut);
    return formats[name](value, cut < 0 ? undefined : how.slice(cut + 1));
  };
})(window.lineside);

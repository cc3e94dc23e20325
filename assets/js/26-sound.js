/* A wall says aloud and in words that a high alert waits for somebody: three short tones every half minute, no file.
   Muted by `?sound=off` (kept on the device until `?sound=on`), and where the device asks for less of everything. */
(function () {
  "use strict";

  var LOOK_MS = 10000, AGAIN_MS = 30000, TONES = [660, 880, 660], TONE_S = 0.18, GAP_S = 0.06, LOUD = 0.12;
  var context = null, last = 0;

  function isQuiet() {
    var asked = new URLSearchParams(location.search).get("sound");
    if (asked === "off" || asked === "on") { localStorage.setItem("sound", asked); }
    return localStorage.getItem("sound") === "off" || matchMedia("(prefers-reduced-motion: reduce)").matches;
  }
  function play() {
    context = context || new AudioContext();
    context.resume();
    TONES.forEach(function (pitch, n) {
      var at = context.currentTime + n * (TONE_S + GAP_S), tone = context.createOscillator(), volume = context.createGain();
      tone.frequency.value = pitch;
      volume.gain.setValueAtTime(0, at);
      volume.gain.linearRampToValueAtTime(LOUD, at + 0.02);
      volume.gain.linearRampToValueAtTime(0, at + TONE_S);
      tone.connect(volume);
      volume.connect(context.destination);
      tone.start(at);
      tone.stop(at + TONE_S);
    });
  }
  function show(alerts) {
    var strip = document.querySelector("[data-wall-alert]");
    if (!alerts.length) { if (strip) { strip.remove(); } return; }
    if (!strip) {
      strip = document.createElement("div");
      strip.dataset.wallAlert = "";
      strip.setAttribute("role", "alert");
      document.body.appendChild(strip);
    }
    var said = alerts.map(function (alert) { return alert.title; }).join(" \u00b7 ");
    if (strip.textContent !== said) { strip.textContent = said; }
  }
  function look() {
    var wall = document.querySelector("[data-page][data-wall]");
    if (!wall || !wall.dataset.topic) { show([]); return; }
    var query = new URLSearchParams({ equipment: wall.dataset.topic, state: "unacknowledged", lang: document.documentElement.lang });
    fetch("/api/v1/alerts?" + query, { headers: { Accept: "application/json" } }).then(function (answer) {
      return answer.ok ? answer.json() : null;
    }).then(function (found) {
      if (!found) { return; }
      var sounding = found.alerts.filter(function (alert) { return alert.sounding; });
      show(sounding);
      if (sounding.length && !isQuiet() && performance.now() - last >= AGAIN_MS) { last = performance.now(); play(); }
    }).catch(function () { /* the page itself says that the server is away */ });
  }
  setInterval(look, LOOK_MS);
  document.addEventListener("lineside:page", look);
  last = -AGAIN_MS;
})();

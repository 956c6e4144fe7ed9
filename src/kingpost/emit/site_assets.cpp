#include "kingpost/emit/site_parts.hpp"

namespace kingpost::emit {

const std::string_view kSiteStyle = R"css(:root{
  --ink:#1c2430;--muted:#5b6675;--line:#dfe3e8;--surface:#fff;--raised:#f5f7f9;--accent:#1f5fa8;--accent-soft:#e6eff9;--warn:#9a4a00;
  --mono:ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace;
  --sans:system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans",sans-serif;
}
@media (prefers-color-scheme:dark){:root{
  --ink:#e3e7ed;--muted:#9aa6b5;--line:#2f3742;--surface:#14181e;--raised:#1b2129;--accent:#7db3f0;--accent-soft:#1d2f45;--warn:#f0ad6a;
}}
*{box-sizing:border-box}
html{scroll-padding-top:24px;-webkit-text-size-adjust:100%}
body{margin:0;background:var(--surface);color:var(--ink);font:16px/1.55 var(--sans)}
a{color:var(--accent);text-decoration-thickness:1px;text-underline-offset:3px}
:focus-visible{outline:2px solid var(--accent);outline-offset:2px;border-radius:3px}
main:focus{outline:none}
h1,h2,h3,h4{line-height:1.25;margin:0;text-wrap:balance;overflow-wrap:anywhere}
h1{font-size:2rem;letter-spacing:-.02em}
.title h1{font-size:2.5rem}
h2{font-size:1.5rem;letter-spacing:-.01em}
h3{font-size:1.125rem}
p{margin:8px 0;max-width:70ch}
code,pre,kbd{font-family:var(--mono);font-size:.875em}
code{overflow-wrap:anywhere}
.hidden{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
.skip{position:absolute;left:-999px;top:8px;z-index:3;background:var(--surface);padding:8px 12px}
.skip:focus{left:8px}
nav{padding:16px;background:var(--raised);border-bottom:1px solid var(--line)}
nav ul{list-style:none;margin:0;padding:0}
nav a{color:inherit;text-decoration:none}
nav a:hover{color:var(--accent);text-decoration:underline}
.brand{display:block;font-weight:650;margin-bottom:10px;overflow-wrap:anywhere}
form{position:relative;margin:0}
form kbd{position:absolute;right:10px;top:50%;transform:translateY(-50%);color:var(--muted);border:1px solid var(--line);border-radius:4px;
  padding:0 6px;font-size:.75rem}
input{width:100%;font:inherit;font-size:.9375rem;color:inherit;background:var(--surface);border:1px solid var(--line);border-radius:6px;
  padding:7px 10px}
input:focus~kbd{display:none}
.sections{display:flex;gap:18px;overflow-x:auto;padding:12px 0 2px;font-size:.9375rem;white-space:nowrap}
.sections ul{display:flex;gap:18px}
.sections .inner,.group{display:none}
.sections a[aria-current]{color:var(--accent);font-weight:600}
.sections[hidden]{display:none}
.results{margin-top:10px!important;max-height:50vh;overflow:auto;font-size:.9375rem}
.results a{display:flex;justify-content:space-between;gap:12px;padding:5px 8px;border-radius:5px;overflow-wrap:anywhere}
.results a:hover,.results a:focus{background:var(--accent-soft);text-decoration:none}
.results small{color:var(--muted);flex:none}
main{padding:32px 16px 96px;min-width:0}
section+section{margin-top:72px}
section>h1{margin-bottom:8px}
section>h2,main>h2{margin:44px 0 12px}
section>h1+h2{margin-top:28px}
.intro{color:var(--muted);margin-bottom:24px}
.eyebrow{color:var(--muted);font-size:.875rem;margin:0 0 6px}
.lead{font-size:1.1875rem;color:var(--muted);margin:12px 0 0}
.counts{display:flex;flex-wrap:wrap;gap:12px 36px;margin:32px 0 0}
.counts div{display:flex;flex-direction:column-reverse}
.counts dt{font-size:.875rem}
.counts dt a{color:var(--muted);text-decoration:none}
.counts dt a:hover{text-decoration:underline}
.counts dd{margin:0;font-size:1.625rem;font-weight:600;font-variant-numeric:tabular-nums;line-height:1.2}
article>h2{font-size:1.1875rem}
article>h3,section>h3{font-size:.875rem;color:var(--muted);font-weight:600;margin:24px 0 8px}
article{border-top:1px solid var(--line);padding:28px 0 12px;margin-top:28px}
.self{color:inherit;text-decoration:none}
.self:hover{text-decoration:underline}
.badges{display:inline-flex;flex-wrap:wrap;gap:6px;margin-left:12px;vertical-align:middle}
.badges:empty{display:none}
.badge{font-size:.75rem;font-weight:500;color:var(--muted);border:1px solid var(--line);border-radius:4px;padding:1px 7px;line-height:1.5;
  letter-spacing:0}
.scroll{overflow-x:auto;margin:14px 0 0;border-top:1px solid var(--line);border-bottom:1px solid var(--line)}
table{border-collapse:collapse;width:100%;font-size:.9063rem}
th,td{text-align:left;vertical-align:top;padding:8px 20px 8px 0}
td:last-child,th:last-child{padding-right:0}
thead th{font-size:.8125rem;font-weight:600;color:var(--muted);white-space:nowrap;border-bottom:1px solid var(--line)}
tbody tr+tr>*{border-top:1px solid var(--line)}
tbody th{font-weight:500;white-space:nowrap}
td code{overflow-wrap:break-word}
tbody th code,td:first-child code{overflow-wrap:normal;white-space:nowrap}
tr:target,article:target>h2{background:linear-gradient(var(--accent-soft),var(--accent-soft))}
td{min-width:7em}
.key{color:var(--accent);font-size:.6875rem;font-weight:650;text-decoration:none}
.summary{display:block;color:var(--muted)}
.warn{color:var(--warn)}
.plain{margin:0;padding-left:18px;font-size:.9063rem}
.plain li{margin:4px 0}
.policies{margin:10px 0 0;font-size:.9063rem}
.policies div{display:grid;grid-template-columns:72px minmax(0,1fr);padding:3px 0}
.policies dt{color:var(--muted)}
.policies dd{margin:0}
.marks,.path{white-space:nowrap}
.path code{overflow-wrap:normal}
.mark{display:inline-block;width:23px;height:23px;line-height:21px;text-align:center;font-size:.75rem;font-weight:600;border-radius:4px;
  border:1px solid transparent;margin-right:3px;position:relative}
.mark.yes{background:var(--accent);color:var(--surface)}
.mark.some{border-color:var(--accent);color:var(--accent)}
.mark.no{color:var(--muted)}
.legend{color:var(--muted);font-size:.875rem;max-width:none}
.legend .mark{margin-left:10px}
.legend .mark:first-child{margin-left:0}
.method{font:600 .75rem/1.6 var(--mono);color:var(--muted)}
.method.GET{color:var(--accent)}
.files{display:flex;flex-wrap:wrap;gap:4px 18px;list-style:none;padding:0;margin:8px 0 16px;font-size:.9375rem}
.zoom{margin:20px 0 40px;content-visibility:auto;contain-intrinsic-size:auto 480px}
figcaption{display:flex;flex-wrap:wrap;align-items:center;justify-content:space-between;gap:8px 16px;margin-bottom:8px}
figcaption :is(h1,h3){margin:0}
figcaption h3{font-size:1rem;color:var(--ink)}
figcaption h1{font-size:1.25rem}
.tools{display:flex;flex-wrap:wrap;align-items:center;gap:6px;font-size:.875rem}
.tools a{margin-left:6px}
button{font:inherit;font-size:.8125rem;color:inherit;background:var(--surface);border:1px solid var(--line);border-radius:5px;
  min-width:32px;height:30px;padding:0 9px;cursor:pointer}
button:hover{border-color:var(--accent);color:var(--accent)}
.canvas{overflow:auto;border:1px solid var(--line);border-radius:8px;max-height:80vh;background:var(--surface);cursor:grab}
.canvas.dragged{cursor:grabbing;user-select:none}
.canvas svg{display:block;margin:0 auto}
.plain-canvas{border:0;cursor:auto;max-height:none}
.plain-canvas svg{max-width:100%;height:auto}
.markers{position:absolute}
.zoom.full{position:fixed;inset:0;z-index:5;margin:0;padding:12px 16px;background:var(--surface);display:flex;flex-direction:column}
.zoom.full .canvas,.whole .canvas{max-height:none;flex:1;min-height:0}
.whole{display:flex;flex-direction:column;height:calc(100vh - 48px);margin:0}
details{border-top:1px solid var(--line)}
details:last-of-type{border-bottom:1px solid var(--line)}
summary{cursor:pointer;padding:12px 0;font-weight:600}
pre{margin:0 0 16px;padding:16px;background:var(--raised);border-radius:8px;overflow:auto;max-height:75vh;font-size:.8125rem;
  line-height:1.5;tab-size:2}
ol{padding-left:22px;font-size:.9375rem;margin:14px 0}
ol li{margin:5px 0}
@media (min-width:960px){
  .frame{display:grid;grid-template-columns:264px minmax(0,1fr)}
  nav{position:sticky;top:0;height:100vh;overflow-y:auto;border-bottom:0;border-right:1px solid var(--line);padding:28px 20px}
  .brand{font-size:1.0625rem;margin-bottom:16px}
  .sections{overflow:visible;white-space:normal;padding-top:16px}
  .sections,.sections ul{display:block}
  .sections[hidden]{display:none}
  .group{display:block;margin:18px 0 4px 8px;font-size:.75rem;color:var(--muted);font-weight:600}
  .sections li{margin:2px 0}
  .sections a{display:block;padding:3px 8px;border-radius:5px;overflow-wrap:anywhere}
  .sections .inner{display:block;padding:2px 0 6px 12px;font-size:.875rem}
  .sections .inner a{color:var(--muted)}
  .sections .inner a[aria-current]{color:var(--accent)}
  main{padding:56px clamp(32px,5vw,88px) 160px;max-width:1280px;width:100%}
}
main:has(.whole){max-width:none;padding:24px}
article thead th:first-child,article thead th:nth-child(2){width:26%}
@media (min-width:1700px){main{max-width:1480px}}
@media (max-width:959px){h1{font-size:2rem}section+section{margin-top:56px}.badges{margin-left:0;margin-top:6px;display:flex}}
@media (min-width:2400px){html{font-size:20px}main{max-width:1800px}}
@media (prefers-reduced-motion:no-preference){html{scroll-behavior:smooth}}
@media print{
  :root{--ink:#000;--muted:#444;--line:#bbb;--surface:#fff;--raised:#f4f4f4;--accent:#1f5fa8;--warn:#9a4a00}
  nav,.tools,.skip{display:none}.frame{display:block}main{padding:0;max-width:none}
  .canvas,pre,.scroll{overflow:visible;max-height:none;border-radius:0}.canvas svg{max-width:100%;height:auto}
  pre{white-space:pre-wrap}article,tr,figure{break-inside:avoid}.zoom{content-visibility:visible}
}
)css";

// The search reads what the page marks with data-kind and writes by textContent alone, so no name becomes markup.
const std::string_view kSiteScript = R"js((function () {
  "use strict";
  var input = document.getElementById("search");
  var results = document.getElementById("results");
  var sections = document.querySelector(".sections");
  var found = document.getElementById("found");
  var rows = window.kingpost_search || [];
  var all = [];
  for (var row = 0; row + 2 < rows.length; row += 3) {
    all.push({ kind: rows[row], name: rows[row + 1], low: rows[row + 1].toLowerCase(), href: rows[row + 2] });
  }

  function rank(entry, words) {
    for (var i = 0; i < words.length; i++) if (entry.low.indexOf(words[i]) < 0 && entry.kind.indexOf(words[i]) < 0) return -1;
    return (entry.low.indexOf(words[0]) === 0 ? 0 : 10) + (entry.kind === "field" ? 5 : 0) + (entry.low === words[0] ? -5 : 0);
  }

  function search() {
    var words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
    results.textContent = "";
    results.hidden = words.length === 0;
    sections.hidden = words.length !== 0;
    if (words.length === 0) { found.textContent = ""; return; }
    var hits = all.map(function (entry, at) { return { entry: entry, rank: rank(entry, words), at: at }; })
      .filter(function (hit) { return hit.rank > -1 || hit.rank < -1; })
      .sort(function (a, b) { return a.rank - b.rank || a.at - b.at; });
    found.textContent = hits.length + " found";
    hits.slice(0, 40).forEach(function (hit) {
      var item = document.createElement("li");
      var link = document.createElement("a");
      var kind = document.createElement("small");
      link.href = hit.entry.href;
      link.textContent = hit.entry.name;
      kind.textContent = hit.entry.kind;
      link.appendChild(kind);
      item.appendChild(link);
      results.appendChild(item);
    });
    if (hits.length === 0) {
      var none = document.createElement("li");
      none.textContent = "Nothing has that name.";
      results.appendChild(none);
    }
  }

  function clear() { input.value = ""; search(); }

  input.addEventListener("input", search);
  input.form.addEventListener("submit", function (event) {
    event.preventDefault();
    var first = results.querySelector("a");
    if (first) { first.click(); input.blur(); }
  });
  results.addEventListener("click", function (event) { if (event.target.closest("a")) setTimeout(clear, 0); });
  document.querySelector("nav").addEventListener("keydown", function (event) {
    if (event.key === "Escape") { clear(); input.focus(); return; }
    if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
    var links = Array.prototype.slice.call(results.querySelectorAll("a"));
    if (links.length === 0) return;
    event.preventDefault();
    var at = links.indexOf(document.activeElement) + (event.key === "ArrowDown" ? 1 : -1);
    if (at < 0) input.focus(); else links[Math.min(at, links.length - 1)].focus();
  });
  document.addEventListener("keydown", function (event) {
    var typing = /^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName);
    if (event.key !== "/" || typing || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    input.focus();
    input.select();
  });

  function open_target() {
    var target = location.hash.length > 1 ? document.getElementById(location.hash.slice(1)) : null;
    var details = target && target.closest("details");
    if (details) details.open = true;
  }
  window.addEventListener("hashchange", open_target);
  open_target();

  var filling = null;
  function fill(figure, on) {
    if (filling) { filling.classList.remove("full"); filling.querySelector('[data-zoom="full"] span').textContent = "Expand"; }
    filling = on ? figure : null;
    document.body.style.overflow = on ? "hidden" : "";
    if (on) { figure.classList.add("full"); figure.querySelector('[data-zoom="full"] span').textContent = "Close"; }
  }
  document.addEventListener("keydown", function (event) {
    if (event.key === "Escape" && filling) { var button = filling.querySelector('[data-zoom="full"]'); button.click(); button.focus(); }
  });

  Array.prototype.forEach.call(document.querySelectorAll("figure.zoom"), function (figure) {
    var canvas = figure.querySelector(".canvas");
    var svg = canvas && canvas.querySelector("svg");
    if (!svg) return;
    var width = parseFloat(svg.getAttribute("width"));
    var height = parseFloat(svg.getAttribute("height"));
    var scale = 1;
    // What is under (x, y) of the canvas stays there.
    function apply(next, x, y) {
      var before = scale;
      scale = Math.max(0.05, Math.min(4, next));
      svg.setAttribute("width", (width * scale).toFixed(1));
      svg.setAttribute("height", (height * scale).toFixed(1));
      if (x === undefined) { x = canvas.clientWidth / 2; y = canvas.clientHeight / 2; }
      canvas.scrollLeft = (canvas.scrollLeft + x) * scale / before - x;
      canvas.scrollTop = (canvas.scrollTop + y) * scale / before - y;
    }
    function fit() {
      var across = (canvas.clientWidth - 2) / width;
      var full = figure.classList.contains("full") || figure.classList.contains("whole");
      apply(Math.min(full ? 2 : 1.25, full ? Math.min(across, (canvas.clientHeight - 2) / height) : across));
    }
    // Small enough to see, large enough to read: the rest scrolls. What has a page of its own shows its middle.
    function start() {
      if (figure.classList.contains("whole")) {
        apply(Math.max(0.3, Math.min(1, (canvas.clientWidth - 2) / width, (canvas.clientHeight - 2) / height)), 0, 0);
        canvas.scrollLeft = (canvas.scrollWidth - canvas.clientWidth) / 2;
        canvas.scrollTop = (canvas.scrollHeight - canvas.clientHeight) / 2;
      } else if (width > canvas.clientWidth) apply(Math.max(0.6, (canvas.clientWidth - 2) / width), 0, 0);
    }
    figure.addEventListener("click", function (event) {
      var button = event.target.closest("[data-zoom]");
      var how = button && button.dataset.zoom;
      if (how === "in") apply(scale * 1.25);
      if (how === "out") apply(scale / 1.25);
      if (how === "fit") fit();
      if (how === "full") { fill(figure, filling !== figure); fit(); if (filling !== figure) { apply(1); start(); } }
    });
    canvas.addEventListener("keydown", function (event) {
      if (event.ctrlKey || event.metaKey) return;
      if (event.key === "+" || event.key === "=") apply(scale * 1.25);
      if (event.key === "-") apply(scale / 1.25);
      if (event.key === "0") fit();
    });
    canvas.addEventListener("wheel", function (event) {
      if (!event.ctrlKey) return;
      event.preventDefault();
      var box = canvas.getBoundingClientRect();
      apply(scale * Math.exp(-event.deltaY / 300), event.clientX - box.left, event.clientY - box.top);
    }, { passive: false });
    var from = null;
    var moved = false;
    canvas.addEventListener("pointerdown", function (event) {
      if (event.pointerType !== "mouse" || event.button !== 0) return;
      from = { x: event.clientX + canvas.scrollLeft, y: event.clientY + canvas.scrollTop };
      moved = false;
    });
    window.addEventListener("pointermove", function (event) {
      if (!from) return;
      var x = from.x - event.clientX;
      var y = from.y - event.clientY;
      if (!moved && Math.abs(x - canvas.scrollLeft) + Math.abs(y - canvas.scrollTop) < 5) return;
      moved = true;
      canvas.classList.add("dragged");
      canvas.scrollLeft = x;
      canvas.scrollTop = y;
    });
    window.addEventListener("pointerup", function () { from = null; canvas.classList.remove("dragged"); });
    canvas.addEventListener("click", function (event) { if (moved) { event.preventDefault(); event.stopPropagation(); } }, true);
    canvas.addEventListener("dragstart", function (event) { event.preventDefault(); });
    start();
  });

  if ("IntersectionObserver" in window) {
    var links = {};
    Array.prototype.forEach.call(sections.querySelectorAll(".inner a"), function (link) {
      links[link.getAttribute("href").replace(/^[^#]*#?/, "")] = link;
    });
    var current = null;
    var observer = new IntersectionObserver(function (entries) {
      entries.forEach(function (entry) {
        if (!entry.isIntersecting || !links[entry.target.id]) return;
        if (current) current.removeAttribute("aria-current");
        current = links[entry.target.id];
        current.setAttribute("aria-current", "true");
      });
    }, { rootMargin: "-10% 0px -80% 0px" });
    Object.keys(links).forEach(function (id) { var target = document.getElementById(id); if (target) observer.observe(target); });
  }
})();
)js";

}  // namespace kingpost::emit

// Search without a server: the index is a script, which is loaded once somebody searches.
(function () {
  "use strict";
  var root = document.currentScript.getAttribute("data-root");
  var form = document.getElementById("search");
  var input = document.getElementById("query");
  var results = document.getElementById("results");
  var found = document.getElementById("found");
  var list = results.querySelector("ol");
  var columns = document.querySelector(".columns");
  var MOST = 60;
  var loading = null;

  function load() {
    loading = loading || new Promise(function (resolve, reject) {
      var script = document.createElement("script");
      script.src = root + "search-index.js";
      script.onload = function () { resolve(prepared(window.schemaSearchIndex)); };
      script.onerror = function () { loading = null; reject(new Error("search-index.js cannot be loaded")); };
      document.head.appendChild(script);
    });
    return loading;
  }

  // One entry for each page, and one for each field or symbol.
  function prepared(index) {
    var entries = [];
    index.forEach(function (line) {
      var kind = line[0], name = line[1], address = line[2], doc = line[3];
      var short = kind === "subject" || kind === "topic" ? name : name.slice(name.lastIndexOf(".") + 1);
      entries.push(entry(kind, name, short, address, doc, 0));
      var part = kind === "enum" ? "symbol" : "field";
      line[4].forEach(function (inner) {
        var own = Array.isArray(inner) ? inner[0] : inner;
        var anchor = Array.isArray(inner) ? inner[1] : inner;
        entries.push(entry(part, name + "." + own, own, address + "#" + part + "-" + anchor, "", 1));
      });
    });
    return entries;
  }

  function entry(kind, name, short, address, doc, depth) {
    return {
      kind: kind, name: name, short: short.toLowerCase(), full: name.toLowerCase(), address: address, doc: doc,
      lowerDoc: doc.toLowerCase(), depth: depth
    };
  }

  // Smaller is better; null where a word is not there at all. Pages come before the fields on them.
  function rank(entry, words) {
    var sum = 0;
    for (var i = 0; i < words.length; i++) {
      var word = words[i];
      var at = entry.short.indexOf(word);
      if (entry.short === word) sum += 0;
      else if (at === 0) sum += 2;
      else if (at > 0) sum += 4;
      // A field is not found by the name of its type alone.
      else if (entry.full.indexOf(word) >= 0 && (entry.depth === 0 || words.length > 1 || word.indexOf(".") >= 0)) sum += 6;
      else if (entry.lowerDoc.indexOf(word) >= 0) sum += 8;
      else return null;
    }
    return sum + entry.depth;
  }

  function search(entries, text) {
    var words = text.toLowerCase().split(/\s+/).filter(Boolean);
    var hits = [];
    entries.forEach(function (entry) {
      var score = rank(entry, words);
      if (score !== null) hits.push([score, entry]);
    });
    hits.sort(function (one, other) {
      return one[0] - other[0] || one[1].name.length - other[1].name.length ||
        (one[1].name < other[1].name ? -1 : 1);
    });
    return hits.map(function (hit) { return hit[1]; });
  }

  function element(name, text) {
    var made = document.createElement(name);
    made.textContent = text;
    return made;
  }

  function show(hits) {
    list.textContent = "";
    hits.slice(0, MOST).forEach(function (hit) {
      var item = document.createElement("li");
      var link = document.createElement("a");
      link.href = root + hit.address;
      link.appendChild(element("b", hit.name));
      link.appendChild(element("span", " " + hit.kind));
      if (hit.doc) link.appendChild(element("small", hit.doc));
      item.appendChild(link);
      list.appendChild(item);
    });
    found.textContent = hits.length === 0 ? "Nothing is found." :
      hits.length > MOST ? "The first " + MOST + " of " + hits.length + " results:" :
      hits.length === 1 ? "1 result:" : hits.length + " results:";
  }

  // What is searched for is a part of the address, so that it can be sent to others.
  function remember(text) {
    var address = new URL(window.location.href);
    if (text) address.searchParams.set("q", text);
    else address.searchParams.delete("q");
    try {
      window.history.replaceState(null, "", address);
    } catch (error) {
      // Some browsers do not allow it for files; then the address stays as it is.
    }
  }

  function update() {
    var text = input.value.trim();
    remember(text);
    results.hidden = !text;
    columns.hidden = Boolean(text);
    if (!text) return Promise.resolve();
    return load().then(function (entries) {
      // Another letter may have been typed while the index was loading.
      if (input.value.trim() === text) show(search(entries, text));
    }, function (error) {
      found.textContent = error.message;
    });
  }

  function move(step) {
    var links = Array.prototype.slice.call(list.querySelectorAll("a"));
    var at = links.indexOf(document.activeElement) + step;
    if (at < 0) input.focus();
    else if (at < links.length) links[at].focus();
  }

  function isTyping(target) {
    return target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName);
  }

  form.hidden = false;
  input.addEventListener("focus", function () { load().catch(function () {}); });
  input.addEventListener("input", update);
  form.addEventListener("submit", function (event) {
    event.preventDefault();
    update().then(function () {
      var first = list.querySelector("a");
      if (first && !results.hidden) first.click();
    });
  });
  document.addEventListener("keydown", function (event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    var isInSearch = event.target === input || results.contains(event.target);
    if (event.key === "/" && !isTyping(event.target)) {
      event.preventDefault();
      input.focus();
      input.select();
    } else if (isInSearch && event.key === "Escape") {
      input.value = "";
      update();
      input.focus();
    } else if (isInSearch && (event.key === "ArrowDown" || event.key === "ArrowUp")) {
      event.preventDefault();
      move(event.key === "ArrowDown" ? 1 : -1);
    }
  });
  // The way back to a search, or a link to one.
  var asked = new URLSearchParams(window.location.search).get("q");
  if (asked) {
    input.value = asked;
    update();
  }
})();

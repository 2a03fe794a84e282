"use strict";
(() => {
  const root = document.documentElement;
  const button = document.getElementById("page.theme");
  const stored = () => { try { return localStorage.getItem("docgen.theme"); } catch { return null; } };
  const store = (theme) => { try { localStorage.setItem("docgen.theme", theme); } catch { /* not allowed here */ } };
  const remembered = stored();
  if (remembered === "light" || remembered === "dark") root.dataset.theme = remembered;
  button.hidden = false;
  button.addEventListener("click", () => {
    const dark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
    root.dataset.theme = dark ? "light" : "dark";
    store(root.dataset.theme);
  });

  // Boxes that need no scrolling need no stop of the tab key either.
  const boxes = document.querySelectorAll(".wide, pre, .run-scroll");
  const fit = () => boxes.forEach((box) => {
    if (box.scrollWidth > box.clientWidth) box.tabIndex = 0; else box.removeAttribute("tabindex");
  });
  fit();
  addEventListener("resize", fit);

  // Without this script the report stands below the document.
  const views = document.getElementById("page.views");
  if (views) {
    const tabs = [...views.children];
    const pane = (tab) => document.getElementById(tab.getAttribute("aria-controls"));
    const choose = (chosen) => {
      tabs.forEach((tab) => {
        tab.setAttribute("aria-selected", String(tab === chosen));
        tab.tabIndex = tab === chosen ? 0 : -1;
        pane(tab).hidden = tab !== chosen;
      });
      fit();
    };
    tabs.forEach((tab, place) => {
      pane(tab).setAttribute("role", "tabpanel");
      pane(tab).setAttribute("aria-labelledby", tab.id);
      tab.addEventListener("click", () => { choose(tab); scrollTo(0, 0); });
      tab.addEventListener("keydown", (event) => {
        if (event.key !== "ArrowLeft" && event.key !== "ArrowRight") return;
        const next = tabs[(place + 1) % tabs.length];
        choose(next);
        next.focus();
      });
    });
    views.hidden = false;
    choose(tabs[0]);
    // A link into the document shows it, wherever it stands.
    addEventListener("hashchange", () => {
      if (location.hash && pane(tabs[0]).querySelector(`[id="${CSS.escape(decodeURIComponent(location.hash.slice(1)))}"]`)) choose(tabs[0]);
    });
    addEventListener("beforeprint", () => { pane(tabs[0]).hidden = false; });
  }

  const contents = document.getElementById("page.toc");
  if (!contents) return;
  const roomy = matchMedia("(min-width: 68rem)");
  const unfold = () => { contents.open = roomy.matches; };
  unfold();
  roomy.addEventListener("change", unfold);
  contents.addEventListener("click", (event) => {
    if (event.target.closest("a") && !roomy.matches) contents.open = false;
  });

  const links = new Map();
  contents.querySelectorAll("a").forEach((link) => links.set(decodeURIComponent(link.hash.slice(1)), link));
  const headings = [...links.keys()].map((id) => document.getElementById(id)).filter(Boolean);
  let current = null;
  const follow = () => {
    let low = 0, high = headings.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (headings[middle].getBoundingClientRect().top <= 120) low = middle + 1; else high = middle;
    }
    const link = low ? links.get(headings[low - 1].id) : null;
    if (link === current) return;
    if (current) current.removeAttribute("aria-current");
    current = link;
    if (!current) return;
    current.setAttribute("aria-current", "true");
    const box = contents.parentElement;
    if (roomy.matches) {
      const at = current.getBoundingClientRect(), frame = box.getBoundingClientRect();
      if (at.top < frame.top + 40 || at.bottom > frame.bottom - 40) box.scrollTop += at.top - frame.top - frame.height / 3;
    }
  };
  let waiting = false;
  addEventListener("scroll", () => {
    if (waiting) return;
    waiting = true;
    requestAnimationFrame(() => { waiting = false; follow(); });
  }, { passive: true });
  follow();
})();

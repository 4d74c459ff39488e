// Functions that run inside of a page: each stands alone, knows nothing of this file, and answers with plain values.

/** What reaches beyond the window sideways without standing in something that scrolls or cuts. */
export function sideways() {
  const root = document.documentElement;
  const found = root.scrollWidth > root.clientWidth ? [`the page: ${root.scrollWidth} px`] : [];
  const isHeld = (element) => {
    for (
      let at = element.parentElement;
      at !== null && at !== document.body;
      at = at.parentElement
    ) {
      if (getComputedStyle(at).overflowX !== "visible") return true;
    }
    return false;
  };
  for (const element of document.body.querySelectorAll("*")) {
    if (!element.checkVisibility()) continue;
    const { left, right, width, height } = element.getBoundingClientRect();
    // What only screen readers meet is put aside.
    if (width <= 1 || height <= 1 || right <= 0) continue;
    if ((right > root.clientWidth + 1 || left < -1) && !isHeld(element)) {
      found.push(`<${element.localName} class="${element.getAttribute("class") ?? ""}">`);
    }
  }
  return found;
}

/** What moves although its visitor asked for less motion. */
export function moving() {
  const MAX_MS = 10;
  const found = document
    .getAnimations()
    .filter(({ effect }) => Number(effect?.getComputedTiming().duration) > MAX_MS)
    .map(({ effect }) => `an animation of <${effect?.target?.localName ?? "?"}>`);
  const seconds = (list) => Math.max(...list.split(",").map(Number.parseFloat));
  for (const element of document.querySelectorAll("*")) {
    const { transitionDuration, animationName, animationDuration, scrollBehavior } =
      getComputedStyle(element);
    const isMoving =
      seconds(transitionDuration) * 1000 > MAX_MS ||
      (animationName !== "none" && seconds(animationDuration) * 1000 > MAX_MS) ||
      scrollBehavior === "smooth";
    if (isMoving)
      found.push(`<${element.localName} class="${element.getAttribute("class") ?? ""}">`);
  }
  return found;
}

/** Puts the focus before everything that it can be on. */
export function unfocus() {
  document.body.tabIndex = -1;
  document.body.focus();
  document.body.removeAttribute("tabindex");
}

/** What the Tab key has to reach, in order; remembered for `focused`. */
export function reachable() {
  const all = [
    ...document.querySelectorAll(
      "a[href], button, input, select, textarea, summary, iframe, [tabindex], [contenteditable]",
    ),
  ].filter((element) => {
    if (element.tabIndex < 0 || element.matches(":disabled, [type=hidden]")) return false;
    if (element.closest("[inert]") !== null) return false;
    return element.checkVisibility({ visibilityProperty: true });
  });
  // Of radio buttons of one name only one is reached: the chosen, else the first.
  const elements = all.filter((element) => {
    if (element.type !== "radio") return true;
    const group = all.filter(({ type, name }) => type === "radio" && name === element.name);
    return element === (group.find(({ checked }) => checked) ?? group[0]);
  });
  globalThis.toReach = elements;
  return elements.map(
    (element) => `<${element.localName}> ${(element.textContent || element.name || "").trim()}`,
  );
}

/** Where the focus is; undefined where it is nowhere. */
export function focused() {
  const element = document.activeElement;
  if (element === null || element === document.body) return undefined;
  const { outlineStyle, outlineWidth, outlineColor } = getComputedStyle(element);
  const { width, height, bottom, right } = element.getBoundingClientRect();
  const isOutlined =
    outlineStyle !== "none" &&
    Number.parseFloat(outlineWidth) >= 1 &&
    !/^(?:transparent|.*, 0\)|.*\/ 0\))$/.test(outlineColor);
  return {
    place: globalThis.toReach.indexOf(element),
    what: `<${element.localName}> ${(element.textContent || element.name || "").trim().slice(0, 80)}`,
    isVisible: isOutlined && width > 1 && height > 1 && bottom > 0 && right > 0,
  };
}

/** Charts that have no table beside them: an svg that stands in a figure is one. */
export function withoutTable() {
  return [...document.querySelectorAll("figure")]
    .filter(
      (figure) => figure.querySelector("svg") !== null && figure.querySelector("table") === null,
    )
    .map((figure) => figure.outerHTML.slice(0, 200));
}

/** What a browser would run of a document: there is nothing of that in a page of ours but scripts that are files. */
export function executable() {
  const found = [];
  for (const element of document.querySelectorAll("*")) {
    for (const { name, value } of element.attributes) {
      const isScript = /^\s*(?:javascript|vbscript|data):/i.test(value);
      const isAddress = ["href", "src", "action", "formaction", "xlink:href"].includes(name);
      const isShown = element.localName === "img" || element.localName === "link";
      if (name.startsWith("on") || name === "srcdoc") found.push(`${name}="${value}"`);
      if (isAddress && isScript && !(isShown && value.startsWith("data:")))
        found.push(`${name}="${value}"`);
    }
    const isInline =
      element.localName === "script" &&
      !element.hasAttribute("src") &&
      !/^application\/(?:ld\+)?json$/.test(element.getAttribute("type") ?? "");
    if (isInline) found.push(`<script>${element.textContent.slice(0, 80)}`);
    if (["base", "object", "embed"].includes(element.localName))
      found.push(`<${element.localName}>`);
  }
  return found;
}

/** Pictures whose place is not known before they come, or that say nothing to who does not see them. */
export function unsized() {
  return [...document.images]
    .filter((image) => {
      const isSized = image.hasAttribute("width") && image.hasAttribute("height");
      const hasRatio = /\d/.test(getComputedStyle(image).aspectRatio);
      return (!isSized && !hasRatio) || !image.hasAttribute("alt");
    })
    .map(({ outerHTML }) => outerHTML);
}

/** When something was painted first, in milliseconds from the navigation. */
export function firstPaint() {
  return new Promise((resolve) => {
    new PerformanceObserver((list, observer) => {
      const paint = list.getEntriesByName("first-contentful-paint")[0];
      if (paint === undefined) return;
      observer.disconnect();
      resolve(paint.startTime);
    }).observe({ type: "paint", buffered: true });
  });
}

/** Scrolls to the end, so many pixels a frame; how many tasks took more than 50 ms meanwhile. */
export async function longTasksOfScrolling(pixels) {
  const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
  let count = 0;
  const observer = new PerformanceObserver((list) => {
    count += list.getEntries().length;
  });
  observer.observe({ type: "longtask" });
  for (let before = -1; scrollY > before;) {
    before = scrollY;
    scrollBy({ top: pixels, behavior: "instant" });
    await frame();
  }
  // What the last frame did is told after it.
  await frame();
  await frame();
  count += observer.takeRecords().length;
  observer.disconnect();
  return count;
}

// For a shop's own page: <div data-trackway="/t/…"></div> and this script become a frame with the page of a parcel,
// or with a search box.
(() => {
  const here = document.currentScript.src;
  for (const place of document.querySelectorAll("[data-trackway]")) {
    const frame = document.createElement("iframe");
    const page = new URL(place.dataset.trackway, here);
    if (page.origin !== new URL(here).origin) continue;
    page.pathname += "/embed";
    if (place.lang) page.searchParams.set("lang", place.lang);
    frame.src = page.href;
    frame.title = place.dataset.title || "Parcel tracking";
    frame.style.cssText = "width: 100%; height: 30rem; border: 0; color-scheme: light dark;";
    addEventListener("message", (event) => {
      const high = event.data && event.data.trackway;
      if (event.source === frame.contentWindow && event.origin === page.origin && Number.isInteger(high)) {
        frame.style.height = `${Math.min(high, 20000)}px`;
      }
    });
    place.replaceChildren(frame);
  }
})();

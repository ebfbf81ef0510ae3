// Tells the page around the frame how high this one is, so that nothing has to be scrolled twice.
new ResizeObserver(() => {
  parent.postMessage({ trackway: Math.ceil(document.body.getBoundingClientRect().height) }, "*");
}).observe(document.body);

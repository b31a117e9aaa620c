// Returns, as JSON, the texts of the error banners that are to be seen now.
(a) => {
  const clean = (text) => (text || '').replace(/\s+/g, ' ').trim();
  const visible = (node) => node.checkVisibility({checkVisibilityCSS: true});
  const shown = Array.from(document.querySelectorAll(a.errors)).filter(visible);
  return JSON.stringify(shown.map((node) => clean(node.textContent)).filter(Boolean));
}

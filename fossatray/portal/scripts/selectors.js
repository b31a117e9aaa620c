// Returns those of the selectors that are none, as JSON.
(a) => {
  const nothing = document.createDocumentFragment();
  const isSelector = (text) => { try { nothing.querySelector(text); return true; } catch (error) { return false; } };
  return JSON.stringify(a.selectors.filter((text) => !isSelector(text)));
}

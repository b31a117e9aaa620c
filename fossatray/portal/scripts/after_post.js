// Waits, after the sign-in was posted, for one of: a page behind the sign-in, the form again, a refusal's text in place.
// The page that posted still carries its mark; the browser replaces it when the answer is there. `before` are the texts
// that shown_errors found before the post: they are no answer to it (`text`), but told with the others (`shown`).
async (a) => {
  const s = a.signs;
  const clean = (text) => (text || '').replace(/\s+/g, ' ').trim();
  const end = performance.now() + a.limit;
  const visible = (node) => node.checkVisibility({checkVisibilityCSS: true});
  const told = () => Array.from(document.querySelectorAll(s.errors)).filter(visible).map((node) => clean(node.textContent)).filter(Boolean);
  const look = () => {
    if (!document.documentElement) return null; // the answer's page has only just begun
    const posted = document.documentElement.hasAttribute('data-posted');
    if (location.origin !== a.origin) return null;
    const form = document.querySelector(s.form);
    if (!form) {
      const inside = location.pathname.startsWith(a.signed_in_path) && document.querySelector(s.signed_in);
      return inside ? {sign: 'inside'} : null;
    }
    const shown = told();
    const text = shown.filter((one) => !a.before.includes(one)).join(' ').slice(0, 500);
    if (posted && !text) return null;
    if (document.readyState === 'loading') return null;
    return {sign: 'form', text: text, shown: shown.join(' ').slice(0, 500), again: !posted};
  };
  for (;;) {
    const found = look();
    if (found) return JSON.stringify(found);
    if (performance.now() > end) return JSON.stringify({sign: 'nothing', text: clean(document.body ? document.body.innerText : '').slice(0, 500)});
    await new Promise((done) => setTimeout(done, 25));
  }
}

// Waits for a page behind the sign-in, or for the sign-in form. Returns as JSON which of them it is, and who is signed in
// as far as the page says so. `limit` is milliseconds.
async (a) => {
  const s = a.signs;
  const clean = (text) => (text || '').replace(/\s+/g, ' ').trim();
  const end = performance.now() + a.limit;
  let inside = null;
  for (;;) {
    const now = performance.now();
    if (location.origin === a.origin) {
      if (document.querySelector(s.form)) return JSON.stringify({sign: 'form'});
      if (location.pathname.startsWith(a.signed_in_path) && document.querySelector(s.signed_in)) {
        inside = inside === null ? now : inside;
        const user = clean((document.querySelector(s.user) || {}).textContent).slice(0, 500);
        if (user || now - inside > 500) return JSON.stringify({sign: 'inside', user: user});
      }
    }
    if (now > end) return JSON.stringify({sign: 'nothing'});
    await new Promise((done) => setTimeout(done, 15));
  }
}

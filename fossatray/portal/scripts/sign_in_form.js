// Looks for the sign-in form, checks that it is safe and, when given a password, fills it in and sends it, all in one
// turn of the page. Returns a word as JSON: "missing", "unsafe: why", "ready", "sent", "signed in".
(a) => {
  const s = a.signs;
  const form = document.querySelector(s.form);
  if (!form) {
    const inside = location.pathname.startsWith(a.signed_in_path) && document.querySelector(s.signed_in);
    return JSON.stringify(inside ? 'signed in' : 'missing');
  }
  const username = form.querySelector(s.username);
  const password = form.querySelector(s.password);
  const submit = form.querySelector(s.submit);
  if (!username || !password || !submit) return JSON.stringify(document.readyState === 'loading' ? 'missing' : 'unsafe: fields');
  const originOf = (address) => { try { return new URL(address, document.baseURI).origin; } catch (error) { return null; } };
  const attribute = (node, name) => node.getAttribute(name);
  if (location.origin !== a.origin) return JSON.stringify('unsafe: origin');
  if (window.top !== window.self) return JSON.stringify('unsafe: frame');
  if (originOf(attribute(form, 'action') || location.href) !== a.origin) return JSON.stringify('unsafe: action');
  if (attribute(submit, 'formaction') && originOf(attribute(submit, 'formaction')) !== a.origin) return JSON.stringify('unsafe: action');
  if ((attribute(submit, 'formmethod') || attribute(form, 'method') || 'get').toLowerCase() !== 'post') return JSON.stringify('unsafe: method');
  if (attribute(form, 'target') || attribute(submit, 'formtarget')) return JSON.stringify('unsafe: target');
  if (password.type !== 'password' || !['email', 'text'].includes(username.type)) return JSON.stringify('unsafe: fields');
  if (username.form !== form || password.form !== form) return JSON.stringify('unsafe: fields');
  if (a.password === null) return JSON.stringify('ready');
  username.value = a.username;
  password.value = a.password;
  for (const field of [username, password]) {
    field.dispatchEvent(new Event('input', {bubbles: true}));
    field.dispatchEvent(new Event('change', {bubbles: true}));
  }
  form.noValidate = true;
  document.documentElement.setAttribute('data-posted', '');
  form.requestSubmit(submit.form === form ? submit : undefined);
  return JSON.stringify('sent');
}

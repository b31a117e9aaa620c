// Small helpers of the practice portal's pages: elements, loaders, requests. CONFIG comes from the page.
const SVG = 'http://www.w3.org/2000/svg';

function h(tag, attributes, ...children) {
  const node = tag === 'svg' ? document.createElementNS(SVG, tag) : document.createElement(tag);
  for (const [name, value] of Object.entries(attributes || {})) {
    if (value !== null && value !== undefined) node.setAttribute(name, value);
  }
  for (const child of children.flat()) {
    if (child === null || child === undefined) node.appendChild(document.createComment(''));
    else node.appendChild(typeof child === 'string' ? document.createTextNode(child) : child);
  }
  return node;
}

function icon(name, extra, before) {
  const own = 'svg-inline--fa fa-' + name;
  return h('svg', {'class': (before ? before + ' ' : '') + own + (extra ? ' ' + extra : ''), 'data-icon': name});
}

function loader() { return document.querySelector('.content .loader-line'); }

function busy(line, on) { if (line) line.style.display = on ? '' : 'none'; }

function request(path, query, done, failed) {
  const xhr = new XMLHttpRequest();
  xhr.open('GET', path + '?' + new URLSearchParams(query).toString());
  xhr.setRequestHeader('X-Requested-With', 'XMLHttpRequest');
  xhr.onload = () => {
    if (xhr.status === 401 || xhr.status === 419) { window.location.assign('/login'); return; }
    if (xhr.status !== 200) { failed(); return; }
    let answer;
    try { answer = JSON.parse(xhr.responseText); } catch (error) { failed(); return; }
    done(answer);
  };
  xhr.onerror = failed;
  xhr.send();
  return xhr;
}

function onClick(selector, action) {
  for (const node of document.querySelectorAll(selector)) {
    node.addEventListener('click', (event) => { event.preventDefault(); action(node, event); });
  }
}

function shellControls() {
  document.addEventListener('click', (event) => {
    const link = event.target.closest('a[href="#"]');
    if (link) event.preventDefault();
    const closer = event.target.closest('.ks-modal-footer button, .ks-modal-footer a, .ks-modal-close a');
    if (!closer) return;
    const text = closer.textContent.trim();
    if (text === 'Cancel' || closer.closest('.ks-modal-close')) closer.closest('.ks-modal').style.display = 'none';
  });
  for (const link of document.querySelectorAll('.sub-dropdown a[href="#"]')) {
    link.addEventListener('click', () => {
      const form = h('form', {method: 'post', action: '/logout'},
        h('input', {type: 'hidden', name: '_token', value: document.querySelector('meta[name=csrf-token]').content}));
      document.body.appendChild(form);
      form.submit();
    });
  }
  if (CONFIG.modal) showModal();
}

function showModal() {
  document.querySelector('.ks-modal[dusk]').style.display = '';
}

// Takes what a selector finds out of the parts, and puts it back 200 ms later.
function drawLater(parts, selector) {
  for (const node of parts.flatMap((part) => Array.from(part.querySelectorAll(selector)))) {
    const place = document.createComment('');
    node.replaceWith(place);
    setTimeout(() => place.replaceWith(node), 200);
  }
}

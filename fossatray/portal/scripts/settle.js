// Does one thing on the work list (or nothing) and waits until the list has settled: header there, every loader idle,
// rows there and no longer changing, or just as `expected`. Returns the page's state as JSON. Times are milliseconds.
async (a) => {
  const s = a.signs;
  const clean = (text) => (text || '').replace(/\s+/g, ' ').trim();
  const all = (selector, root) => Array.from((root || document).querySelectorAll(selector));
  const one = (selector, root) => (root || document).querySelector(selector);
  const drawn = (node) => getComputedStyle(node).display !== 'none';
  const visible = (node) => node.getClientRects().length > 0 && getComputedStyle(node).visibility !== 'hidden';
  const isBusy = () => all(s.loader).some(drawn);
  const ids = () => all(s.row).map((row) => row.className).join('\n');
  const leaves = (node) => node.children.length ? Array.from(node.children).flatMap(leaves) : [clean(node.textContent)];
  const press = (node) => {
    for (const kind of ['mousedown', 'mouseup']) node.dispatchEvent(new MouseEvent(kind, {bubbles: true, cancelable: true}));
    node.click();
  };

  const turns = ['next', 'previous', 'last'];
  const box = () => all(s.box).find((node) => {
    const header = one(s.header, node);
    return header && JSON.stringify(leaves(header)) === JSON.stringify(s.header_texts);
  });
  const size = () => { const field = one(s.size_field); return field && field.closest(s.size_control); };
  const shownSize = () => { const control = size(); return control ? clean((one(s.size_shown, control) || {}).textContent) : null; };
  const view = () => { const on = all(s.view).find((input) => input.closest(s.view_active)); return on ? on.value : null; };
  const total = () => {
    for (const node of all(s.total)) { const match = clean(node.textContent).match(new RegExp(s.total_pattern)); if (match && match[1]) return Number(match[1].replace(/,/g, '')); }
    return null;
  };
  const number = (node) => node && /^\d+$/.test(clean(node.textContent)) ? Number(clean(node.textContent)) : null;
  const usable = (selector) => all(selector).find((link) => !link.classList.contains(s.disabled) && drawn(link.closest(s.pages) || link));
  const nextLink = () => usable(s.next_page);
  const previousLink = () => usable(s.previous_page);
  const lastPage = () => all(s.page_links).reduce((most, link) => (number(link) || 0) > (number(most) || 0) ? link : most, null);
  const isLast = () => all(s.next_page).some((link) => link.classList.contains(s.disabled) && drawn(link.closest(s.pages) || link));
  const below = (node) => { // of a long list only its beginning is looked at
    let text = '';
    for (let child = node.children[1]; child && text.length < 200; child = child.nextElementSibling) text = clean(`${text} ${child.textContent}`);
    return text.slice(0, 200);
  };

  const state = () => {
    const list = box();
    return {
      form: Boolean(one(a.form)), header: Boolean(list), busy: isBusy(), rows: all(s.row).length, ids: ids(), total: total(),
      page: number(one(s.current_page)), last_page: Math.max(0, ...all(s.page_links).map((link) => number(link) || 0)) || null,
      next: Boolean(nextLink()), last: isLast(), previous: Boolean(previousLink()), size: shownSize(), view: view(),
      badge: all(s.badge).some((badge) => clean(badge.textContent).replace(' : ', ': ') === s.badge_text),
      below: list ? below(list) : '', path: location.pathname,
    };
  };

  // What stands in the rows may come after them.
  const drawnSoFar = () => all(s.row).reduce((length, row) => length + row.textContent.length, 0);

  // Rows are read as they stand in the page (rows.js), never as they are shown: to lay them out and paint them would take
  // as long as all the rest of a page.
  const leaveRowsUndrawn = () => {
    const sheets = document.adoptedStyleSheets;
    if (!sheets || sheets.some((sheet) => sheet.leavesRowsUndrawn)) return;
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(`${s.row} { content-visibility: hidden !important; }`);
    sheet.leavesRowsUndrawn = true;
    document.adoptedStyleSheets = [...sheets, sheet];
  };
  const closeModals = () => {
    for (const modal of all(s.modal).filter(visible)) {
      const button = all(s.modal_buttons, modal).find((node) => visible(node) && clean(node.textContent) === s.modal_dismiss);
      if (button) button.click();
    }
  };
  const chooseSize = async () => {
    const control = size();
    const shown = control && one(s.size_shown, control);
    if (!shown) return false;
    press(shown);
    const option = () => all(s.size_option, control).find((node) => clean(node.textContent) === s.size_text);
    const until = performance.now() + a.menu;
    while (performance.now() < until && !(option() && visible(option()))) await pause();
    if (!option()) return false;
    press(option());
    return true;
  };
  // A change of the page ends a pause; the browser's own least time between two timers keeps a restless page from
  // being looked at all the time.
  let wake = () => {};
  const pause = (most = 15) => new Promise((done) => {
    const timer = setTimeout(done, most);
    wake = () => { clearTimeout(timer); wake = () => {}; setTimeout(done, 0); };
  });
  const act = async () => {
    if (a.action === 'next') { const link = nextLink(); if (link) press(link); }
    if (a.action === 'previous') { const link = previousLink(); if (link) press(link); }
    if (a.action === 'last') { const link = lastPage(); if (link) press(link); }
    if (a.action === 'size') await chooseSize();
    if (a.action === 'list') { const input = all(s.view).find((node) => node.value === s.view_list); if (input) input.click(); }
  };

  const start = performance.now();
  let busySeen = isBusy();
  const observer = new MutationObserver(() => { busySeen = busySeen || isBusy(); wake(); });
  observer.observe(document, {subtree: true, childList: true, attributes: true, attributeFilter: ['style', 'class']});
  leaveRowsUndrawn();
  closeModals();
  await act();
  let seen = null;
  let since = performance.now();

  // A page could be cut short that shows neither a way on nor all of the total: its paginator may come after its rows.
  // So may that of the page before still be there.
  const isWhole = (now) => (now.next && (a.page === null || now.page !== a.page))
    || (now.total !== null && (now.rows >= now.total || (now.page !== null && now.page === now.last_page)));
  const enough = (now) => isWhole(now) ? a.quiet : a.unchanged;
  const settled = (now, quiet) => {
    if (now.form) return true;
    if (now.busy || !now.header) return false;
    if (a.expected && now.rows && now.ids === a.expected.ids && now.total === a.expected.total) return true;
    if (turns.includes(a.action)) {
      if (now.rows && now.ids !== a.before) return quiet >= enough(now);
      return quiet >= (busySeen ? Math.max(a.quiet, a.unchanged / 4) : a.unchanged);
    }
    if (a.action === 'size') {
      if (now.rows && now.size === s.size_text && (busySeen || now.ids !== a.before)) return quiet >= enough(now);
      return quiet >= a.unchanged;
    }
    if (now.rows && now.badge && now.view === s.view_list) return quiet >= enough(now);
    if (!a.action && now.view && now.view !== s.view_list && now.badge && (now.total || busySeen)) return quiet >= a.quiet;
    return quiet >= a.empty;
  };

  try {
    for (;;) {
      closeModals();
      const now = state();
      const mark = JSON.stringify([{...now, path: null}, drawnSoFar()]);
      const time = performance.now();
      if (mark !== seen) { seen = mark; since = time; }
      if (settled(now, time - since)) return JSON.stringify(now);
      if (time - start > a.limit) return JSON.stringify({...now, timeout: true});
      const left = a.quiet - (time - since);
      await pause(left > 0 ? Math.min(15, left) : 15);
    }
  } finally {
    observer.disconnect();
  }
}

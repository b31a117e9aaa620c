// On a site's page: opens the Equipment tab and the group of dispensers, waits until all its cards are there, and reads
// them, all in one turn. Returns JSON: `sign` says what was found ("read", "none", or what was not), `cards` the texts as
// they stand in the page. Times are milliseconds.
async (a) => {
  const s = a.signs;
  const clean = (text) => (text || '').replace(/\s+/g, ' ').trim();
  const all = (selector, root) => Array.from((root || document).querySelectorAll(selector));
  const text = (node) => node ? node.textContent : null;
  const drawn = (node) => getComputedStyle(node).display !== 'none';
  const visible = (node) => node.getClientRects().length > 0 && getComputedStyle(node).visibility !== 'hidden';
  const pause = () => new Promise((done) => setTimeout(done, 15));
  const press = (node) => {
    for (const kind of ['mousedown', 'mouseup']) node.dispatchEvent(new MouseEvent(kind, {bubbles: true, cancelable: true}));
    node.click();
  };

  const closeModals = () => {
    for (const modal of all(a.modal).filter(visible)) {
      const button = all(a.modal_buttons, modal).find((node) => visible(node) && clean(node.textContent) === a.modal_dismiss);
      if (button) button.click();
    }
  };
  const findTab = () => {
    for (const selector of s.tabs) {
      const tab = all(selector).find((node) => visible(node) && clean(node.textContent) === s.tab_text);
      if (tab) return tab;
    }
    return null;
  };
  const groups = () => all(s.group).flatMap((node) => {
    const toggle = all(s.toggle, node).find((link) => [s.toggle_shown, s.toggle_hidden].includes(link.title));
    return toggle && visible(toggle) ? [{node: node, toggle: toggle, name: clean(text(toggle.querySelector(s.name)))}] : [];
  });
  const count = (toggle) => {
    const match = clean(toggle.textContent).match(new RegExp(s.count_pattern));
    return match && match[1] ? Number(match[1].replace(/,/g, '')) : null;
  };
  const said = () => {
    const words = clean(all(s.content).map((node) => node.innerText).join(' ')).toLowerCase();
    const has = (parts) => parts.some((part) => words.includes(part));
    return has(s.gone_texts) ? 'gone' : has(s.denied_texts) ? 'denied' : has(s.trouble_texts) ? 'trouble' : null;
  };

  const ownText = (node) => {
    if (!node) return null;
    let told = '';
    for (const child of node.childNodes) {
      if (child.nodeType === Node.ELEMENT_NODE) break;
      if (child.nodeType === Node.TEXT_NODE) told += child.data;
    }
    return told;
  };
  const without = (node, part) => {
    const rest = node.cloneNode(true);
    for (const inner of all(part, rest)) inner.remove();
    return rest.textContent;
  };
  const read = (card) => ({
    title: ownText(card.querySelector(s.title)),
    serial: text(card.querySelector(s.serial)),
    details: all(s.details, card).map((node) => [text(node.querySelector(s.detail_label)), without(node, s.detail_label)]),
    fields: all(s.fields, card).map((node) => [text(node.querySelector(s.field_label)), text(node.querySelector(s.field_value))]),
  });

  const isBusy = () => all(a.loader).some(drawn);
  // A click that nothing came of is made again; one that had the page load something is not: what came of that is told.
  const clicks = {tab: 0, group: 0};
  let clicked = 0;
  let worked = false;
  const observer = new MutationObserver(() => { worked = worked || isBusy(); });
  observer.observe(document, {subtree: true, childList: true, attributes: true, attributeFilter: ['style', 'class']});
  const click = (what, node) => {
    if (clicks[what] && (worked || clicks[what] >= s.clicks || performance.now() - clicked < a.again)) return;
    clicks[what] += 1;
    clicked = performance.now();
    worked = false;
    press(node);
    worked = worked || isBusy();
  };
  const look = () => {
    const now = {busy: isBusy(), form: Boolean(document.querySelector(a.form))};
    const found = groups();
    const wanted = found.filter((group) => group.name.toLowerCase() === s.name_text.toLowerCase());
    if (!found.length) return {...now, tab: findTab(), names: []};
    const group = wanted.length === 1 ? wanted[0] : null;
    return {...now, names: found.map((one) => one.name), alike: wanted.length, group: group, count: group && count(group.toggle),
      open: Boolean(group && group.toggle.title === s.toggle_shown), cards: group ? all(s.cards, group.node) : []};
  };
  const mark = (now) => JSON.stringify([now.busy, Boolean(now.tab), now.names, now.count, now.open, (now.cards || []).length, clicks,
    (now.cards || []).reduce((length, card) => length + card.textContent.length, 0)]);
  // What the page as it stands amounts to, and how long it must stand so; nothing as long as something is to be done.
  const judge = (now) => {
    if (now.form) return ['form', 0];
    if (now.busy || document.readyState === 'loading') return null;
    if (!now.names.length && !now.tab) { const words = said(); return words ? [words, a.quiet] : ['no tab', a.tab_wait]; }
    if (!now.names.length) { click('tab', now.tab); return ['nothing', a.believed]; }
    if (!now.alike) return ['none', a.believed];
    if (!now.group || now.count === null) return ['no group', a.believed];
    if (!now.open && now.count > 0) { click('group', now.group.toggle); return ['closed', a.believed]; }
    return now.cards.length === now.count ? ['read', a.late] : ['incomplete', a.believed];
  };

  const start = performance.now();
  let seen = null;
  let since = start;
  try {
    for (;;) {
      closeModals();
      const now = look();
      const verdict = judge(now);
      const time = performance.now();
      const state = mark(now) + JSON.stringify(verdict);
      if (state !== seen) { seen = state; since = time; }
      const told = {sign: verdict ? verdict[0] : 'busy', count: now.count || 0, shown: (now.cards || []).length, names: now.names, cards: []};
      if (verdict && time - since >= verdict[1]) {
        if (told.sign !== 'read') return JSON.stringify(told);
        if (now.cards.length > a.most) return JSON.stringify({...told, sign: 'too many'});
        return JSON.stringify({...told, cards: now.cards.map(read)});
      }
      if (time - start > a.limit) return JSON.stringify({...told, timeout: true});
      await pause();
    }
  } finally {
    observer.disconnect();
  }
}

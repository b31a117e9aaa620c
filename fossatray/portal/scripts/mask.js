// Empties every field of the page, then returns a copy of it as JSON, {path, html}, in which nothing is left as it was but
// what the profile knows: each text and attribute value is its shape (Xxxx 99). Null for a page of another origin, or
// where a password's field stays filled. It runs in a world of its own, where no script of the page reaches: only forms
// and the document could still hide their own properties behind fields' names, so those are read by their first getters.
(a) => {
  const set = (text) => new Set(text.trim().split(/\s+/));
  const tags = set(`html body a abbr address article aside b bdi bdo blockquote br button caption center cite code col colgroup
    dd del details dfn dialog div dl dt em fieldset figcaption figure font footer form h1 h2 h3 h4 h5 h6 header hgroup hr i input
    ins kbd label legend li main mark menu meter nav ol optgroup option output p pre progress q s samp search section select
    small span strong sub summary sup table tbody td textarea tfoot th thead time tr u ul var wbr`);
  const empty = set('br col hr input wbr');
  const dropped = set('script style noscript template title meta link base head slot');
  const removed = set('iframe frame frameset object embed canvas img picture video audio svg math map applet');
  const known = set('action alt class for href id method name placeholder role style title type');
  const flags = set('disabled hidden open readonly required');
  const emptied = set('value checked selected src srcset srcdoc background data poster ping xmlns');
  const types = set(`button checkbox color date datetime-local email file image month number password radio range reset search
    submit tel text time url week`);
  const around = (form) => ['top', 'right', 'bottom', 'left'].map((side) => form.replace('*', side));
  const properties = [...set(`display visibility position float clear box-sizing width height min-width min-height max-width
    max-height top right bottom left border-collapse border-spacing border-top-left-radius border-top-right-radius
    border-bottom-left-radius border-bottom-right-radius z-index flex-grow flex-shrink flex-basis flex-direction flex-wrap
    align-items align-self align-content justify-content justify-items justify-self order row-gap column-gap
    grid-template-columns overflow-x overflow-y opacity font-size font-weight font-style line-height
    letter-spacing text-align text-transform text-decoration-line text-overflow white-space vertical-align table-layout
    overflow-wrap word-break`), ...['margin-*', 'padding-*', 'border-*-width', 'border-*-style', 'border-*-color'].flatMap(around)];

  if (location.origin !== a.origin) return JSON.stringify(null);
  const getter = (of, name) => { const {get} = Object.getOwnPropertyDescriptor(of.prototype, name); return (node) => get.call(node); };
  const method = (of, name) => (node, ...rest) => of.prototype[name].call(node, ...rest);
  const first = getter(Node, 'firstChild'), next = getter(Node, 'nextSibling'), kind = getter(Node, 'nodeType'), data = getter(CharacterData, 'data');
  const localName = getter(Element, 'localName'), namespace = getter(Element, 'namespaceURI'), attributesOf = getter(Element, 'attributes');
  const attribute = method(Element, 'getAttribute'), find = method(Document, 'querySelectorAll'), styleOf = getter(HTMLElement, 'style');
  const root = getter(Document, 'documentElement')(document);

  for (const [of, name] of [[HTMLInputElement, 'input'], [HTMLTextAreaElement, 'textarea']]) {
    const {set: write, get: read} = Object.getOwnPropertyDescriptor(of.prototype, 'value');
    for (const field of find(document, name)) {
      if (!(field instanceof of)) continue;
      write.call(field, '');
      if (attribute(field, 'type') === 'password' && read.call(field) !== '') return JSON.stringify(null);
    }
  }

  // --- texts -----------------------------------------------------------------------------------------------------------
  const shapeOf = (character) => {
    if (/[a-z]/.test(character)) return 'x';
    if (/[A-Z]/.test(character)) return 'X';
    if (/[0-9]/.test(character)) return '9';
    if (/\s/.test(character)) return character === '\n' ? '\n' : ' ';
    if (/[!-~]/.test(character)) return character;
    if (/\p{Lu}|\p{Lt}/u.test(character)) return 'X';
    if (/\p{N}/u.test(character)) return '9';
    return /\p{L}|\p{M}/u.test(character) ? 'x' : '?';
  };
  const shapes = new Map();
  const shape = (value, most = a.longest) => {
    let made = '';
    for (const character of String(value).slice(0, most).normalize('NFC')) {
      let one = shapes.get(character);
      if (one === undefined) { one = shapeOf(character); shapes.set(character, one); }
      made += one;
    }
    return made;
  };
  const squeeze = (value) => value.replace(/\s+/g, ' ').trim();
  const labels = new Set(a.labels.map((label) => squeeze(label).toLowerCase()));
  const heads = a.labels.filter((label) => label.endsWith(':'));
  const masked = (value) => {
    const plain = squeeze(value);
    if (labels.has(plain.toLowerCase())) return (/^\s/.test(value) ? ' ' : '') + plain + (/\s$/.test(value) ? ' ' : '');
    const head = heads.find((label) => plain.startsWith(label));
    return head ? head + shape(plain.slice(head.length)) : shape(value);
  };
  const names = new Set(a.names);
  const segment = (part) => a.segments.includes(part) ? part : shape(part, 100);
  const path = (value) => value.split('/').map(segment).join('/');
  const escaped = (text) => text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;').replace(/"/g, '&quot;');

  // --- style: what lays the page out, and no word of it ------------------------------------------------------------------
  const used = new Set();
  for (const node of find(document, '[class]')) for (const name of attribute(node, 'class').split(/\s+/)) used.add(name);
  const styled = new Map();
  const className = (name) => names.has(name) ? name : shape(name, 100) + (styled.has(name) ? '_' + styled.get(name) : '');
  const token = /\.((?:\\.|[\w-]|[^\x00-\x7f])+)|#((?:\\.|[\w-]|[^\x00-\x7f])+)|([a-zA-Z][a-zA-Z0-9]*)|(\*|\s*[>+~]\s*|\s+|:root|:first-child|:last-child|:nth-child\([0-9n+ -]+\))/y;
  const selector = (text) => {
    let made = '';
    token.lastIndex = 0;
    while (token.lastIndex < text.length) {
      const found = token.exec(text);
      if (!found) return null;
      const [, cls, id, tag, other] = found;
      const name = (cls || id || '').replace(/\\(.)/g, '$1');
      if (cls !== undefined) {
        if (!used.has(name)) return null;
        if (!names.has(name) && !styled.has(name)) styled.set(name, styled.size + 1);
        made += '.' + CSS.escape(className(name));
      } else if (id !== undefined) made += '#' + CSS.escape(names.has(name) ? name : shape(name, 100));
      else if (tag !== undefined) { if (!tags.has(tag.toLowerCase())) return null; made += tag.toLowerCase(); }
      else made += other;
    }
    return made;
  };
  const plainValue = /^(?!.*(?:\de[+-]?\d|(?:^|[^a-z-])(?!calc\(|min\(|max\(|clamp\(|repeat\(|minmax\()[a-z-]+\())[a-z0-9.%,()\s+*\/-]+$/i;
  // A style made for one customer must not tell of him: few figures stay, and no colours but the names of borders' ones
  // (without all of a page's colours, white on dark would be white on white).
  const plainNumber = (text) => {
    const number = Number(text);
    if (text.replace('.', '').replace(/^0+/, '').length <= 3) return text;
    if (!text.includes('.') || number >= 1000) return null;
    const most = number >= 100 ? 1 : number >= 1 ? 10 : 100;
    return String(Math.floor(number * most) / most);
  };
  const plain = (value) => {
    if (!plainValue.test(value)) return null;
    const numbers = value.match(/\d*\.?\d+/g) || [];
    return numbers.every((text) => plainNumber(text) !== null) ? value.replace(/\d*\.?\d+/g, plainNumber) : null;
  };
  const declarations = (style, chosen) => {
    let made = '';
    for (const name of chosen) {
      const value = plain(style.getPropertyValue(name));
      if (value) made += `${name}:${value}${style.getPropertyPriority(name) ? '!important' : ''};`;
    }
    return made;
  };
  let css = '';
  const addRules = (rules) => {
    for (const rule of rules) {
      if (css.length > a.most_css) return;
      if (rule instanceof CSSStyleRule) {
        const chosen = rule.selectorText.split(',').map((part) => selector(part.trim())).filter(Boolean);
        const told = chosen.length ? declarations(rule.style, properties) : '';
        if (told) css += `${chosen.join(',')}{${told}}\n`;
      } else if (rule instanceof CSSImportRule) { addSheet(rule.styleSheet); }
      else if (rule instanceof CSSMediaRule) { if (matchMedia(rule.media.mediaText).matches) addRules(rule.cssRules); }
      else if (rule instanceof CSSSupportsRule || rule instanceof CSSLayerBlockRule) addRules(rule.cssRules);
    }
  };
  const addSheet = (sheet) => {
    try { if (sheet && !sheet.disabled && matchMedia(sheet.media.mediaText || 'all').matches) addRules(sheet.cssRules); } catch (error) { return; } // of another origin
  };
  for (const sheet of [...getter(Document, 'styleSheets')(document), ...getter(Document, 'adoptedStyleSheets')(document)]) addSheet(sheet);

  // --- the copy ----------------------------------------------------------------------------------------------------------
  let left = a.most_html - css.length;
  const out = [];
  const add = (text) => { left -= text.length; out.push(text); };
  const attributeText = (node) => {
    let made = '';
    const seen = new Set();
    for (const {name, value} of Array.from(attributesOf(node)).slice(0, 60)) {
      const key = known.has(name) || names.has(name) || flags.has(name) ? name : shape(name, 60).toLowerCase();
      if (seen.has(key) || !/^[a-z][a-z0-9-]*$/.test(key) || emptied.has(name) || /^data-v-/.test(name)) continue; // drawn anew
      seen.add(key);
      let told;
      if (flags.has(name)) { made += ` ${name}`; continue; }
      if (name === 'class') told = squeeze(value).split(' ').map(className).join(' ');
      else if (name === 'style') told = declarations(styleOf(node), ['display', 'visibility']);
      else if (name === 'type') told = types.has(value.toLowerCase()) ? value.toLowerCase() : shape(value, 100);
      else if (names.has(value)) told = value;
      else if (value.startsWith(a.origin + '/') || value.startsWith('/')) told = path(value.startsWith('/') ? value : value.slice(a.origin.length));
      else told = masked(value.slice(0, a.longest));
      made += ` ${key}="${escaped(told)}"`;
    }
    return made;
  };
  const walk = (node, depth) => {
    for (let child = first(node); child; child = next(child)) {
      if (left <= 0) return;
      if (kind(child) === Node.TEXT_NODE) { add(escaped(masked(data(child)))); continue; }
      if (kind(child) !== Node.ELEMENT_NODE) continue;
      const name = localName(child);
      if (dropped.has(name) || (name === 'input' && (attribute(child, 'type') || '').toLowerCase() === 'hidden')) continue;
      if (removed.has(name) || namespace(child) !== 'http://www.w3.org/1999/xhtml') { add(`<i data-removed="${removed.has(name) ? name : 'other'}"></i>`); continue; }
      const tag = tags.has(name) ? name : 'x-other';
      add(`<${tag}${attributeText(child)}>`);
      if (empty.has(tag)) continue;
      if (tag !== 'textarea' && depth < a.deepest) walk(child, depth + 1);
      add(`</${tag}>`);
    }
  };
  const body = getter(Document, 'body')(document);
  if (!root || !body) return JSON.stringify(null);
  add(`<!DOCTYPE html>\n<html${attributeText(root)}>\n<head><meta charset="utf-8">${a.head}<style>\n${css}</style></head>\n<body${attributeText(body)}>`);
  walk(body, 0);
  return JSON.stringify({path: path(location.pathname).slice(0, 400), html: out.join('') + '</body></html>\n'});
}

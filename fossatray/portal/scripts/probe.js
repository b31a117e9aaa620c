// Counts what the selectors of a portal profile match on the page as it stands, and tells the texts there; it changes
// nothing. A question is asked inside everything that the question named by `within` has found ('' is the page).
(a) => {
  const clean = (text) => (text || '').replace(/\s+/g, ' ').trim().slice(0, 300);
  const all = (selector, root) => Array.from(root.querySelectorAll(selector));
  const leaves = (node) => node.children.length ? Array.from(node.children).flatMap(leaves) : [clean(node.textContent)];
  const ways = {
    text: (node) => clean(node.textContent),
    own: (node) => {
      let told = '';
      for (let child = node.firstChild; child && child.nodeType !== Node.ELEMENT_NODE; child = child.nextSibling) told += child.data;
      return clean(told);
    },
    leaves: (node) => JSON.stringify(leaves(node)),
  };
  const valueOf = (node, way) => ways[way] ? ways[way](node) : clean(node.getAttribute(way));
  const look = (root, question) => {
    if (!question.closest) return all(question.selector, root);
    const above = root.closest(question.selector);
    return above ? [above] : [];
  };
  const isKept = (node, keep) => all(keep.link, node).some((link) => {
    const name = link.querySelector(keep.name);
    return name && clean(name.textContent).toLowerCase() === keep.text.toLowerCase();
  });
  const found = {'': [document]};
  const told = {};
  for (const question of a.questions) {
    const roots = found[question.within] || [];
    const each = roots.map((root) => look(root, question));
    const nodes = Array.from(new Set(each.flat()));
    const wanted = question.keep ? nodes.filter((node) => isKept(node, question.keep)) : nodes;
    const kept = wanted.length ? wanted : nodes;
    found[question.key] = kept;
    told[question.key] = {
      roots: roots.length, matched: each.filter((part) => part.length).length, total: nodes.length,
      values: kept.slice(0, a.most).map((node) => valueOf(node, question.value)),
    };
  }
  return JSON.stringify({path: location.pathname, told: told});
}

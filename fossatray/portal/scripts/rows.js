// Reads every row of the page at once. Returns JSON: the rows' texts as they stand in the page (hidden ones, too, and
// not as the style sheets show them); what they mean is worked out outside the page.
(a) => {
  const s = a.row;
  const v = a.visit;
  const all = (selector, root) => Array.from(root.querySelectorAll(selector));
  const text = (node) => node ? node.textContent : null;
  const link = (node) => node ? node.getAttribute('href') : null;
  const own = (node, part) => {
    if (!node) return null;
    const rest = node.cloneNode(true);
    for (const inner of all(part, rest)) inner.remove();
    return rest.textContent;
  };
  const read = (row) => {
    const further = [];
    // The first of what a selector finds. Others that are not its like are named: nothing a row shows goes in silence.
    const one = (name, selector, root) => {
      const found = root ? root.querySelectorAll(selector) : [];
      for (let i = 1; i < found.length; i++) if (!found[i].isEqualNode(found[0])) further.push(name);
      return found[0] || null;
    };
    const visit = (node) => node && {
      href: link(node), date: text(one('visit.date', v.date, node)), time: text(one('visit.time', v.time, node)),
      due: text(one('visit.due', v.due, node)),
    };
    const service = (line) => {
      const what = one('row.service_text', s.service_text, line);
      const quantity = one('row.service_quantity', s.service_quantity, line);
      return [text(quantity), own(what, s.service_code), text(one('row.service_code', s.service_code, what))];
    };
    const number = one('row.number', s.number, row);
    const counter = one('row.counter', s.counter, row);
    return {
      classes: row.className, number: text(number), href: link(number),
      categories: all(s.categories, row).map(text), status: text(one('row.status', s.status, row)),
      labelled: all(s.labelled, row).map((node) => [text(one('row.label', s.label, node)), own(node, s.label)]),
      creator: text(one('row.creator', s.creator, row)),
      site: all(s.site_lines, row).map((node) => [text(node), link(one('row.site_lines', 'a', node))]),
      address: all(s.address_lines, row).map(text),
      contact: all(s.contact_lines, row).map(text), billing: all(s.billing_lines, row).map(text),
      services: all(s.service_groups, row).map((group) => [text(one('row.service_group', s.service_group, group)),
        all(s.service_lines, group).map(service)]),
      counter: counter ? counter.getAttribute('title') : null, completed: text(one('row.completed', s.completed, row)),
      visit: visit(one('row.visit', s.visit, row)),
      instructions: text(row.querySelector(s.instructions)), // the second is a preview of the first
      further,
    };
  };
  const rows = Array.from(document.querySelectorAll(a.rows));
  if (rows.length > a.most) return JSON.stringify({too_many: rows.length});
  return JSON.stringify({ids: rows.map((row) => row.className).join('\n'), rows: rows.map(read)});
}

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
  const visit = (node) => node && {
    href: link(node), date: text(node.querySelector(v.date)), time: text(node.querySelector(v.time)), due: text(node.querySelector(v.due)),
  };
  const read = (row) => {
    const number = row.querySelector(s.number);
    const counter = row.querySelector(s.counter);
    return {
      classes: row.className, number: text(number), href: link(number),
      categories: all(s.categories, row).map(text), status: text(row.querySelector(s.status)),
      labelled: all(s.labelled, row).map((node) => [text(node.querySelector(s.label)), own(node, s.label)]),
      creator: text(row.querySelector(s.creator)),
      site: all(s.site_lines, row).map((node) => [text(node), link(node.querySelector('a'))]),
      address: all(s.address_lines, row).map(text),
      contact: all(s.contact_lines, row).map(text), billing: all(s.billing_lines, row).map(text),
      services: all(s.service_groups, row).map((group) => [text(group.querySelector(s.service_group)),
        all(s.service_lines, group).map((line) => {
          const what = line.querySelector(s.service_text);
          return [text(line.querySelector(s.service_quantity)), own(what, s.service_code), text(what && what.querySelector(s.service_code))];
        })]),
      counter: counter ? counter.getAttribute('title') : null, completed: text(row.querySelector(s.completed)),
      visit: visit(row.querySelector(s.visit)), instructions: text(row.querySelector(s.instructions)),
    };
  };
  const rows = Array.from(document.querySelectorAll(a.rows));
  if (rows.length > a.most) return JSON.stringify({too_many: rows.length});
  return JSON.stringify({ids: rows.map((row) => row.className).join('\n'), rows: rows.map(read)});
}

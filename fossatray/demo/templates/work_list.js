// The work list's life in the browser: ask, show the loader, draw rows and paginator, follow the controls.
const state = {page: 1, limit: CONFIG.limit, view: CONFIG.view, direction: CONFIG.direction, round: 0, more: false, pages: 1};
const listBox = document.querySelector('.paginator-wrapper').closest('.mt-1\\.5').querySelector('.bg-white');
let drawn = [];

function decode(answer) {
  const names = Object.keys(CONFIG.fields);
  const read = (row) => Object.fromEntries(names.map((name) => [name, row[CONFIG.fields[name]]]));
  return answer[CONFIG.envelope.rows].map(read);
}

function drawRows() {
  while (listBox.children.length > 1) listBox.removeChild(listBox.lastChild);
  const draw = state.layout === 'table' ? tableRow : state.view === 'grid' ? gridCard : listRow;
  const parts = drawn.map((order, index) => draw(order, index));
  if (CONFIG.late_content) drawLater(parts, "a[title='Next Visit']");
  listBox.append(...parts);
}

function pageNumbers() {
  const numbers = [];
  for (let page = 1; page <= state.pages; page += 1) {
    if (page === 1 || page === state.pages || Math.abs(page - state.page) <= 2) numbers.push(page);
  }
  return numbers;
}

function pageItem(className, text, target) {
  const pad = '\n                ';
  const link = h('a', {'class': className, href: '#'}, pad + text + '\n            ');
  link.addEventListener('click', (event) => {
    event.preventDefault();
    if (!link.classList.contains('disabled')) goTo(target());
  });
  return h('li', {}, link);
}

function goTo(page) {
  const last = CONFIG.counted ? state.pages : page;
  if (page < 1 || page > last || page === state.page) return;
  state.page = page;
  load();
}

function drawPaginator(total) {
  const list = document.querySelector('.paginator-wrapper .pagination ul');
  list.replaceChildren();
  const next = () => state.page + 1;
  const previous = () => state.page - 1;
  if (!CONFIG.counted) {
    list.append(pageItem('prev-page' + (state.page > 1 ? '' : ' disabled'), '<', previous), ' ',
      pageItem('next-page' + (state.more ? '' : ' disabled'), '>', next));
    return;
  }
  list.append(pageItem('prev-page', '<', previous), ' ', document.createComment(''), ' ');
  for (const page of pageNumbers()) {
    list.append(pageItem('page-link' + (page === state.page ? ' current-page' : ''), String(page), () => page));
  }
  list.append(' ', document.createComment(''), ' ', pageItem('next-page', '>', next));
  const box = list.parentNode;
  box.style.display = state.pages > 1 ? '' : 'none';
  while (box.nextSibling) box.nextSibling.remove();
  if (total === null) return;
  box.after(' ', h('div', {'class': 'text-right muted text-sm ks-padding-fix sm-hide tab-hide med-show-up'},
    '\n                    ' + total + ' matches\n                '));
}

function show(answer, round) {
  if (round !== state.round) return;
  const total = answer[CONFIG.envelope.total];
  drawn = decode(answer);
  state.more = answer[CONFIG.envelope.more];
  state.layout = answer[CONFIG.envelope.layout];
  state.pages = Math.max(1, answer[CONFIG.envelope.pages] || 1);
  drawRows();
  const paginator = () => { if (round === state.round) drawPaginator(total === undefined ? null : total); };
  if (CONFIG.late) setTimeout(paginator, 150); else paginator();
  busy(loader(), false);
}

function load() {
  state.round += 1;
  const round = state.round;
  busy(loader(), true);
  const query = {...CONFIG.filters};
  query[CONFIG.parameters.page] = state.page;
  query[CONFIG.parameters.limit] = state.limit;
  query[CONFIG.parameters.direction] = state.direction;
  state.query = query;
  request(CONFIG.path, query, (answer) => show(answer, round), () => { if (round === state.round) busy(loader(), false); });
}

function pageSizeControl() {
  const control = document.querySelector('input[name=limit]').closest('.ks-select');
  const list = control.querySelector('.ks-select-dropdown');
  control.querySelector('.ks-select-selection').addEventListener('click', () => {
    list.style.display = list.style.display === 'none' ? '' : 'none';
  });
  for (const item of control.querySelectorAll('li')) {
    item.addEventListener('click', () => {
      list.style.display = 'none';
      if (CONFIG.stubborn) return;
      state.limit = Number(item.textContent.replace(/\D/g, ''));
      state.page = 1;
      control.querySelector('.ks-select-selection').firstChild.data = '\n                Show ' + state.limit + '\n             ';
      load();
    });
  }
}

function radioGroup(name, changed) {
  for (const input of document.querySelectorAll('input[name=' + name + ']')) {
    input.checked = input.closest('label').classList.contains('ks-state-active');
    input.addEventListener('change', () => {
      for (const label of input.closest('.radio').children) label.classList.toggle('ks-state-active', label.contains(input));
      changed(input.value);
    });
  }
}

shellControls();
if (CONFIG.restless) setInterval(() => request(CONFIG.path, state.query, () => 0, () => 0), 100);
pageSizeControl();
radioGroup('grid_view', (value) => { state.view = value; drawRows(); });
radioGroup('order_direction', (value) => { state.direction = value; state.page = 1; load(); });
document.querySelectorAll('.active-search-filters .ks-badge a').forEach((link, index) => link.addEventListener('click', () => {
  const left = {...CONFIG.filters};
  delete left[Object.keys(left)[index]];
  window.location.assign('/app/work/list?' + new URLSearchParams(left).toString());
}));
load();

// A location page's tabs and its equipment: groups are collapsed until their toggle is clicked.
const panel = document.querySelector('.location-panel');

function cardTitle(card) {
  return h('div', {}, '\n    ' + card.title + '\n    ',
    h('a', {'class': 'ml-2 text-xs hover:text-blue-800', href: '#'}, icon('clock-rotate-left'), ' ',
      h('div', {'class': 'ks-tooltip mx-2', style: 'display: none;'}, null, ' ',
        h('div', {'class': 'px-3 py-2'}, h('div', {'class': 'history-log-list'}, null, ' ', h('ul', {}))))), ' ', null, ' ',
    card.serial === null ? null : h('div', {'class': 'muted text-tiny'}, '\n S/N: ' + card.serial + '\n'), ' ',
    h('div', {'class': 'text-tiny'}, labelled('Make:', card.make), ' ', card.model === null ? null : labelled('Model:', card.model)), ' ', null);
}

function labelled(label, value) {
  return h('div', {}, h('span', {'class': 'muted uppercase'}, label), ' ' + value);
}

function menu() {
  const entry = (text) => h('a', {'class': 'p-2 list-item', href: '#'}, '\n        ' + text + '\n    ');
  return h('div', {'class': 'right'}, h('div', {'class': 'ks-action-menu mx-2 my-1.5'},
    h('button', {'class': 'menu-button'}, h('svg', {})), ' ',
    h('div', {'class': 'ks-menu-list'}, entry('Edit'), ' ', entry('Form History'), ' ', null)));
}

function card(data, index) {
  return h('div', {'class': 'py-1.5' + (index % 2 ? ' bg-gray-50' : '')}, menu(), ' ',
    h('div', {'class': 'px-2'}, h('div', {'class': 'flex align-start'}, cardTitle(data)), ' ',
      h('div', {'class': 'custom-fields-view'}, h('div', {'class': 'row row-collapse'},
        data.fields.map(([label, value]) => h('div', {'class': 'mt-2 sm-12 tab-6 lg-4'},
          h('div', {'class': 'muted uppercase text-xs'}, '\n        ' + label + '\n    '), ' ',
          h('div', {'class': 'text-xs mt-1'}, '\n        ' + value + '\n    ')))))));
}

function group(data) {
  const arrow = icon('chevron-up');
  const toggle = h('a', {'class': 'ml-1', href: '#', title: 'Show equipment'},
    h('span', {'class': 'bold', style: 'text-transform: capitalize;'}, data.name),
    ' (' + data.count + ')\n                        ', arrow);
  const body = h('div', {'class': '', style: 'opacity: 1; display: none;'}, data.cards.map(card));
  let ignored = CONFIG.ignored;
  toggle.addEventListener('click', () => {
    if (ignored > 0) { ignored -= 1; return; }
    const opens = body.style.display === 'none';
    body.style.display = opens ? '' : 'none';
    toggle.title = opens ? 'Hide equipment' : 'Show equipment';
    arrow.classList.toggle('rotate', opens);
    if (CONFIG.late_content && opens) drawLater([body], '.custom-fields-view .text-xs.mt-1');
  });
  if (CONFIG.expanded) toggle.click();
  const add = '/app/customers/locations/' + CONFIG.location + '/equipment?location_id=' + CONFIG.location + '&equipment_type_id=' + data.type;
  return h('div', {'class': 'mt-4'},
    h('div', {'class': 'group-heading flex align-baseline jc-between px-2 py-2', style: 'border-bottom: 1px solid rgb(204, 204, 204);'},
      h('div', {'class': 'text-normal text-gray-600'}, toggle), ' ',
      h('div', {'class': 'right text-sm'}, h('a', {'class': '', href: add},
        '\n                        Add ' + data.name + '\n                    '))), ' ', body);
}

function openTab(link) {
  while (CONFIG.endless) { /* a script that never ends */ }
  for (const other of document.querySelectorAll('.location-tabs a')) other.classList.toggle('active-tab', other === link);
  if (link.getAttribute('dusk') !== 'equipment-tab') { panel.replaceChildren(h('div', {'class': 'text-sm muted'}, 'Nothing here.')); return; }
  busy(loader(), true);
  request(CONFIG.path, {[CONFIG.parameters.page]: CONFIG.location},
    (answer) => { panel.replaceChildren(...answer[CONFIG.envelope.rows].map(group)); busy(loader(), false); },
    () => busy(loader(), false));
}

shellControls();
onClick('.location-tabs a', openTab);
if (CONFIG.opened) openTab(document.querySelector('[dusk="equipment-tab"]'));

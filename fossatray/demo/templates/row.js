// One work order's row with the real list's markup, element by element.
function v() { return {[CONFIG.scope]: ''}; }

function categories(order) {
  return order.categories.map(([name, colour]) => h('div', {'class': 'w-4 h-1.5', style: 'background: ' + colour + ';'},
    h('div', {'class': 'ks-tooltip show-arrow', style: 'display: none;'},
      h('div', {'class': 'ks-tooltip-arrow'}), ' \n            ' + name + '\n        ')));
}

function numberLink(order) {
  if (order.broken) return null;
  return h('a', {'class': '', href: '/app/work/' + order.id + '/'}, '\n                    W-' + order.id + '\n                ');
}

function purchase(order) {
  if (order.project === null && order.po === null) return null;
  const po = order.po === null ? null
    : h('div', {'class': 'text-sm mb-1'}, h('span', {'class': 'muted'}, 'PO #:'), ' ' + order.po + '\n');
  const project = order.project === null ? null
    : h('div', {'class': 'text-sm mb-1', title: 'Project: ' + order.project},
      h('span', {'class': 'muted'}, 'Project:'), ' ' + order.project + '\n            ');
  return h('div', {}, po, ' ', project);
}

function workCell(order) {
  const margin = order.project === null && order.po === null ? 'mt-1.5' : 'mt-2.5';
  return h('div', {'class': 'sm-6 med-3 mb-2'},
    h('div', {'class': 'flex align-center wrap'},
      h('label', {'class': 'ks-checkbox mb-1 mr-2'}, h('input', {type: 'checkbox', value: 'true'}), ' ',
        h('div', {'class': 'ks-checkbox-input-wrapper'}, h('svg', {style: 'display: none;'})), ' ',
        h('div', {'class': CONFIG.names.number}, numberLink(order))), ' ', null, ' ', null, ' ',
      h('div', {'class': 'wo-category-show mb-1 mr-2'}, h('div', {'class': 'flex'}, categories(order)), ' ', null, ' ', null)), ' ',
    h('div', {'class': 'work-status-badge mb-1 mt-0.5', title: ''},
      h('div', {'class': 'inline-block text-xs py-0.5 px-2 outline ' + order.statusClass}, '\n        ' + order.status + '\n    '), ' '), ' ',
    h('div', {'class': 'text-sm mb-1'}, h('span', {'class': 'muted'}, CONFIG.names.reason), ' ' + order.reason + '\n        '), ' ',
    purchase(order), ' ',
    h('div', {'class': 'work-creator text-xs muted ellipsis ' + margin, title: 'Created by: ' + order.creator + '  ' + order.created},
      '\n        ' + order.creator + ' • ' + order.created + '\n    '), ' ', null);
}

function addressLines(order) {
  const extra = order.extra.length ? order.extra.map((line) => [h('div', {'class': 'mt-1'}, line), ' ']).flat() : [null, ' '];
  return h('div', {}, h('div', {}, order.street), ' ', extra,
    h('div', {'class': 'mt-1'}, order.cityLine), ' ', h('div', {'class': 'mt-1'}, order.county), ' ', null);
}

function contactBlock(order) {
  const dark = (text) => h('div', {'class': 'muted-dark'}, text);
  return h('div', {'class': 'contact-info-block mt-1.5 text-sm'}, h('div', {'class': 'flex align-start'},
    h('div', {'class': 'icon w-5 mr-2 text-sm text-center text-blue-800 tab-hide-down'}, icon('user')), ' ',
    h('div', {}, ' ', h('div', {'class': 'contact-name text-sm'}, null, ' ', h('div', {}, null, order.contact), ' ',
      order.account === null ? null : h('div', {}, order.account), ' ',
      order.department === null ? null : dark(order.department), ' ',
      dark(order.billingCode), ' ', dark('\n                    ' + order.terms + '\n                ')))), ' ', null);
}

function customerCell(order) {
  return h('div', {'class': 'sm-6 med-4 mb-2'},
    h('div', {'class': 'address flex align-start text-sm'},
      h('div', {'class': 'icon w-5 mr-2 text-center text-blue-800 tab-hide-down'}, icon('location-dot')), ' ',
      h('div', {},
        h('div', {'class': 'mb-1'}, h('a', {'class': '', href: '/app/customers/' + order.customerId + '/'},
          '\n                    ' + order.customer + '\n                ')), ' ',
        h('div', {'class': 'mb-1'}, h('a', {'class': '', href: '/app/customers/locations/' + order.locationId + '/'}, order.store)), ' ',
        h('div', {'class': 'mb-1'}, '\n                ' + order.site + '\n            '), ' ',
        h('div', {'class': 'address-info text-sm'}, addressLines(order), ' ', null))), ' ',
    contactBlock(order));
}

function serviceGroups(order) {
  return order.groups.map(([group, items]) => h('div', {'class': 'text-xs mb-2'}, h('div', {}, group), ' ',
    items.map(([quantity, description, code]) => h('div', {'class': 'flex align-center'}, h('div', {}, quantity + ' x '), ' ',
      h('div', {'class': 'ml-2'}, h('div', {}, description + ' ', h('span', {'class': CONFIG.names.code}, '(' + code + ')')))))));
}

function nextVisit(order) {
  if (order.visitId === null) return null;
  const due = order.due === null ? null : h('div', {'class': 'mt-1 text-sm uppercase ' + (order.overdue ? 'text-orange' : 'muted')},
    '\n                Due: ' + order.due + '\n            ');
  return h('div', {'class': 'mt-2'},
    h('a', {'class': '', href: '/app/work/' + order.id + '/visits/' + order.visitId + '/', title: 'Next Visit'},
      h('div', {'class': 'text-xs muted uppercase'}, 'Next Visit'), ' ',
      h('div', {'class': 'mt-0.5'}, '\n                    ' + order.visitDate + '\n                '), ' ',
      h('div', {'class': 'text-sm'}, '\n                        ' + order.visitTime + '\n                    '), ' ', due));
}

function visitsCell(order) {
  const counter = order.done + ' / ' + order.total;
  const finished = order.done >= order.total;
  return h('div', {'class': 'sm-6 med-5'},
    h('div', {'class': 'text-sm muted', title: counter},
      h('span', {'class': finished ? 'strike-through' : ''}, '\n            ' + counter + '\n            ',
        h('span', {'class': 'text-xs uppercase'}, 'visits')), ' ', finished ? icon('circle-check', '', 'ml-2') : null), ' ',
    order.completedOn === null ? null : h('div', {'class': 'mt-1 text-xs muted'}, order.completedOn), ' ', null, ' ', nextVisit(order));
}

function instructionsCell(order) {
  return h('div', {'class': 'sm-12 med-10 text-sm mt-2'},
    h('div', {'class': 'ks-tooltip text-sm shadow-lg p-3', style: 'z-index: 9; display: none;'},
      h('span', {'class': 'pre-wrap'}, order.text), ' ', h('a', {'class': 'block t-right text-xs', href: '#'}, 'Close')), ' ',
    h('div', {}, h('span', {'class': 'text-sm pre-wrap', style: 'overflow: hidden; text-overflow: ellipsis; white-space: pre-wrap;'},
      order.preview), ' ', h('a', {'class': 'ml-1 text-xs', href: '#', style: order.cut ? null : 'display: none;'}, 'more...')));
}

function listRow(order, index) {
  return h('div', {'class': index % 2 ? '' : 'bg-gray-50', ...v()},
    h('div', {'class': 'row py-2 ' + CONFIG.names.row + ' w-' + order.id, ...v()}, workCell(order), ' ', customerCell(order), ' ',
      h('div', {'class': 'sm-12 med-5'}, h('div', {'class': 'row row-collapse'},
        h('div', {'class': 'sm-6 med-7'}, serviceGroups(order), ' ', null, ' ', null), ' ', visitsCell(order))), ' ',
      instructionsCell(order)));
}

// The grid and the changed layout are invented: no real one was ever recorded.
function gridCard(order) {
  return h('div', {'class': 'work-grid-card p-3 shadow-sm'}, h('strong', {}, 'W-' + order.id), ' ', h('div', {}, order.customer), ' ',
    h('div', {'class': 'text-sm muted'}, order.visitDate || ''));
}

function tableRow(order) {
  return h('table', {'class': 'wo-table'}, h('tbody', {}, h('tr', {'class': 'wo-table-row'},
    h('td', {}, 'W-' + order.id), h('td', {}, order.customer), h('td', {}, order.store), h('td', {}, order.visitDate || ''))));
}

// Helpers of the hostile work list; CANARY, TRIED and LAST come from the page.
const box = document.querySelector('.hostile-box');
const tried = [...TRIED];

function frame(name) {
  const made = document.createElement('iframe');
  made.name = name;
  box.append(made);
}

function form(url, method, name) {
  frame(name);
  const sent = document.createElement('form');
  Object.assign(sent, {action: url, method: method, target: name});
  box.append(sent);
  sent.submit();
}

function link(url, attributes) {
  const made = document.createElement('a');
  Object.assign(made, {href: url}, attributes);
  box.append(made);
  made.click();
}

function attempt(name, way) {
  try { way(CANARY + '/' + name); } catch (error) { console.debug(name, String(error)); }
  tried.push(name);
}

function tell() { return fetch('/hostile/tried?names=' + tried.join(',')); }

// Clicks the link that signs out, once the page has loaded whole: before, a click may find nobody listening. Returns
// whether it was there, as JSON.
async (a) => {
  const end = performance.now() + a.limit;
  while (document.readyState !== 'complete' && performance.now() < end) await new Promise((done) => setTimeout(done, 25));
  const link = Array.from(document.querySelectorAll(a.links)).find((node) => node.textContent.trim() === a.text);
  if (link) link.click();
  return JSON.stringify(Boolean(link));
}

// Clicks the link that signs out. Returns whether it was there, as JSON.
(a) => {
  const link = Array.from(document.querySelectorAll(a.links)).find((node) => node.textContent.trim() === a.text);
  if (link) link.click();
  return JSON.stringify(Boolean(link));
}

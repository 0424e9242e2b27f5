// Keeps the board up to date. The server says that something changed; the board is
// asked again and changes in place: focus, scroll and choices stay, rows keep their
// place, and nothing moves. Rows that are no longer on the list are struck through,
// new ones wait until the reader asks for them.
(() => {
  'use strict';

  const board = document.querySelector('[data-part="board"]');
  const status = document.querySelector('[data-live-status]');
  if (!board || !status || !window.EventSource) return;
  const { updating: on, off, gone, more } = status.dataset;

  let asking = false;
  let again = false;

  function say(text) {
    if (status.firstChild.textContent !== text) status.firstChild.textContent = text;
  }

  async function update() {
    if (asking) {
      again = true;
      return;
    }
    asking = true;
    try {
      const answer = await fetch(location.href, { credentials: 'same-origin' });
      if (!answer.ok || answer.redirected) throw new Error('no board');
      take(new DOMParser().parseFromString(await answer.text(), 'text/html'));
      say(on);
    } catch {
      say(off);
    }
    asking = false;
    if (again) {
      again = false;
      setTimeout(update, 300);
    }
  }

  function take(page) {
    const fresh = page.querySelector('[data-part="board"]');
    if (!fresh) return;
    let changed = false;
    const listed = (node) => node.nodeType === 1 && node.matches('.rows tbody tr:not(.band), .rows');
    const band = (node) => node.nodeType === 1 && node.matches('.rows .band');
    Idiomorph.morph(board, fresh, {
      // What is being typed stays; a link in focus changes like any other.
      ignoreActiveValue: document.activeElement.matches('input, textarea, select'),
      callbacks: {
        beforeNodeMorphed: (old) => old.nodeType !== 1 || !old.matches('[data-live-status]'),
        beforeNodeAdded: (node) => {
          if (!listed(node) && !band(node)) return true;
          changed = true;
          return false;
        },
        beforeNodeRemoved: (node) => {
          if (band(node)) { // its rows stay, struck through, so it stays too
            node.querySelector('.no').textContent = '';
            return false;
          }
          if (!listed(node)) return true;
          changed = true;
          for (const row of node.matches('tr') ? [node] : node.querySelectorAll('tbody tr:not(.band)')) strike(row);
          return false;
        },
        // What the reader ticked or opened stays so.
        beforeAttributeUpdated: (name) => name !== 'open' && name !== 'checked',
      },
    });
    if (!changed) return;
    status.lastElementChild.textContent = more;
    status.lastElementChild.hidden = false;
  }

  function strike(row) {
    if (row.classList.contains('gone')) return;
    row.classList.add('gone');
    row.querySelectorAll('input').forEach((box) => { box.checked = false; box.disabled = true; });
    const note = document.createElement('span');
    note.className = 'unseen';
    note.textContent = gone;
    row.querySelector('th').append(note);
  }

  const source = new EventSource('/su-kien');
  source.addEventListener('here', () => { say(on); });
  source.addEventListener('changed', update);
  source.addEventListener('error', () => { say(off); });
  // What falls due changes by itself.
  setInterval(update, 300000);
  // Coming back to a page that slept.
  document.addEventListener('visibilitychange', () => { if (!document.hidden) update(); });
})();

// Keys of the supervisors' board. Everything they do is also a link or a button.
(() => {
  'use strict';

  const cells = (row) => [...row.querySelectorAll('td a, th a')];
  const rows = () => [...document.querySelectorAll('.matrix tbody tr:not(.level), .rows tbody tr:not(.band)')];

  // place is where the focus is: a row and, in the matrix, one of its columns.
  let column = 0;
  function current() {
    const row = document.activeElement.closest('.matrix tbody tr, .rows tbody tr');
    return row ? rows().indexOf(row) : -1;
  }

  function go(row) {
    if (!row) return;
    const target = row.closest('.matrix') ? inColumn(row, column) : row.querySelector('td a, input');
    if (target) {
      target.focus({ preventScroll: true });
      target.scrollIntoView({ block: 'nearest', inline: 'nearest' });
    }
  }

  // inColumn is the link in the column, or the nearest before it.
  function inColumn(row, at) {
    for (let i = Math.min(at, row.cells.length - 1); i >= 0; i--) {
      const link = row.cells[i].querySelector('a');
      if (link) return link;
    }
    return null;
  }

  function sideways(step) {
    const row = document.activeElement.closest('.matrix tbody tr');
    if (!row) return go(rows()[0]);
    const links = cells(row);
    const next = links[links.indexOf(document.activeElement) + step];
    if (!next) return;
    column = next.closest('td, th').cellIndex;
    go(row);
  }

  const keys = {
    j: () => go(rows()[current() + 1]),
    k: () => go(rows()[Math.max(current() - 1, 0)]),
    h: () => sideways(-1),
    l: () => sideways(1),
    x: () => document.activeElement.closest('.matrix tr, .rows tr')?.querySelector('input[type=checkbox]')?.click(),
    d: () => document.querySelector('[data-urge]')?.click(),
    '?': help,
  };

  // Without scripts the keys are told at the end of the page; here they come when asked
  // for. Closed, the focus is where it was.
  const told = document.querySelector('#phim-tat');
  told?.close();
  function help() {
    if (told?.open) told.close();
    else told?.showModal();
  }

  // A level's box is ticked as long as all of its rows are: what it stands for is what
  // they stand for together.
  const boxes = (group) => [...group.querySelectorAll('tr:not(.level) input[type=checkbox]')];
  document.addEventListener('change', (event) => {
    const group = event.target.closest('.matrix tbody');
    if (!group || event.target.type !== 'checkbox') return;
    const all = group.querySelector('.level input');
    if (event.target === all) boxes(group).forEach((box) => { box.checked = all.checked; });
    else all.checked = boxes(group).every((box) => box.checked);
  });

  document.addEventListener('click', (event) => {
    if (!event.target.closest('[data-keys]')) return;
    event.preventDefault();
    help();
  });

  document.addEventListener('keydown', (event) => {
    const act = keys[event.key.toLowerCase()];
    if (told?.open && act !== help) return;
    if (!act || event.ctrlKey || event.metaKey || event.altKey) return;
    if (/^(TEXTAREA|SELECT)$/.test(event.target.tagName) || event.target.matches('input:not([type=checkbox])')) return;
    event.preventDefault();
    act();
  });
})();

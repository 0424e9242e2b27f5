// Keys of the reviews: J and K between rows, X ticks, A accepts, R returns.
(() => {
  'use strict';

  const decide = (decision) => {
    const choice = document.querySelector(`#quyet-dinh input[name=decision][value=${decision}]`);
    if (!choice) return;
    choice.checked = true;
    document.querySelector(decision === 'accept' ? '#quyet-dinh .acts button' : '#o-reason').focus();
  };
  const rows = () => [...document.querySelectorAll('main form .rows tbody tr')];
  const step = (by) => {
    const all = rows();
    const next = all[all.indexOf(document.activeElement.closest('tr')) + by] || (by > 0 ? null : all[0]);
    next?.querySelector('td a')?.focus();
  };
  const keys = {
    j: () => step(1),
    k: () => step(-1),
    x: () => document.activeElement.closest('tr')?.querySelector('input[type=checkbox]')?.click(),
    a: () => decide('accept'),
    r: () => decide('return'),
  };
  document.addEventListener('keydown', (event) => {
    const act = keys[event.key.toLowerCase()];
    if (!act || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.matches('textarea, select, input:not([type=checkbox]):not([type=radio])')) return;
    event.preventDefault();
    act();
  });
})();

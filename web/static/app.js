// Every page works without this file; with it, filters answer at once and "/" leads
// to the search.
(() => {
  'use strict';

  // refresh reads an address and changes the parts named by data-part in place;
  // focus, scroll and what is being typed stay. It answers whether it could.
  async function refresh(address) {
    let page;
    try {
      const answer = await fetch(address, { credentials: 'same-origin' });
      if (!answer.ok || answer.redirected) return false;
      page = new DOMParser().parseFromString(await answer.text(), 'text/html');
    } catch {
      return false;
    }
    for (const part of document.querySelectorAll('[data-part]')) {
      const fresh = page.querySelector(`[data-part="${part.dataset.part}"]`);
      if (fresh) Idiomorph.morph(part, fresh, { ignoreActiveValue: true });
    }
    document.title = page.title;
    return true;
  }

  // A filter form marked data-live is asked again when a choice changes; its
  // answer has an address, so that going back and sharing work. The page has to
  // load idiomorph too.
  document.addEventListener('change', async (event) => {
    const form = event.target.closest('form[data-live]');
    if (!form || form.method !== 'get' || !window.Idiomorph) return;
    const query = new URLSearchParams();
    for (const [name, value] of new FormData(form)) if (value !== '') query.append(name, value);
    const address = `${form.getAttribute('action') || location.pathname}?${query}`;
    if (await refresh(address)) {
      history.pushState(null, '', address);
      shown = asked();
    } else form.submit();
  });
  // Going back to another choice; a jump within the page is none.
  const asked = () => location.pathname + location.search;
  let shown = asked();
  addEventListener('popstate', () => {
    if (asked() !== shown && document.querySelector('form[data-live]')) location.reload();
  });

  // A device may be shared: signing out leaves nothing of what was typed.
  document.addEventListener('submit', (event) => {
    if (event.target.getAttribute('action') !== '/dang-xuat') return;
    for (const name of Object.keys(localStorage)) if (name.startsWith('dondoc:')) localStorage.removeItem(name);
  });

  document.addEventListener('keydown', (event) => {
    if (event.key !== '/' || event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
    const box = document.querySelector('.search input');
    if (!box || box.offsetParent === null) return;
    event.preventDefault();
    box.focus();
  });

  function typing(element) {
    return element.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(element.tagName);
  }
})();

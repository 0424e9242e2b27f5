// Every page works without this file; with it, filters answer at once, "/" leads
// to the search and pages can be refreshed in place.
(() => {
  'use strict';

  // refresh reads an address and changes the parts named by data-part in place;
  // focus, scroll and what is being typed stay. It answers whether it could.
  async function refresh(address) {
    let page;
    try {
      const answer = await fetch(address, { headers: { 'X-Refresh': '1' }, credentials: 'same-origin' });
      if (!answer.ok || answer.redirected) return false;
      page = new DOMParser().parseFromString(await answer.text(), 'text/html');
    } catch {
      return false;
    }
    for (const part of document.querySelectorAll('[data-part]')) {
      const fresh = page.querySelector(`[data-part="${part.dataset.part}"]`);
      if (fresh) Idiomorph.morph(part, fresh, { ignoreActiveValue: true });
    }
    document.dispatchEvent(new CustomEvent('dondoc:refreshed', { detail: { page } }));
    return true;
  }

  // A filter form marked data-live is asked again when a choice changes; its
  // answer has an address, so that going back and sharing work.
  document.addEventListener('change', async (event) => {
    const form = event.target.closest('form[data-live]');
    if (!form || form.method !== 'get' || !window.Idiomorph) return;
    const query = new URLSearchParams();
    for (const [name, value] of new FormData(form)) if (value !== '') query.append(name, value);
    const address = `${form.getAttribute('action') || location.pathname}?${query}`;
    if (await refresh(address)) history.pushState(null, '', address);
    else form.submit();
  });
  addEventListener('popstate', () => {
    if (document.querySelector('form[data-live]')) location.reload();
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

  window.dondoc = { refresh, typing };
})();

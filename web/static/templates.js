// Shows a notice as it would be sent while its words are typed. Without this file the
// button of the form does the same.
(() => {
  'use strict';

  for (const form of document.querySelectorAll('form[data-preview]')) {
    const part = document.querySelector(`[data-part="${form.dataset.preview}"]`);
    let timer;
    let asking = false;
    let again = false;

    const look = async () => {
      if (asking) {
        again = true;
        return;
      }
      asking = true;
      try {
        const words = new URLSearchParams(new FormData(form));
        words.set('xem', '1');
        const answer = await fetch(form.getAttribute('action'), { method: 'POST', body: words, credentials: 'same-origin' });
        const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
        const fresh = page.querySelector(`[data-part="${form.dataset.preview}"]`);
        if (fresh) Idiomorph.morph(part, fresh, { callbacks: { beforeAttributeUpdated: (name) => name !== 'open' } });
      } catch {
        // The line broke: what is shown stays, and the next key asks again.
      }
      asking = false;
      if (again) {
        again = false;
        look();
      }
    };

    form.addEventListener('input', () => {
      clearTimeout(timer);
      timer = setTimeout(look, 350);
    });
  }
})();

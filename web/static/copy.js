// Puts a button below every text that is there to be copied; without it the text can
// be selected.
(() => {
  'use strict';

  for (const text of document.querySelectorAll('textarea[data-copy]')) {
    const button = document.createElement('button');
    button.type = 'button';
    button.className = 'btn';
    button.textContent = text.dataset.copy;
    button.addEventListener('click', async () => {
      text.select();
      try {
        await navigator.clipboard.writeText(text.value);
      } catch {
        document.execCommand('copy'); // pages that do not come over https
      }
      button.textContent = text.dataset.copied;
    });
    text.after(button);
  }
})();

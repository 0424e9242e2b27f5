// Keeps a report that is being written: on this device at once, on the server at
// pauses of typing. Sending over a line that breaks leaves the text where it is, and
// the second try carries the same key, so that nothing is sent twice.
(() => {
  'use strict';

  const form = () => document.querySelector('form[data-draft]');
  if (!form()) return;
  const prefix = 'dondoc:draft:';
  const place = prefix + form().dataset.draft;
  const said = () => document.querySelector('[data-draft-said]');
  const kept = ['idempotency_key', 'version', 'draft_version', 'declared_open'];
  let timer = 0;

  function say(text, alarm) {
    const line = said();
    if (!line) return;
    line.textContent = text;
    line.classList.toggle('doubt', Boolean(alarm));
  }

  // content is what was typed, as pairs of names and values, without files.
  function content() {
    return [...new FormData(form())].filter(([name, value]) => typeof value === 'string' && !kept.includes(name));
  }

  // Drafts of tasks that were sent, and of versions long past, do not pile up.
  function tidy() {
    const [user, id] = form().dataset.draft.split('-');
    for (const name of Object.keys(localStorage)) {
      if (name.startsWith(`${prefix}${user}-${id}-`) && name !== place) localStorage.removeItem(name);
    }
  }

  function stored() {
    try {
      return JSON.parse(localStorage.getItem(place));
    } catch {
      return null;
    }
  }

  function restore() {
    const old = stored();
    if (!old || form().classList.contains('mended')) return;
    const fields = form().elements;
    fields.idempotency_key.value = old.key;
    if (JSON.stringify(old.content) === JSON.stringify(content())) return;
    for (const [name, value] of old.content) {
      const field = fields.namedItem(name);
      if (!field) continue;
      if (field instanceof RadioNodeList || field.type === 'radio') {
        form().querySelectorAll(`[name="${CSS.escape(name)}"]`).forEach((choice) => { choice.checked = choice.value === value; });
      } else if (field.type === 'checkbox') field.checked = true;
      else field.value = value;
    }
    say(form().dataset.restored);
  }

  function keepHere() {
    try {
      localStorage.setItem(place, JSON.stringify({ key: form().elements.idempotency_key.value, content: content() }));
    } catch {
      // A full or forbidden store: the server keeps the draft.
    }
  }

  async function keepThere() {
    const typed = JSON.stringify(content());
    const fields = new URLSearchParams(content());
    fields.set('draft_version', form().elements.draft_version.value);
    try {
      const answer = await fetch(form().dataset.save, { method: 'POST', body: fields, headers: { Accept: 'application/json' }, credentials: 'same-origin' });
      const { version, said: text } = await answer.json();
      if (!form()) return;
      if (answer.ok) {
        form().elements.draft_version.value = version;
        if (JSON.stringify(content()) === typed) localStorage.removeItem(place);
      }
      say(text, !answer.ok);
    } catch {
      say(form()?.dataset.local ?? '', true);
    }
  }

  document.addEventListener('input', (event) => {
    if (!event.target.closest('form[data-draft]') || event.target.type === 'file') return;
    keepHere();
    clearTimeout(timer);
    timer = setTimeout(keepThere, 2500);
  });
  addEventListener('online', () => { if (form() && stored()) keepThere(); });

  let tried = '';
  document.addEventListener('submit', async (event) => {
    const sent = event.target;
    if (sent !== form() || event.submitter?.hasAttribute('formaction')) return;
    event.preventDefault();
    clearTimeout(timer);
    const button = event.submitter;
    const now = JSON.stringify(content());
    // What was changed after a try that may have arrived is another report.
    if (tried && tried !== now) sent.elements.idempotency_key.value = freshKey();
    tried = now;
    keepHere();
    if (button) button.disabled = true;
    say(sent.dataset.sending);
    try {
      const body = sent.enctype === 'multipart/form-data' ? new FormData(sent) : new URLSearchParams(new FormData(sent));
      const answer = await fetch(sent.action, { method: 'POST', body, credentials: 'same-origin' });
      const page = await answer.text();
      if (answer.redirected) {
        localStorage.removeItem(place);
        location.assign(answer.url);
        return;
      }
      tried = '';
      show(page);
    } catch {
      if (button) button.disabled = false;
      say(sent.dataset.offline, true);
      said()?.scrollIntoView({ block: 'nearest' });
    }
  });

  // show puts the answer in the page's place: the form with what is to be mended,
  // or the sign-in that keeps what was typed.
  function show(text) {
    const page = new DOMParser().parseFromString(text, 'text/html');
    document.title = page.title;
    document.body.replaceWith(page.body);
    scrollTo(0, 0);
    const errors = document.querySelector('.errors');
    errors?.setAttribute('tabindex', '-1');
    errors?.focus();
  }

  function freshKey() {
    return [...crypto.getRandomValues(new Uint8Array(16))].map((b) => b.toString(16).padStart(2, '0')).join('');
  }

  tidy();
  restore();
})();

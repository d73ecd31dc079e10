import { figures, pictures } from './pictures.js';

const $ = id => document.getElementById(id);
const storedKey = 'scoring-key';
const interval = 2000;

// The key comes in the fragment once and stays in this tab; the fragment never reaches a server.
const handed = new URLSearchParams(location.hash.slice(1)).get('key');
if (handed) {
  sessionStorage.setItem(storedKey, handed);
  history.replaceState(null, '', location.pathname);
}
$('key').value = sessionStorage.getItem(storedKey) ?? '';
$('form').addEventListener('submit', event => {
  event.preventDefault();
  sessionStorage.setItem(storedKey, $('key').value);
  void refresh();
});

async function refresh() {
  if (!$('key').value) return;
  try {
    const response = await fetch('../api/metrics', { headers: { 'x-functions-key': $('key').value } });
    if (response.status === 401) {
      $('status').textContent = 'The key is not accepted: paste the one that ./dev up printed.';
      return;
    }
    const snapshot = await response.json();
    $('status').textContent = `Instance ${snapshot.instance}, process ${snapshot.processId}, at ${new Date(snapshot.at).toLocaleTimeString()}`;
    $('figures').replaceChildren(...figures(snapshot));
    $('pictures').replaceChildren(...pictures(snapshot));
  } catch {
    $('status').textContent = 'The service does not answer. Is it running?';
  }
}

async function loop() {
  if (!document.hidden) await refresh();
  setTimeout(loop, interval);
}

void loop();

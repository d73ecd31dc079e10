const $ = id => document.getElementById(id);
const storedKey = 'scoring-key';

const example = {
  instances: [{
    Administrative: 3, Administrative_Duration: 142.5, Informational: 0, Informational_Duration: 0,
    ProductRelated: 5, ProductRelated_Duration: 310, BounceRates: 0, ExitRates: 0.02, PageValues: 12.5,
    SpecialDay: 0, Month: 'Nov', VisitorType: 'Returning_Visitor', Weekend: true,
  }],
};

// The key comes in the fragment once and stays in this tab; the fragment never reaches a server.
const handed = new URLSearchParams(location.hash.slice(1)).get('key');
if (handed) {
  sessionStorage.setItem(storedKey, handed);
  history.replaceState(null, '', location.pathname);
}
$('key').value = sessionStorage.getItem(storedKey) ?? '';
$('request').value = JSON.stringify(example, null, 2);

async function call(path, options = {}) {
  const headers = { 'x-functions-key': $('key').value, ...options.headers };
  return fetch(path, { ...options, headers });
}

async function showLive() {
  if (!$('key').value) return;
  const name = $('model').value;
  try {
    const response = await call(`api/models/${encodeURIComponent(name)}`);
    if (response.status === 401) {
      $('live').textContent = 'The key is not accepted: paste the one that ./dev up printed.';
      return;
    }
    const model = await response.json();
    $('live').textContent = response.ok && model.version
      ? `Live: ${model.name} version ${model.version}, sha256 ${model.sha256.slice(0, 12)}…, since ${model.liveSince ?? 'unknown'}`
      : `${name}: ${model.detail ?? model.remark ?? 'not loaded'}`;
  } catch {
    $('live').textContent = 'The service does not answer. Is it running?';
  }
}

$('form').addEventListener('submit', async event => {
  event.preventDefault();
  sessionStorage.setItem(storedKey, $('key').value);
  const start = performance.now();
  try {
    const response = await call(`api/score/${encodeURIComponent($('model').value)}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: $('request').value,
    });
    const text = await response.text();
    $('time').textContent = `HTTP ${response.status} in ${(performance.now() - start).toFixed(1)} ms`;
    try {
      $('answer').textContent = JSON.stringify(JSON.parse(text), null, 2);
    } catch {
      $('answer').textContent = response.status === 401 ? 'The key is not accepted: paste the one that ./dev up printed.' : text;
    }
  } catch {
    $('time').textContent = '';
    $('answer').textContent = 'The service does not answer. Is it running?';
  }
  showLive();
});

$('key').addEventListener('change', showLive);
$('model').addEventListener('change', showLive);
showLive();

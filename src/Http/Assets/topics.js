// Topics of a text while it is typed.
import { bars, html } from './charts.js';
import { call } from './service.js';

const $ = id => document.getElementById(id);
const model = 'topics';
const pause = 150;
const most = 6;

// Of the calls while somebody types only the newest goes on; it is nobody whom the service need know.
const typing = {};
const lookAgain = 3000;
const examples = [
  'Jump and run through thirty levels, collect coins, and beat the monster that guards the castle.',
  'Cuts and joins film clips without encoding them again and adds subtitles.',
  'A small server that keeps tables on disk, understands SQL and replicates to a second machine.',
];
let instanceOf = text => text;
let timer;
let absentTimer;

export function start() {
  $('topics-examples').append(...examples.map((text, index) => {
    const button = html('button', { type: 'button' }, `Example ${index + 1}`);
    button.addEventListener('click', () => take(text));
    return button;
  }));
  $('topics-text').addEventListener('input', () => {
    clearTimeout(timer);
    timer = setTimeout(score, pause);
  });
  $('topics-text').addEventListener('dragover', event => event.preventDefault());
  $('topics-text').addEventListener('drop', async event => {
    const [file] = event.dataTransfer.files;
    if (!file) return;
    event.preventDefault();
    take(await file.text());
  });
}

export async function enter() {
  const models = await call(client => client.models());
  if (!models) return;
  const status = models.find(candidate => candidate.name === model);
  $('topics-try').hidden = !status;
  $('topics-absent').hidden = Boolean(status);
  leave();
  if (!status) {
    absentTimer = setTimeout(enter, lookAgain);
    $('topics-absent').replaceChildren(
      html('p', {}, `This service has no model called ${model}. Publish the sample, and this view fills by itself:`),
      html('pre', { tabindex: 0 }, './dev model publish samples/topics/package --name topics'),
      html('p', {}, `Served now: ${models.map(candidate => candidate.name).join(', ') || 'nothing'}.`));
    return;
  }
  const described = await call(client => client.model(model));
  const text = described?.schema?.features.find(feature => feature.type === 'text');
  instanceOf = text ? value => ({ [text.name]: value }) : value => value;
  if ($('topics-text').value) await score();
}

export function leave() {
  clearTimeout(absentTimer);
}

function take(text) {
  $('topics-text').value = text;
  return score();
}

async function score() {
  clearTimeout(timer);
  const text = $('topics-text').value;
  if (!text.trim()) {
    $('topics-bars').replaceChildren(html('p', { class: 'empty' }, 'Type something.'));
    $('topics-time').textContent = '';
    return;
  }
  const begun = performance.now();
  try {
    const answer = await call(client => client.score(model, [instanceOf(text)], { subject: typing, topK: most }));
    if (!answer) return;
    const entries = Object.entries(answer.predictions[0].probabilities ?? {}).map(([name, value]) => ({ name, value }));
    $('topics-bars').replaceChildren(bars(`The ${entries.length} most probable`, entries, share => `${(100 * share).toFixed(1)} %`));
    $('topics-time').textContent = `${entries[0]?.name}, scored in ${(performance.now() - begun).toFixed(0)} ms by version ${answer.version}`;
  } catch (error) {
    $('topics-bars').replaceChildren(html('p', { class: 'fault' }, error.message));
  }
}

// Any model that is served: a form from its schema, the prediction, the raw exchange, and the call in other languages.
import { bars, html } from './charts.js';
import { exampleOf, fieldsOf, instanceOf, showFaults } from './fields.js';
import { call, recording } from './service.js';
import { languages } from './snippets.js';

// Of the calls of this form only the newest goes on; it is nobody whom the service need know.
const playground = {};
const $ = id => document.getElementById(id);
let model;
let wanted;
let language = 'curl';

export function start() {
  $('play-model').addEventListener('change', () => describe($('play-model').value));
  $('play-form').addEventListener('submit', event => {
    event.preventDefault();
    void score();
  });
  $('play-form').addEventListener('input', showCode);
  for (const radio of document.getElementsByName('play-mode')) radio.addEventListener('change', changeMode);
  $('play-languages').append(...Object.keys(languages).map(name => {
    const button = html('button', { type: 'button', 'aria-pressed': String(name === language) }, name);
    button.addEventListener('click', () => choose(name));
    return button;
  }));
  $('play-copy').addEventListener('click', copy);
}

export async function enter() {
  const models = await call(client => client.models());
  if (!models) return;
  const before = $('play-model').value;
  $('play-model').replaceChildren(...models.map(({ name }) => html('option', { value: name }, name)));
  if (models.some(({ name }) => name === before)) $('play-model').value = before;
  if (!models.length) $('play-about').textContent = 'Nothing is served yet: ./dev model publish DIR --name NAME.';
  else if (model?.name !== $('play-model').value) await describe($('play-model').value);
}

async function describe(name) {
  // What was typed stays when the same model is chosen again; until the form is the chosen model's there is nothing to fill in or to send.
  if (name === wanted) return;
  wanted = name;
  model = undefined;
  $('play-score').disabled = true;
  $('play-fields').replaceChildren();
  let described;
  try {
    described = await call(client => client.model(name));
  } finally {
    if (!described && wanted === name) wanted = undefined;
  }
  // Another model may have been chosen meanwhile.
  if (!described || wanted !== name) return;
  model = described;
  const features = model.schema?.features ?? [];
  const example = exampleOf(model);
  $('play-about').textContent = model.version
    ? `Version ${model.version}, ${model.task ?? 'no task'}, within ${model.sloMilliseconds} ms. ${model.description ?? ''}`
    : `Does not answer: ${model.remark ?? model.refused?.reason ?? 'no version is live'}`;
  $('play-fields').replaceChildren(...fieldsOf(features, example));
  $('play-json').value = bodyOf(example);
  const form = document.querySelector('[name=play-mode][value=form]');
  form.disabled = features.length === 0;
  document.querySelector(`[name=play-mode][value=${features.length ? 'form' : 'json'}]`).checked = true;
  showMode();
  showCode();
  $('play-score').disabled = false;
}

const bodyOf = instance => JSON.stringify({ instances: [instance] }, null, 2);
const asJson = () => document.querySelector('[name=play-mode]:checked').value === 'json';
const body = () => (asJson() ? $('play-json').value : bodyOf(instanceOf($('play-fields'))));

function changeMode() {
  if (asJson()) $('play-json').value = bodyOf(instanceOf($('play-fields')));
  showMode();
  showCode();
}

function showMode() {
  $('play-json-part').hidden = !asJson();
  $('play-fields').hidden = asJson();
}

async function score() {
  if (!model) return;
  const text = body();
  const path = `/api/score/${encodeURIComponent(model.name)}`;
  $('play-request').textContent = `POST ${path}\ncontent-type: application/json\n\n${text}`;
  showFaults($('play-fields'), []);
  let request;
  try {
    request = JSON.parse(text);
  } catch (error) {
    showFault(`This is not JSON: ${error.message}`);
    return;
  }
  const begun = performance.now();
  let took;
  const client = recording(({ status, headers, text: response }) => {
    took = performance.now() - begun;
    $('play-response').textContent = `HTTP ${status}\ncontent-type: ${headers.get('content-type')}\n\n${pretty(response)}`;
  });
  try {
    const answer = await call(() => client.score(model.name, request.instances, { ...request.parameters, subject: request.parameters?.subject ?? playground }));
    if (answer) {
      $('play-answer').replaceChildren(...answer.predictions.flatMap(show), html('p', { class: 'note' }, `${took.toFixed(1)} ms, by version ${answer.version}`));
    }
  } catch (error) {
    showFaults($('play-fields'), error.errors ?? []);
    showFault(`${error.code}: ${error.message}`);
  }
}

function show(prediction) {
  const entries = Object.entries(prediction.probabilities ?? {}).sort((one, other) => other[1] - one[1]).slice(0, 10).map(([name, value]) => ({ name, value }));
  const title = prediction.abstained ? 'no label: not sure enough' : prediction.label ?? prediction.labels?.join(', ')
    ?? (prediction.embedding ? 'embedding' : prediction.value === undefined ? 'outputs' : String(prediction.value));
  const head = html('p', { class: 'verdict-label' }, title);
  if (entries.length) return [head, bars('Probabilities', entries, share => `${(100 * share).toFixed(1)} %`)];
  const found = prediction.outputs ?? prediction.embedding;
  return found ? [head, html('pre', { tabindex: 0 }, JSON.stringify(found, null, prediction.outputs ? 2 : 0))] : [head];
}

function showFault(message) {
  $('play-answer').replaceChildren(html('p', { class: 'fault' }, message));
}

function pretty(text) {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}

function choose(name) {
  language = name;
  for (const button of $('play-languages').children) button.setAttribute('aria-pressed', String(button.textContent === name));
  showCode();
}

function showCode() {
  if (!model) return;
  const url = `${location.origin}/api/score/${encodeURIComponent(model.name)}`;
  $('play-code').textContent = languages[language](url, compact(body()), model.name);
  $('play-copied').textContent = '';
}

function compact(text) {
  try {
    return JSON.stringify(JSON.parse(text));
  } catch {
    return text;
  }
}

async function copy() {
  try {
    await navigator.clipboard.writeText($('play-code').textContent);
    $('play-copied').textContent = 'Copied.';
  } catch {
    $('play-copied').textContent = 'This browser does not let the page copy: select the code.';
  }
}

// What is live and how the answering instance does, again every two seconds while it is looked at.
import { count, duration, html } from './charts.js';
import { call } from './service.js';
import { busiest, figures, pictures } from './pictures.js';
import { follow, showJobs, submit } from './jobs.js';

const $ = id => document.getElementById(id);
const interval = 2000;
let timer;

export function start() {
  $('job-start').addEventListener('click', submit);
  $('job-form').addEventListener('submit', event => {
    event.preventDefault();
    void follow($('job-id').value.trim());
  });
}

export async function enter() {
  leave();
  const own = timer = setTimeout(enter, interval);
  if (document.hidden) return;
  const [snapshot, models] = await Promise.all([call(client => client.metrics(), { optional: true }), call(client => client.models())]);
  if (own !== timer || snapshot === undefined || !models) return;
  // A key for scoring alone sees what is live, and no more.
  if (!snapshot) {
    $('now-instance').textContent = 'This key does not open metrics: what is live is shown without them.';
    $('now-models').tBodies[0].replaceChildren(...models.map(model => row(model, [])));
    return;
  }
  const asked = busiest(snapshot.models)?.model;
  // Without outcomes, or with a key that does not open them, the page goes on without the picture.
  const [calibration, drift] = asked ? await Promise.all(['calibration', 'drift'].map(each => call(client => client[each](asked).catch(() => null)))) : [];
  if (own !== timer) return;
  $('now-instance').textContent = `Measured by one instance: ${snapshot.instance}, process ${snapshot.processId}, at ${new Date(snapshot.at).toLocaleTimeString()}. `
    + 'Others, where there are any, have their own figures.';
  $('figures').replaceChildren(...figures(snapshot), ...percentiles(snapshot));
  $('now-models').tBodies[0].replaceChildren(...models.map(model => row(model, snapshot.models)));
  $('pictures').replaceChildren(...pictures(snapshot, calibration, drift));
  await showJobs();
}

export function leave() {
  clearTimeout(timer);
}

function percentiles({ requests }) {
  return ['p50', 'p95', 'p99'].map(name => html('div', {}, html('dt', {}, `${name}, since start`), html('dd', {}, duration(requests.duration[name]))));
}

// A model is loaded by its first request, unless the service was told to preload it.
function versionOf({ version, liveVersion }) {
  return version ?? (liveVersion ? `${liveVersion}, not loaded yet` : 'none is live');
}

// Versions that have a share of the requests beside the live one, or would have.
function rolloutOf({ rollout }) {
  return rollout?.versions.map(({ version, share, reason, braked }) => [(braked ? `version ${version} braked for ${braked}: ${reason}`
    : `version ${version} has ${count(share)} % of the requests${rollout.state === 'running' ? `, step ${rollout.step} of ${rollout.steps}` : `, ${rollout.state.replaceAll('_', ' ')}`}${reason ? `: ${reason}` : ''}`), ...measured(rollout, version)].join(', ')).join('; ');
}

// What this one instance saw of a version, each with its 95 % interval, beside the live version's.
function measured({ requests }, version) {
  return requests.filter(each => each.version === version && each.againstLive).map(({ measure, step, found, againstLive }) => {
    const text = measure === 'errors' ? value => `${(100 * value).toFixed(1)} %` : duration;
    const more = value => (value < 0 ? `−${text(-value)}` : `+${text(value)}`);
    return `${measure} in step ${step} here ${text(found.value)} (95 %: ${text(found.low)} to ${text(found.high)}), ${more(againstLive.value)} (${more(againstLive.low)} to ${more(againstLive.high)}) against the live version`;
  });
}

function row(model, measured) {
  const own = measured.find(candidate => candidate.model === model.name && candidate.version === model.version);
  const hash = html('td', {});
  if (model.sha256) hash.append(html('code', { title: model.sha256 }, `${model.sha256.slice(0, 12)}…`));
  const said = model.refused ? `version ${model.refused.version} refused: ${model.refused.reason}` : model.remark ?? '';
  const remark = [rolloutOf(model), said].filter(Boolean).join('; ');
  return html('tr', {}, html('th', { scope: 'row' }, model.name), html('td', {}, versionOf(model)), hash,
    html('td', {}, model.liveSince ? new Date(model.liveSince).toLocaleString() : '–'),
    html('td', { class: 'figure' }, count(own?.requests ?? 0)),
    ...['p50', 'p95', 'p99'].map(name => html('td', { class: 'figure' }, duration(own?.duration[name]))),
    html('td', {}, remark));
}

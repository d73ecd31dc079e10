// Jobs that this tab started or was told to follow.
import { html } from './charts.js';
import { call } from './service.js';

const $ = id => document.getElementById(id);
const stored = 'scoring-jobs';
const rows = 1000;
const most = 5;
const ended = new Set(['succeeded', 'failed', 'cancelled']);
let ids = JSON.parse(sessionStorage.getItem(stored) ?? '[]');

/** Starts a job of invented visits. */
export async function submit() {
  const instances = Array.from({ length: rows }, (_, index) => ({
    ProductRelated: 1 + index % 40, ProductRelated_Duration: 30 * (1 + index % 40), PageValues: index % 50, Month: 'Nov', VisitorType: 'Returning_Visitor', Weekend: index % 7 > 4,
  }));
  await attempt(async () => {
    const id = `page-${Date.now().toString(36)}`;
    const job = await call(client => client.submitJob({ id, model: 'intent', instances }), { optional: true });
    if (job === null) sayNotForJobs();
    else if (job) await follow(id);
  });
}

/** Shows a job from now on. */
export async function follow(id) {
  if (!id) return;
  await attempt(async () => {
    const job = await call(client => client.job(id), { optional: true });
    if (job === null) sayNotForJobs();
    if (!job) return;
    ids = [id, ...ids.filter(other => other !== id)].slice(0, most);
    sessionStorage.setItem(stored, JSON.stringify(ids));
    await showJobs();
  });
}

function sayNotForJobs() {
  $('job-trouble').textContent = 'This key does not open jobs.';
}

async function attempt(what) {
  $('job-trouble').textContent = '';
  try {
    await what();
  } catch (error) {
    $('job-trouble').textContent = error.message;
  }
}

/** Asks for the jobs again and draws them. */
export async function showJobs() {
  const jobs = await Promise.all(ids.map(id => call(client => client.job(id), { optional: true }).catch(() => undefined)));
  $('jobs').replaceChildren(...jobs.filter(Boolean).map(item));
}

function item(job) {
  const state = job.state.toLowerCase();
  const bar = html('progress', { max: job.rowsTotal ?? 1, 'aria-label': `Progress of ${job.id}` });
  // Without a value the bar says that nobody knows yet.
  if (job.rowsTotal || ended.has(state)) bar.value = job.rowsTotal ? job.rows : 1;
  const words = [state, `${job.rows} of ${job.rowsTotal ?? '?'} rows`];
  if (job.rowsFailed) words.push(`${job.rowsFailed} could not be scored`);
  if (job.rowsPerSecond) words.push(`${Math.round(job.rowsPerSecond)} rows/s`);
  if (job.error) words.push(job.error.detail ?? job.error.code);
  return html('li', {}, html('code', {}, job.id), bar, html('span', {}, words.join(', ')));
}

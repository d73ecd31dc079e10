// The shop: a visitor's clicks, the score of each, and the offer that follows from it.
import { navigation, pageAt, pages, walks } from './catalogue.js';
import { html } from './charts.js';
import { drawing } from './drawings.js';
import { call, tellOutcome, tellsOutcomes } from './service.js';
import { steps } from './steps.js';
import { months, origins, Visit } from './visit.js';

const $ = id => document.getElementById(id);
const walkPause = 900;
const offers = {
  likely: 'Ready when you are: pay in two clicks, at your door tomorrow.',
  unlikely: 'Take your time: 10 % off your first order, returns are free.',
};
let visit = new Visit();
let scores = [];
let latencies = [];
let slo = 50;
let walking = 0;
let played = false;
let receipt;
let bought = false;

export function start() {
  $('month').append(...months.map(month => html('option', { value: month }, month)));
  $('month').value = months[new Date().getMonth()];
  $('threshold').addEventListener('input', draw);
  $('new-visit').addEventListener('click', () => {
    void leaveShop();
    begin();
  });
  $('replay').addEventListener('click', () => walk('short'));
  $('walk-browsing').addEventListener('click', () => walk('browsing'));
  $('walk-buying').addEventListener('click', () => walk('buying'));
  for (const id of ['visitor', 'month']) $(id).addEventListener('change', () => visit.length && score());
  $('shop-nav').append(...navigation.map(path => link(path, pageAt(path).title)));
  begin();
}

export async function enter() {
  $('outcome-note').hidden = !tellsOutcomes();
  const model = (await call(client => client.models()))?.find(candidate => candidate.name === 'intent');
  if (model) slo = (await call(client => client.model('intent')))?.sloMilliseconds ?? slo;
  draw();
  if (model && !played && !visit.length && !still()) void walk('short');
}

export function leave() {
  walking += 1;
}

const still = () => matchMedia('(prefers-reduced-motion: reduce)').matches;

function begin() {
  walking += 1;
  visit = new Visit();
  scores = [];
  latencies = [];
  receipt = undefined;
  bought = false;
  $('shop-request').textContent = $('shop-response').textContent = 'Nothing yet.';
  render(pageAt('/'));
  draw();
}

function link(path, text) {
  const element = html('button', { type: 'button', class: 'link', 'data-path': path }, text);
  element.addEventListener('click', () => {
    walking += 1;
    open(path);
  });
  return element;
}

function button(text, act) {
  const element = html('button', { type: 'button', class: 'link' }, text);
  element.addEventListener('click', () => {
    walking += 1;
    void act();
  });
  return element;
}

function open(path) {
  played = true;
  const page = pageAt(path);
  visit.see(page);
  render(page);
  return score();
}

async function walk(kind) {
  played = true;
  begin();
  const own = walking;
  for (const path of walks[kind]) {
    await open(path);
    await new Promise(resume => setTimeout(resume, still() ? 0 : walkPause));
    if (own !== walking) return;
  }
  if (kind === 'buying') void buy();
  if (kind === 'browsing') void leaveShop();
}

// What came of the visit, told by the receipt of its newest prediction.
async function buy() {
  bought = true;
  render(pageAt('/checkout'));
  await tell('purchase');
}

async function leaveShop() {
  if (visit.length && !bought) await tell('browse');
}

async function tell(label) {
  const told = receipt;
  receipt = undefined;
  if (await tellOutcome(told, label)) $('outcome-said').textContent = `Told the service: this visit ended in "${label}".`;
}

// Scores the visit as it stands. Only the newest click matters: an answer that it overtakes is dropped.
async function score() {
  const instance = visit.features({ month: $('month').value, visitorType: $('visitor').value, weekend: [0, 6].includes(new Date().getDay()) });
  showFeatures(instance);
  const own = visit;
  $('shop-request').textContent = `POST /api/score/intent\n\n${JSON.stringify({ instances: [instance], ...(tellsOutcomes() ? { parameters: { receipts: true } } : {}) })}`;
  const begun = performance.now();
  const answer = await call(client => client.score('intent', [instance], { subject: visit.id, receipts: tellsOutcomes() || undefined })).catch(error => {
    $('shop-said').textContent = error.message;
    $('shop-response').textContent = `${error.code}: ${error.message}`;
    $('offer').textContent = error.code === 'model_not_found'
      ? 'No model called intent is served here: publish it with ./dev model publish samples/intent/package --name intent.'
      : error.message;
  });
  if (!answer || own !== visit) return;
  latencies.push(performance.now() - begun);
  $('shop-response').textContent = `HTTP 200, ${milliseconds(latencies.at(-1))}\n\n${JSON.stringify(answer)}`;
  scores.push(answer.predictions[0].probabilities.purchase);
  receipt = answer.predictions[0].receipt;
  draw();
}

const percent = share => `${(100 * share).toFixed(share > 0 && share < 0.1 ? 1 : 0)} %`;
const milliseconds = value => `${value.toFixed(value > 0 && value < 10 ? 1 : 0)} ms`;

function draw() {
  const threshold = $('threshold').valueAsNumber / 100;
  const probability = scores.at(-1);
  const likely = probability >= threshold;
  const known = probability !== undefined;
  $('threshold-value').textContent = percent(threshold);
  $('intent-label').textContent = known ? (likely ? 'likely to buy' : 'just browsing') : 'no clicks yet';
  $('intent-probability').textContent = known ? percent(probability) : '–';
  $('gauge-fill').style.width = `${100 * (probability ?? 0)}%`;
  $('offer').textContent = known ? offers[likely ? 'likely' : 'unlikely'] : 'Open a page: the shop does not know you yet.';
  $('offer').dataset.side = known ? (likely ? 'likely' : 'unlikely') : 'unknown';
  $('view-shop').dataset.side = $('offer').dataset.side;
  $('shop-said').textContent = known ? `${percent(probability)} probability of a purchase after click ${scores.length}` : '';
  $('intent-history').replaceChildren(steps('Probability of a purchase, click by click', scores, { value: threshold, name: 'threshold' }, 1, percent));
  $('latency-history').replaceChildren(steps('Latency of each call, as this page saw it', latencies, { value: slo, name: 'SLO' }, slo * 1.2, milliseconds));
  $('latency-words').textContent = latencies.length
    ? `Last call ${milliseconds(latencies.at(-1))} of the ${slo} ms promised: ${latencies.at(-1) < slo ? `${milliseconds(slo - latencies.at(-1))} to spare.` : 'too late.'}`
    : '';
}

function showFeatures(instance) {
  $('visit-features').tBodies[0].replaceChildren(...Object.entries(instance).map(([name, value]) => html('tr', {},
    html('th', { scope: 'row' }, name), html('td', { class: 'figure' }, String(value)), html('td', {}, origins[name]))));
}

function render(page) {
  $('shop-address').textContent = `shop.example${page.path}`;
  for (const button of $('shop-nav').children) {
    if (button.dataset.path === page.path) button.setAttribute('aria-current', 'page');
    else button.removeAttribute('aria-current');
  }
  $('shop-page').replaceChildren(html('h3', {}, page.title), html('p', {}, page.text), ...content(page),
    html('p', { class: 'analytics' }, `Analytics of this page, invented: value ${page.pageValue}, bounce rate ${percent(page.bounceRate)}, exit rate ${percent(page.exitRate)}`));
}

function content(page) {
  if (page.price) return [html('p', { class: 'picture' }, drawing(page.picture)), html('p', { class: 'price' }, `${page.price}.00`), link('/basket', 'Put into the basket')];
  if (page.path === '/checkout') return [bought ? html('p', { class: 'price' }, 'Thank you: it is on its way.') : button('Buy', buy)];
  if (page.path === '/basket') return [link('/checkout', 'Go to the checkout')];
  if (page.path !== '/' && page.path !== '/sale') return [];
  return [html('div', { class: 'shelf' }, ...pages.filter(candidate => candidate.listed).map(card))];
}

function card(product) {
  const element = link(product.path, '');
  element.className = 'card';
  element.append(html('span', { class: 'picture' }, drawing(product.picture)), html('span', {}, product.title), html('span', { class: 'price' }, `${product.price}.00`));
  return element;
}

// The page: which view is shown, and whether the service answers. Each view is a module of its own.
import * as now from './now.js';
import * as playground from './playground.js';
import * as service from './service.js';
import * as shop from './shop.js';
import * as topics from './topics.js';

const $ = id => document.getElementById(id);
const views = { shop, topics, playground, now };
const started = new Set();
let shown;

function show() {
  const wanted = location.hash.slice(1);
  // The skip link and other anchors are no views.
  if (wanted && !Object.hasOwn(views, wanted)) return;
  views[shown]?.leave?.();
  shown = wanted || 'shop';
  for (const name of Object.keys(views)) $(`view-${name}`).hidden = name !== shown;
  for (const link of document.querySelectorAll('.top nav a')) {
    if (link.hash === `#${shown}`) link.setAttribute('aria-current', 'page');
    else link.removeAttribute('aria-current');
  }
  document.title = `${document.querySelector(`.top nav a[href="#${shown}"]`).textContent} – Scoring endpoint`;
  enter();
}

function enter() {
  const view = views[shown];
  if (!started.has(shown)) {
    started.add(shown);
    view.start();
  }
  if (service.hasKey()) view.enter?.();
}

const troubles = {
  unreachable: () => `The service at ${location.origin} does not answer. Start it with ./dev up; this page tries again by itself.`,
  busy: error => `The service is busy or still loading (${error.code}): ${error.message}`,
};

service.onState((state, error) => {
  const trouble = troubles[state];
  $('trouble').hidden = !trouble;
  $('trouble').textContent = trouble ? trouble(error) : '';
  if (state === 'unauthorized') askForKey(service.hasKey() ? 'This key is not accepted: paste the one that ./dev up printed last.' : undefined);
  if (state === 'back') enter();
});

function askForKey(why) {
  $('key-form').hidden = false;
  if (why) $('key-why').textContent = why;
}

$('key-form').addEventListener('submit', event => {
  event.preventDefault();
  service.useKey($('key').value.trim());
  $('key').value = '';
  $('key-form').hidden = true;
  enter();
});
$('change-key').addEventListener('click', () => {
  askForKey();
  $('key').focus();
});

service.takeKeyFromFragment();
addEventListener('hashchange', () => {
  if (service.takeKeyFromFragment()) $('key-form').hidden = true;
  show();
});
if (!service.hasKey()) askForKey();
show();

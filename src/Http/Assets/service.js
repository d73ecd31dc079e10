// The one client of the page, its key, and whether the service answers.
import { ScoringClient, ScoringError } from './scoring-client.js';

const storedKey = 'scoring-key';
const storedOutcomesKey = 'outcomes-key';
const retryInterval = 2000;
const listeners = [];
let recovering = false;
let key = sessionStorage.getItem(storedKey) ?? '';
let outcomesKey = sessionStorage.getItem(storedOutcomesKey) ?? '';
let client = newClient();

function newClient(fetch) {
  return new ScoringClient('', { key, ...(fetch ? { fetch } : {}) });
}

export function hasKey() {
  return key !== '';
}

/** Keeps the key for this tab. */
export function useKey(text) {
  key = text;
  sessionStorage.setItem(storedKey, text);
  client = newClient();
}

/** The key is handed over in the fragment, which no server sees; it is taken out of the address at once. */
export function takeKeyFromFragment() {
  const fragment = new URLSearchParams(location.hash.slice(1));
  const handed = fragment.get('key');
  if (!handed) return false;
  useKey(handed);
  outcomesKey = fragment.get('outcomes') ?? '';
  sessionStorage.setItem(storedOutcomesKey, outcomesKey);
  history.replaceState(null, '', location.pathname);
  return true;
}

/** Whether this page was handed a key for outcomes, as ./dev up does. */
export function tellsOutcomes() {
  return outcomesKey !== '';
}

/** Tells what came of a prediction; one that cannot be told is given up, since the page goes on without. */
export async function tellOutcome(receipt, label) {
  if (!receipt || !tellsOutcomes()) return false;
  try {
    await new ScoringClient('', { key: outcomesKey }).outcomes([{ receipt, label }]);
    return true;
  } catch (error) {
    if (!(error instanceof ScoringError)) throw error;
    return false;
  }
}

/** Tells every change: `ok`, `busy`, `unauthorized`, `unreachable`, and `back` once it answers again. */
export function onState(listener) {
  listeners.push(listener);
}

function tell(state, error) {
  for (const listener of listeners) listener(state, error);
}

/**
 * Runs a call and tells what it means for the page.
 * @param use what to do with the client
 * @param optional whether the page goes on where the key is for other things, such as scoring alone
 * @returns the answer; undefined where the page already says why there is none, or nobody waits for it; null where an optional call is not for this key
 * @throws {ScoringError} what the caller's own input brought about
 */
export async function call(use, { optional = false } = {}) {
  if (!hasKey()) return undefined;
  try {
    const answer = await use(client);
    if (!recovering) tell('ok');
    return answer;
  } catch (error) {
    if (!(error instanceof ScoringError)) throw error;
    switch (error.code) {
      case 'superseded': return undefined;
      case 'unauthorized':
        if (optional) return null;
        tell('unauthorized', error);
        return undefined;
      case 'unreachable':
      case 'timeout': tell('unreachable', error); void recover(); return undefined;
      case 'overloaded':
      case 'model_unavailable': tell('busy', error); return undefined;
      default: throw error;
    }
  }
}

/** A client that hands each raw exchange to a listener. */
export function recording(listener) {
  return newClient(async (url, request) => {
    const response = await fetch(url, request);
    listener({ status: response.status, headers: response.headers, text: await response.clone().text() });
    return response;
  });
}

async function recover() {
  if (recovering) return;
  recovering = true;
  while (!(await answers())) await new Promise(resume => setTimeout(resume, retryInterval));
  recovering = false;
  tell('back');
}

async function answers() {
  try {
    return (await fetch('v2/health/live', { cache: 'no-store', signal: AbortSignal.timeout(5000) })).ok;
  } catch {
    return false;
  }
}

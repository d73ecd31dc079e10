// A client of the scoring endpoint, for browsers and for Node 20. No dependencies.

const defaultTimeout = 10_000;
const retriesPerCall = 3;

/** What a call failed with. `code` is the service's stable code, or one of this module's own (scoring-client.d.ts lists them). */
export class ScoringError extends Error {
  constructor(code, message, { status = null, errors = [], retryAfter = null, cause } = {}) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'ScoringError';
    this.code = code;
    this.status = status;
    this.errors = errors;
    this.retryAfter = retryAfter;
  }
}

/** How many retries a client may add to a busy service, in tenths: a retry takes a whole one, a success puts a tenth back. */
class RetryBudget {
  constructor(retries) {
    this.tenths = retries * 10;
    this.most = this.tenths;
  }

  take() {
    if (this.tenths < 10) return false;
    this.tenths -= 10;
    return true;
  }

  refund() {
    this.tenths = Math.min(this.most, this.tenths + 1);
  }
}

export class ScoringClient {
  #base;
  #key;
  #token;
  #fetch;
  #timeout;
  #budget;
  #random;
  #inFlight = new Map();

  constructor(baseUrl, { key, token, timeout = defaultTimeout, retryBudget = 10, fetch = globalThis.fetch, random = Math.random } = {}) {
    this.#base = String(baseUrl).replace(/\/+$/, '');
    this.#key = key;
    this.#token = token;
    this.#timeout = timeout;
    this.#budget = new RetryBudget(retryBudget);
    // Browsers refuse a fetch that is called as the method of another object.
    this.#fetch = (...request) => fetch(...request);
    this.#random = random;
  }

  score(model, instances, { version, topK, receipts, dimensions, encoding, purpose, ...options } = {}) {
    // While a version is rolled out, the service answers one subject by one version.
    const subject = typeof options.subject === 'string' && options.subject !== '' ? options.subject : undefined;
    const parameters = { topK, receipts, dimensions, encoding, purpose, subject };
    const asks = Object.values(parameters).some(value => value !== undefined);
    const path = version === undefined ? `api/score/${part(model)}` : `api/score/${part(model)}/${part(version)}`;
    return this.#call('POST', path, asks ? { instances, parameters } : { instances }, options);
  }

  async models(options) {
    return (await this.#call('GET', 'api/models', undefined, options)).models;
  }

  model(name, options) {
    return this.#call('GET', `api/models/${part(name)}`, undefined, options);
  }

  calibration(name, { since, until, version, ...options } = {}) {
    const query = new URLSearchParams(Object.entries({ since, until, version }).filter(([, value]) => value !== undefined));
    return this.#call('GET', `api/models/${part(name)}/calibration${query.size ? `?${query}` : ''}`, undefined, options);
  }

  drift(name, options) {
    return this.#call('GET', `api/models/${part(name)}/drift`, undefined, options);
  }

  outcomes(outcomes, options) {
    return this.#call('POST', 'api/outcomes', { outcomes }, options);
  }

  metrics(options) {
    return this.#call('GET', 'api/metrics', undefined, options);
  }

  submitJob(job, options) {
    return this.#call('POST', 'api/jobs', job, options);
  }

  job(id, options) {
    return this.#call('GET', `api/jobs/${part(id)}`, undefined, options);
  }

  cancelJob(id, options) {
    return this.#call('DELETE', `api/jobs/${part(id)}`, undefined, options);
  }

  async #call(method, path, body, { signal, subject, timeout = this.#timeout } = {}) {
    signal?.throwIfAborted();
    const deadline = Date.now() + timeout;
    const own = new AbortController();
    const abort = () => own.abort(signal.reason);
    signal?.addEventListener('abort', abort);
    const timer = setTimeout(() => own.abort(new ScoringError('timeout', `No answer within ${timeout} ms.`)), timeout);
    this.#takePlace(subject, own);
    try {
      return await this.#repeat(`${this.#base}/${path}`, await this.#request(method, body, own.signal), deadline);
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener('abort', abort);
      if (this.#inFlight.get(subject) === own) this.#inFlight.delete(subject);
    }
  }

  // Of the calls about one subject only the newest goes on: its answer is the one that still matters.
  #takePlace(subject, controller) {
    if (subject === undefined) return;
    this.#inFlight.get(subject)?.abort(new ScoringError('superseded', 'A newer call about the same subject took this one\'s place.'));
    this.#inFlight.set(subject, controller);
  }

  async #request(method, body, signal) {
    const headers = {};
    if (this.#key) headers['x-functions-key'] = this.#key;
    // Asked for at each call: a token ends within the hour, and who hands them out keeps them.
    const token = typeof this.#token === 'function' ? await unlessAborted(this.#token(), signal) : this.#token;
    if (token) headers.authorization = `Bearer ${token}`;
    if (body === undefined) return { method, signal, headers };
    return { method, signal, headers: { ...headers, 'content-type': 'application/json' }, body: JSON.stringify(body) };
  }

  async #repeat(url, request, deadline) {
    for (let retries = 0; ; retries += 1) {
      try {
        const answer = await this.#once(url, request);
        this.#budget.refund();
        return answer;
      } catch (error) {
        // What aborted the call is the reason, whatever fetch makes of it.
        request.signal.throwIfAborted();
        const pause = this.#pauseAfter(error);
        if (pause === null || retries >= retriesPerCall || Date.now() + pause >= deadline || !this.#budget.take()) throw error;
        await wait(pause, request.signal);
      }
    }
  }

  // Up to a quarter, and up to a quarter of a second, is added so that callers refused together do not come back together.
  #pauseAfter({ status, retryAfter }) {
    const asked = (status === 429 || status === 503) && retryAfter !== null;
    return asked ? retryAfter * 1000 + this.#random() * Math.max(retryAfter * 250, 250) : null;
  }

  async #once(url, request) {
    let response;
    let text;
    try {
      response = await this.#fetch(url, request);
      text = await response.text();
    } catch (cause) {
      throw new ScoringError('unreachable', `${this.#base || 'The service'} does not answer.`, { cause });
    }
    if (response.ok) return parse(text, response.status);
    throw refusal(response, text);
  }
}

function part(text) {
  return encodeURIComponent(text);
}

function parse(text, status) {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new ScoringError('not_json', 'The answer is not JSON: is this the scoring endpoint?', { status, cause });
  }
}

function refusal(response, text) {
  const status = response.status;
  const retryAfter = secondsOf(response.headers.get('retry-after'));
  let problem;
  try {
    problem = JSON.parse(text);
  } catch {
    problem = null;
  }
  if (typeof problem?.code === 'string') {
    return new ScoringError(problem.code, problem.detail ?? problem.title ?? problem.code, { status, errors: problem.errors ?? [], retryAfter });
  }
  // The host's own answers carry no problem details.
  return status === 401
    ? new ScoringError('unauthorized', 'The key or the token is missing or not accepted.', { status })
    : new ScoringError('http_error', `The answer is HTTP ${status}.`, { status, retryAfter });
}

// Retry-After is a number of seconds or a date.
function secondsOf(header) {
  if (header === null || header.trim() === '') return null;
  const seconds = Number(header);
  if (Number.isFinite(seconds)) return Math.max(seconds, 0);
  const date = Date.parse(header);
  return Number.isNaN(date) ? null : Math.max((date - Date.now()) / 1000, 0);
}

function unlessAborted(promise, signal) {
  return new Promise((resolve, reject) => {
    const stop = () => reject(signal.reason);
    signal.addEventListener('abort', stop, { once: true });
    Promise.resolve(promise).then(resolve, reject).finally(() => signal.removeEventListener('abort', stop));
  });
}

function wait(milliseconds, signal) {
  return new Promise((resolve, reject) => {
    const stop = () => {
      clearTimeout(timer);
      reject(signal.reason);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', stop);
      resolve();
    }, milliseconds);
    signal.addEventListener('abort', stop, { once: true });
  });
}

/** What the service answers a refused call with, and what this module adds: the codes from `http_error` on are its own, and so is `unauthorized` where the answer has no body. */
export type ScoringErrorCode =
  | 'invalid_json' | 'missing_feature' | 'unknown_feature' | 'invalid_value' | 'shape_mismatch'
  | 'unauthorized' | 'forbidden' | 'model_not_found' | 'version_not_found' | 'job_not_found' | 'job_conflict'
  | 'body_too_large' | 'body_too_slow' | 'too_many_instances' | 'unsupported_media_type'
  | 'overloaded' | 'quota_exceeded' | 'issuer_unavailable' | 'model_unavailable' | 'deadline_exceeded' | 'client_closed' | 'inference_failed'
  | 'http_error' | 'not_json' | 'unreachable' | 'timeout' | 'superseded';

/** One fault of the input: where it is, and what was found and expected there. */
export interface InputFault {
  /** A JSON pointer into the request: `/instances/3/Month`. */
  pointer: string;
  detail: string;
}

export class ScoringError extends Error {
  readonly name: 'ScoringError';
  readonly code: ScoringErrorCode | (string & {});
  /** The HTTP status; null where there was no answer. */
  readonly status: number | null;
  readonly errors: readonly InputFault[];
  /** Seconds after which the service asks to be tried again; null where it does not. */
  readonly retryAfter: number | null;
}

/** An object of named features, an array of numbers, or a text, as the model takes it. */
export type Instance = Record<string, unknown> | readonly unknown[] | string | number;

/** What a model answers for one instance; which members it has depends on the model's task. */
export interface Prediction {
  /** Null where the model abstains. */
  label?: string | null;
  /** True where the greatest probability is below the model's least; left out otherwise. */
  abstained?: boolean;
  /** Of `label`, calibrated, 0 to 1. */
  probability?: number;
  /** Several labels at once, by their thresholds. */
  labels?: string[];
  probabilities?: Record<string, number>;
  /** Of a regression. */
  value?: unknown;
  /** Of an encoder: numbers, or base64 of float32 numbers where that was asked for. */
  embedding?: number[] | string;
  /** What the whole numbers of the encoding `int8` are multiplied by. */
  scale?: number;
  /** True where the text was cut; left out otherwise. */
  truncated?: boolean;
  /** Of a model without a task, by name. */
  outputs?: Record<string, unknown>;
  /** By which the outcome can be told later; only where receipts are asked for. */
  receipt?: string;
}

export interface ScoreResponse {
  model: string;
  version: string;
  /** In the order of the instances. */
  predictions: Prediction[];
}

/** What came of a prediction: one of `label`, `labels` and `value`, by the model's task. */
export interface Outcome {
  /** The prediction's. */
  receipt: string;
  label?: string;
  labels?: string[];
  value?: number;
  /** How many like it the outcome stands for; 1 unless given. */
  weight?: number;
}

export interface OutcomeReport {
  accepted: number;
  refused: { pointer: string; reason: string; detail: string }[];
}

export interface ModelStatus {
  name: string;
  /** The version that answers; null while none does. */
  version: string | null;
  sha256: string | null;
  liveSince: string | null;
  [more: string]: unknown;
}

export interface CallOptions {
  /** Aborting rejects the call with the signal's reason. */
  signal?: AbortSignal;
  /** Milliseconds for the whole call, retries and the pauses between them included; the client's timeout unless given. */
  timeout?: number;
}

export interface ScoreOptions extends CallOptions {
  /** The live version unless given. */
  version?: string | number;
  /** Keeps the most probable entries of `probabilities`. */
  topK?: number;
  /** Whether each prediction carries a receipt; the model decides unless given. */
  receipts?: boolean;
  /** How many numbers of an embedding are kept, the first. */
  dimensions?: number;
  /** How an embedding is written. */
  encoding?: 'float' | 'base64' | 'int8';
  /** What texts are embedded for: the model's prefix of that name stands before each. */
  purpose?: string;
  /**
   * Whom the call is about. Of the calls with the same subject only the newest goes on; an earlier one rejects with `superseded`. A text, of at most 256 bytes, is sent along:
   * while a version is rolled out, the service answers one subject by one version. Anything else stays here.
   */
  subject?: unknown;
}

export interface ClientOptions {
  /** The function key. In a page anyone can read it: hand out one that only scores and that can be revoked. */
  key?: string;
  /**
   * The caller's identity, as a bearer token, beside the key or in its place, as the service asks. A function is asked at each call, and may be async: give it what your sign-in library
   * has, which keeps tokens and renews them. What it throws, the call rejects with.
   */
  token?: string | (() => string | Promise<string>);
  /** Milliseconds per call; 10,000 unless given. */
  timeout?: number;
  /** Retries that all calls of this client share; 10 unless given, 0 for none. A retry takes one, a success gives a tenth back. */
  retryBudget?: number;
  /** In place of the global one. */
  fetch?: typeof globalThis.fetch;
  /** In place of Math.random, which spreads the retries. */
  random?: () => number;
}

/**
 * Calls one scoring endpoint. A call is tried again only where the service says when, by 429 or 503 with Retry-After: at most three times,
 * within its timeout and the budget. From another origin a page sees that header only where the service exposes it.
 */
export class ScoringClient {
  /** @param baseUrl `https://my-app.azurewebsites.net`; an empty text for the origin of the page. */
  constructor(baseUrl: string | URL, options?: ClientOptions);

  /** @throws {ScoringError} with the service's code and, for input that does not fit, every fault with its pointer. */
  score(model: string, instances: readonly Instance[], options?: ScoreOptions): Promise<ScoreResponse>;
  models(options?: CallOptions): Promise<ModelStatus[]>;
  /** A model's status and, where a version answers, its schema. */
  model(name: string, options?: CallOptions): Promise<ModelStatus>;
  /** How far a model's predictions came true; `since` and `until` as `7d`, `12h` or `30m` before now. */
  calibration(name: string, options?: CallOptions & { since?: string; until?: string; version?: string }): Promise<Record<string, unknown>>;
  /** How far the rows of a model's requests are from those that it was made for, by the one instance that answers. */
  drift(name: string, options?: CallOptions): Promise<Record<string, unknown>>;
  /** Tells what came of predictions, up to 1,000 at once. From a backend: the key for it decides how good a version looks. */
  outcomes(outcomes: readonly Outcome[], options?: CallOptions): Promise<OutcomeReport>;
  /** What the one instance that answers has measured. */
  metrics(options?: CallOptions): Promise<Record<string, unknown>>;
  submitJob(job: Record<string, unknown>, options?: CallOptions): Promise<Record<string, unknown>>;
  job(id: string, options?: CallOptions): Promise<Record<string, unknown>>;
  cancelJob(id: string, options?: CallOptions): Promise<Record<string, unknown>>;
}

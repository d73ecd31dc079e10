// A snapshot of GET /api/metrics as elements, for any page that has one.
import { bars, count, duration, histogram, html, lines, reliability, spans } from './charts.js';

/** The fewest predictions whose confidence is compared with the baseline. */
const enough = 100;

/** The most features whose distance from the baseline is drawn. */
const shown = 12;

/**
 * The pictures of a snapshot, the same as the workbook's.
 * @param calibration what outcomes say of the model that predicted most, where any were told
 * @param drift how far its rows are from those that it was made for, where its package tells
 */
export function pictures(snapshot, calibration, drift) {
  const points = snapshot.history.points;
  const times = points.map(point => point.at);
  const step = snapshot.history.step;
  const codes = [...new Set(points.flatMap(point => Object.keys(point.errors)))].sort();
  // Nobody waited for the first request to come.
  const phases = snapshot.coldStart ? Object.entries(snapshot.coldStart.phases).filter(([name]) => name !== 'wait') : [];
  const percentile = name => points.map(point => point.duration[name]);
  return [
    lines('Request latency', times, ['p50', 'p95', 'p99'].map(name => ({ name, values: percentile(name) })), duration),
    lines('Throughput, per second', times, [
      { name: 'requests', values: points.map(point => point.duration.count / step) },
      { name: 'rows', values: points.map(point => point.rows / step) },
    ]),
    lines('Errors by code, per second', times, codes.map(name => ({ name, values: points.map(point => (point.errors[name] ?? 0) / step) }))),
    lines('Requests over their SLO, and cold ones', times, [
      { name: 'over the SLO', values: points.map(point => point.overSlo) },
      { name: 'cold', values: points.map(point => point.cold) },
    ]),
    bars('Cold start by phase', phases.map(([name, value]) => ({ name, value })), duration),
    spans('Live versions over time', snapshot.history.swaps, snapshot.startedAt, snapshot.at),
    lines('Queue age p95, and callers waiting for a run', times, [
      { name: 'queue age, s', values: points.map(point => point.queueAge.p95) },
      { name: 'waiting', values: points.map(point => point.runsQueued) },
    ]),
    bars('Jobs by state', Object.entries(snapshot.batch.jobs).map(([name, value]) => ({ name, value }))),
    lines('Memory, MB', times, [{ name: 'working set', values: points.map(point => point.memoryBytes / 1e6) }]),
    confidence(snapshot.models),
    ...outcomes(calibration),
    ...shift(drift),
  ];
}

/** The single figures of a snapshot. */
export function figures(snapshot) {
  const last = snapshot.lastMinute;
  const entries = [
    ['Requests', count(snapshot.requests.total)],
    ['Per second', count(last.requestsPerSecond)],
    ['p95, last minute', duration(last.duration.p95)],
    ['Over the SLO', count(snapshot.requests.overSlo)],
    ['Cold start', duration(snapshot.coldStart?.total)],
    ['Poison messages', count(snapshot.batch.poison)],
    ['Up', duration(snapshot.uptime)],
  ];
  return entries.map(([name, value]) => html('div', {}, html('dt', {}, name), html('dd', {}, value)));
}

/** Of several models that tell their confidence, the one that predicted most. */
export function busiest(models) {
  const predicted = models.filter(model => model.confidence).map(model => ({ ...model, total: model.confidence.bins.reduce((sum, bin) => sum + bin, 0) }));
  return predicted.sort((one, other) => other.total - one.total)[0];
}

const verdicts = { tooFew: 'too few to tell', withinLimit: 'within its limit', overconfident: 'overconfident', underconfident: 'underconfident' };

// The live version if it has outcomes, else the newest that has.
function outcomes(calibration) {
  const told = (calibration?.versions ?? []).filter(version => version.bins);
  const version = told.find(each => each.version === calibration.live) ?? told[0];
  if (!version) return receipts(calibration);
  const error = `calibration error ${version.ece.toFixed(3)} (${version.eceLow.toFixed(3)} to ${version.eceHigh.toFixed(3)})`;
  const { issued, share } = version.receipts;
  const of = share === null ? '' : ` of ${count(issued)} receipts (${percent(share)})`;
  return [
    reliability(`What came true of ${calibration.model} ${version.version}: ${count(version.outcomes)} outcome${version.outcomes === 1 ? '' : 's'}${of}, ${error}, ${verdicts[version.verdict]}`, version.bins),
    ...receipts(calibration),
  ];
}

const percent = share => `${(100 * share).toFixed(1)} %`;

// How many of the predictions of each version are judged at all: those of all instances, as far as they are known. Of one version the diagram says it.
function receipts(calibration) {
  const given = (calibration?.versions ?? []).filter(version => version.receipts.share !== null);
  if (given.length < 2) return [];
  return [bars(`Receipts of ${calibration.model} with an outcome, by version`,
    given.map(({ version, receipts: { issued, share } }) => ({ name: `${version}, of ${count(issued)}`, value: share })), percent, 1)];
}

// The live version if its package has a baseline. The features that are furthest from it come first.
function shift(drift) {
  const version = drift?.versions.find(each => each.version === drift.live);
  const told = (version?.features ?? []).filter(feature => feature.psi !== undefined).sort((one, other) => other.psi - one.psi).slice(0, shown);
  if (told.length === 0) return [];
  const shifted = version.features.filter(feature => feature.verdict === 'shifted').map(feature => feature.name);
  const verdict = version.verdict === 'tooFew' ? 'too few to tell' : shifted.length > 0 ? `shifted: ${shifted.join(', ')}` : version.verdict;
  return [bars(`Distance of ${count(version.rows)} row${version.rows === 1 ? '' : 's'} of ${drift.model} ${version.version} from its baseline (PSI), ${verdict}`,
    told.map(({ name, psi }) => ({ name, value: psi })), value => value.toFixed(2))];
}

function confidence(models) {
  const model = busiest(models);
  if (!model) return histogram('Confidence', []);
  const { total } = model;
  const { bins, baseline, drift } = model.confidence;
  // A few predictions drift by chance.
  const drifted = drift === undefined ? '' : total < enough ? `; drift is told from ${enough} on` : `, drift ${drift.toFixed(2)}`;
  const title = `Confidence of ${model.model} ${model.version}: ${total} prediction${total === 1 ? '' : 's'}${drifted}`;
  return histogram(title, bins.map(bin => bin / total), baseline);
}

// Small SVG pictures without a library: each function returns an element to be placed. Data in, nothing kept.
const svgNamespace = 'http://www.w3.org/2000/svg';
const width = 480;
const height = 180;
const margin = { left: 52, right: 8, top: 8, bottom: 22 };

function svg(name, attributes = {}, ...children) {
  const element = document.createElementNS(svgNamespace, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.append(...children);
  return element;
}

export function html(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.append(...children);
  return element;
}

/** Seconds as a person says them: 850 µs, 12 ms, 1.5 s. */
export function duration(seconds) {
  if (seconds === undefined || seconds === null) return '–';
  if (seconds < 0.001) return `${Math.round(seconds * 1e6)} µs`;
  if (seconds < 1) return `${(seconds * 1000).toPrecision(3).replace(/\.0+$/, '')} ms`;
  return `${seconds.toPrecision(3)} s`;
}

/** A count with a unit prefix: 950, 12.3 k, 4.1 M. */
export function count(value) {
  if (value >= 1e6) return `${(value / 1e6).toFixed(1)} M`;
  if (value >= 1e4) return `${(value / 1e3).toFixed(1)} k`;
  return String(Math.round(value * 10) / 10);
}

// A round number at or above the largest value, so that the axis reads well.
function ceiling(values) {
  const largest = Math.max(...values, 0);
  if (largest === 0) return 1;
  const unit = 10 ** Math.floor(Math.log10(largest));
  return [1, 2, 5, 10].map(step => step * unit).find(step => step >= largest);
}

function frame(label, times, top, format) {
  const picture = svg('svg', { viewBox: `0 0 ${width} ${height}`, role: 'img', 'aria-label': label, class: 'chart' });
  for (const share of [0, 0.5, 1]) {
    const y = height - margin.bottom - share * (height - margin.top - margin.bottom);
    picture.append(
      svg('line', { class: 'grid', x1: margin.left, x2: width - margin.right, y1: y, y2: y }),
      svg('text', { class: 'axis', x: margin.left - 6, y: y + 4, 'text-anchor': 'end' }, format(share * top)));
  }
  for (const [index, anchor] of [[0, 'start'], [times.length - 1, 'end']]) {
    if (times[index]) {
      picture.append(svg('text', { class: 'axis', x: anchor === 'start' ? margin.left : width - margin.right, y: height - 6, 'text-anchor': anchor },
        new Date(times[index]).toLocaleTimeString()));
    }
  }
  return picture;
}

function legend(names) {
  return html('ul', { class: 'legend' }, ...names.map((name, index) => html('li', { class: `series-${index % 6}` }, name)));
}

function figure(title, picture, names, empty) {
  const caption = html('figcaption', {}, title);
  return empty ? html('figure', {}, caption, html('p', { class: 'empty' }, 'Nothing yet.')) : html('figure', {}, caption, picture, legend(names));
}

/**
 * Lines over time.
 * @param times ISO times, ascending
 * @param series [{ name, values }]; a missing value breaks the line
 */
export function lines(title, times, series, format = count) {
  const known = series.flatMap(line => line.values.filter(value => value !== undefined && value !== null));
  const top = ceiling(known);
  const picture = frame(title, times, top, format);
  const x = index => margin.left + (times.length < 2 ? 0 : index / (times.length - 1)) * (width - margin.left - margin.right);
  const y = value => height - margin.bottom - value / top * (height - margin.top - margin.bottom);
  series.forEach((line, index) => {
    let path = '';
    let pen = 'M';
    line.values.forEach((value, position) => {
      if (value === undefined || value === null) {
        pen = 'M';
        return;
      }
      // A lone point between gaps would draw nothing: give it a width.
      path += `${pen}${x(position).toFixed(1)},${y(value).toFixed(1)}${pen === 'M' ? 'h0.5' : ''}`;
      pen = 'L';
    });
    picture.append(svg('path', { class: `line series-${index % 6}`, d: path }));
  });
  return figure(title, picture, series.map(line => line.name), known.length === 0);
}

/**
 * Horizontal bars: [{ name, value }].
 * @param most the value of a whole bar; the greatest of them unless given
 */
export function bars(title, entries, format = count, most = undefined) {
  const top = most ?? Math.max(...entries.map(entry => entry.value), 0);
  const rows = entries.map(entry => html('tr', {},
    html('th', { scope: 'row' }, entry.name),
    html('td', { class: 'bar' }, html('meter', { min: 0, max: top || 1, value: entry.value, 'aria-hidden': 'true' })),
    html('td', { class: 'value' }, format(entry.value))));
  const caption = html('figcaption', {}, title);
  return html('figure', {}, caption, entries.length ? html('table', { class: 'bars' }, ...rows) : html('p', { class: 'empty' }, 'Nothing yet.'));
}

/**
 * Shares over equal bins from 0 to 1 as columns, and what was expected as an outline.
 * @param shares the share of each bin
 * @param outline the expected shares, or undefined
 */
export function histogram(title, shares, outline) {
  const percent = share => `${Math.round(100 * share)} %`;
  const top = ceiling([...shares, ...outline ?? []]);
  const column = (width - margin.left - margin.right) / Math.max(shares.length, 1);
  const x = index => margin.left + index * column;
  const y = share => height - margin.bottom - share / top * (height - margin.top - margin.bottom);
  const told = shares.map((share, index) => (share ? `to ${((index + 1) / shares.length).toFixed(2)}: ${percent(share)}` : '')).filter(Boolean);
  const picture = frame(`${title}. ${told.join(', ')}`, [], top, percent);
  shares.forEach((share, index) => picture.append(
    svg('rect', { class: 'block series-0', x: x(index) + 1, y: y(share), width: column - 2, height: height - margin.bottom - y(share) })));
  if (outline) {
    const steps = outline.map((share, index) => `${index ? 'L' : 'M'}${x(index).toFixed(1)},${y(share).toFixed(1)}H${x(index + 1).toFixed(1)}`).join('');
    picture.append(svg('path', { class: 'line series-1', d: steps }));
  }
  for (const edge of [0, 0.5, 1]) {
    picture.append(svg('text', { class: 'axis', x: x(edge * shares.length), y: height - 6, 'text-anchor': edge === 1 ? 'end' : edge ? 'middle' : 'start' }, String(edge)));
  }
  return figure(title, picture, outline ? ['predictions', 'baseline'] : ['predictions'], !shares.some(Boolean));
}

/**
 * How often predictions came true, by what they said: points with their intervals, and the diagonal where both agree.
 * @param bins [{ confidence, frequency, frequencyLow, frequencyHigh, count }], by rising confidence
 */
export function reliability(title, bins) {
  const share = value => value.toFixed(2);
  const from = Math.floor(Math.min(1, ...bins.flatMap(bin => [bin.confidence, bin.frequency])) * 10) / 10;
  const x = value => margin.left + (value - from) / (1 - from || 1) * (width - margin.left - margin.right);
  const y = value => height - margin.bottom - (Math.max(value, from) - from) / (1 - from || 1) * (height - margin.top - margin.bottom);
  const told = bins.map(bin => `says ${share(bin.confidence)}, ${share(bin.frequency)} of ${bin.count} came true`);
  const picture = svg('svg', { viewBox: `0 0 ${width} ${height}`, role: 'img', 'aria-label': `${title}. ${told.join('; ')}`, class: 'chart' });
  for (const tick of [from, (from + 1) / 2, 1]) {
    picture.append(
      svg('line', { class: 'grid', x1: margin.left, x2: width - margin.right, y1: y(tick), y2: y(tick) }),
      svg('text', { class: 'axis', x: margin.left - 6, y: y(tick) + 4, 'text-anchor': 'end' }, share(tick)),
      svg('text', { class: 'axis', x: x(tick), y: height - 6, 'text-anchor': tick === 1 ? 'end' : tick === from ? 'start' : 'middle' }, share(tick)));
  }
  picture.append(svg('line', { class: 'line diagonal series-1', x1: x(from), y1: y(from), x2: x(1), y2: y(1) }));
  for (const bin of bins) {
    picture.append(
      svg('line', { class: 'line whisker series-0', x1: x(bin.confidence), x2: x(bin.confidence), y1: y(bin.frequencyLow), y2: y(bin.frequencyHigh) }),
      svg('circle', { class: 'point series-0', cx: x(bin.confidence), cy: y(bin.frequency), r: 4 }));
  }
  return figure(title, picture, ['came true, by what was said', 'as said'], bins.length === 0);
}

/**
 * Which version of each model answered when.
 * @param swaps [{ at, model, from, to }], oldest first
 */
export function spans(title, swaps, from, until) {
  const models = [...new Set(swaps.map(swap => swap.model))].sort();
  const start = Date.parse(from);
  const range = Math.max(Date.parse(until) - start, 1);
  const rowHeight = 26;
  const picture = svg('svg', { viewBox: `0 0 ${width} ${models.length * rowHeight + 8}`, role: 'img', 'aria-label': title, class: 'chart' });
  models.forEach((model, row) => {
    const own = swaps.filter(swap => swap.model === model);
    const y = row * rowHeight + 4;
    const x = time => margin.left + 48 + Math.max(Date.parse(time) - start, 0) / range * (width - margin.left - 48 - margin.right);
    picture.append(svg('text', { class: 'axis', x: margin.left + 42, y: y + 15, 'text-anchor': 'end' }, model));
    own.forEach((swap, index) => {
      const left = x(swap.at);
      const right = index + 1 < own.length ? x(own[index + 1].at) : width - margin.right;
      if (right <= left) return;
      picture.append(svg('rect', { class: `block series-${index % 6}`, x: left, y, width: right - left, height: rowHeight - 6 }));
      if (right - left > 14) picture.append(svg('text', { class: 'block-label', x: left + 4, y: y + 15 }, swap.to));
    });
  });
  return figure(title, picture, [], models.length === 0);
}

// One value per step as dots joined by a line, beside a limit.
import { html } from './charts.js';

const namespace = 'http://www.w3.org/2000/svg';
const width = 480;
const height = 130;
const edge = { left: 52, right: 12, top: 12, bottom: 20 };
const slots = 12;

function svg(name, attributes, ...children) {
  const element = document.createElementNS(namespace, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.append(...children);
  return element;
}

/**
 * @param title the caption
 * @param values the newest last; the last twelve are drawn
 * @param limit { value, name }: a dashed line
 * @param top the least value of the axis's end
 * @param format a value as text
 */
export function steps(title, values, limit, top, format) {
  const drawn = values.slice(-slots);
  const highest = Math.max(top, ...drawn);
  const x = index => edge.left + (index + 0.5) / slots * (width - edge.left - edge.right);
  const y = value => height - edge.bottom - value / highest * (height - edge.top - edge.bottom);
  const words = `${title}: ${drawn.length ? drawn.map(format).join(', ') : 'nothing yet'}. ${limit.name}: ${format(limit.value)}.`;
  const picture = svg('svg', { viewBox: `0 0 ${width} ${height}`, role: 'img', 'aria-label': words, class: 'chart' });
  for (const value of [0, highest]) {
    picture.append(
      svg('line', { class: 'grid', x1: edge.left, x2: width - edge.right, y1: y(value), y2: y(value) }),
      svg('text', { class: 'axis', x: edge.left - 6, y: y(value) + 4, 'text-anchor': 'end' }, format(value)));
  }
  picture.append(
    svg('line', { class: 'limit', x1: edge.left, x2: width - edge.right, y1: y(limit.value), y2: y(limit.value) }),
    svg('text', { class: 'axis', x: width - edge.right, y: y(limit.value) - 4, 'text-anchor': 'end' }, `${limit.name} ${format(limit.value)}`));
  if (drawn.length) picture.append(svg('path', { class: 'line series-0', d: drawn.map((value, index) => `${index ? 'L' : 'M'}${x(index)},${y(value)}`).join('') }));
  drawn.forEach((value, index) => picture.append(
    svg('circle', { class: value >= limit.value ? 'dot over' : 'dot series-0', cx: x(index), cy: y(value), r: 4 })));
  return html('figure', {}, html('figcaption', {}, title), picture);
}

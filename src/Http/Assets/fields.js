// A form for one instance, made from a model's schema, and an example to fill it with.
import { html } from './charts.js';

const sampleText = 'Jump and run through thirty levels, collect coins, and beat the monster that guards the castle.';

/** An instance to start from: the model's own golden case, or one that its schema allows. */
export function exampleOf(model) {
  const features = model.schema?.features ?? [];
  if (features.length) {
    const own = ownExample(model.example, features);
    return Object.fromEntries(features.map(feature => [feature.name, (Object.hasOwn(own, feature.name) ? own[feature.name] : null) ?? exampleValue(feature)]));
  }
  if (model.example !== undefined) return model.example;
  const tensors = (model.schema?.inputs ?? []).map(input => [input.name, exampleTensor(input.type)]);
  return tensors.length === 1 ? tensors[0][1] : Object.fromEntries(tensors);
}

// A model of one feature may be given the bare value.
function ownExample(example, features) {
  if (example === undefined) return {};
  return typeof example === 'object' && !Array.isArray(example) ? example : { [features[0].name]: example };
}

function exampleValue(feature) {
  switch (feature.type) {
    case 'number': return feature.default ?? Math.max(feature.min ?? 0, Math.min(0, feature.max ?? 0));
    case 'boolean': return feature.default ?? false;
    case 'category': return feature.default ?? feature.values[0];
    default: return sampleText;
  }
}

// `float32 [rows, 4]`: the first dimension is the instances'; one that is not known is 1.
function exampleTensor(type) {
  const [, element, shape] = /^(\w+) \[(.*)\]$/.exec(type) ?? [null, 'float32', 'rows'];
  const sizes = shape.split(',').slice(1).map(size => Number(size) || 1);
  const value = { string: sampleText, bool: false }[element] ?? 0;
  return sizes.reduceRight((inner, size) => Array(size).fill(inner), value);
}

/** The fields of an instance, filled with an example. A model without features is given as JSON only. */
export function fieldsOf(features, example) {
  return features.map((feature, index) => {
    const id = `field-${index}`;
    const hint = [feature.description, range(feature), feature.unit, feature.missing === 'nan' && 'may be left blank'].filter(Boolean).join('; ');
    const input = inputOf(feature, example[feature.name]);
    input.id = id;
    input.name = feature.name;
    input.dataset.type = feature.type;
    input.setAttribute('aria-describedby', `${id}-hint ${id}-fault`);
    return html('div', { class: 'field' },
      html('label', { for: id }, feature.name), input, ...(feature.type === 'image' ? [pickerFor(input)] : []),
      html('span', { class: 'note', id: `${id}-hint` }, hint), html('span', { class: 'fault', id: `${id}-fault` }));
  });
}

function range({ min, max }) {
  if (min === undefined && max === undefined) return '';
  return max === undefined ? `from ${min}` : min === undefined ? `up to ${max}` : `${min} to ${max}`;
}

function inputOf(feature, value) {
  if (feature.type === 'category') {
    const select = html('select', {}, ...[...feature.values, ...feature.other].map(choice => html('option', { value: choice }, choice)));
    select.value = value;
    return select;
  }
  if (feature.type === 'boolean') {
    const box = html('input', { type: 'checkbox' });
    box.checked = value;
    return box;
  }
  if (feature.type === 'number') return html('input', { type: 'text', inputmode: 'decimal', value, autocomplete: 'off' });
  return html('textarea', { rows: 4 }, value);
}

// A file's data URL is what the field takes.
function pickerFor(field) {
  const picker = html('input', { type: 'file', accept: 'image/jpeg,image/png,image/webp', 'aria-label': `${field.name}: a file` });
  picker.addEventListener('change', () => {
    const reader = new FileReader();
    reader.addEventListener('load', () => {
      field.value = reader.result;
      field.dispatchEvent(new Event('input', { bubbles: true }));
    });
    if (picker.files.length) reader.readAsDataURL(picker.files[0]);
  });
  return picker;
}

/** The instance that the fields hold. What is no number stays a text, so that the service says what it expects; an empty one is left out. */
export function instanceOf(container) {
  // From entries, since a feature may be called __proto__.
  return Object.fromEntries([...container.querySelectorAll('[data-type]')].map(input => [input.name, valueOf(input)]).filter(([, value]) => value !== undefined));
}

function valueOf(input) {
  const { type } = input.dataset;
  if (type === 'boolean') return input.checked;
  if (type !== 'number') return input.value;
  if (!input.value.trim()) return undefined;
  return Number.isFinite(Number(input.value)) ? Number(input.value) : input.value;
}

/** Shows each fault at its field. */
export function showFaults(container, errors) {
  for (const input of container.querySelectorAll('[data-type]')) {
    const pointer = `/instances/0/${input.name.replaceAll('~', '~0').replaceAll('/', '~1')}`;
    // A feature that was left out has no place in the request: its fault points to the instance and names it.
    const fault = errors.find(error => error.pointer === pointer || error.pointer.startsWith(`${pointer}/`)
      || (error.pointer === '/instances/0' && error.detail.startsWith(`'${input.name}': `)));
    if (fault) input.setAttribute('aria-invalid', 'true');
    else input.removeAttribute('aria-invalid');
    container.querySelector(`#${input.id}-fault`).textContent = fault?.detail ?? '';
  }
}

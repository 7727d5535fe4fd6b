/** JSON schemas: as words, as a tree and as an example value. */
import { h } from './dom.js';

const maxExampleDepth = 5;

export class Schemas {
  #document;

  constructor(document) {
    this.#document = document;
  }

  /** The schema or other object behind a `$ref`, with all parts of an `allOf` in one. */
  resolve(schema = {}) {
    let found = schema;
    for (let hops = 0; found.$ref && hops < 20; hops += 1) {
      const parts = found.$ref.replace(/^#\//, '').split('/');
      found = parts.reduce(
        (node, part) => node?.[part.replaceAll('~1', '/').replaceAll('~0', '~')],
        this.#document,
      ) ?? { description: `${found.$ref} is missing` };
    }
    if (!found.allOf) return found;
    const parts = [found, ...found.allOf.map((part) => this.resolve(part))];
    return Object.assign({}, ...parts, {
      allOf: undefined,
      properties: Object.assign({}, ...parts.map((part) => part.properties)),
      required: parts.flatMap((part) => part.required ?? []),
    });
  }

  /** `array of FleetWorker`, `number or null`, `"ok"`. */
  typeOf(schema = {}) {
    if (schema.$ref) return schema.$ref.split('/').at(-1);
    const { type, anyOf, oneOf, enum: values, items, format } = this.resolve(schema);
    if ('const' in schema) return JSON.stringify(schema.const);
    const choices = anyOf ?? oneOf;
    if (choices) return [...new Set(choices.map((choice) => this.typeOf(choice)))].join(' or ');
    if (type === 'array') return `array of ${this.typeOf(items)}`;
    if (Array.isArray(type)) return type.join(' or ');
    if (!type) return values ? 'one of a list' : 'any';
    return format ? `${type} (${format})` : type;
  }

  /** Which values are allowed: `1 to 100`, `at most 128 characters`, `asc, desc`. */
  boundsOf(schema) {
    const {
      type,
      enum: values,
      minimum,
      maximum,
      exclusiveMinimum,
      minLength,
      maxLength,
      minItems,
      maxItems,
    } = this.resolve(schema);
    const words = [];
    const span = (low, high, unit) => {
      if (low !== undefined && high !== undefined) words.push(`${number(low)} to ${number(high)}${unit}`);
      else if (low !== undefined) words.push(`at least ${number(low)}${unit}`);
      else if (high !== undefined) words.push(`at most ${number(high)}${unit}`);
    };
    if (type === 'boolean') words.push('true, false');
    else if (values) words.push(values.join(', '));
    // A safe integer's limits say nothing.
    const isLimit = (value) => Math.abs(value) >= Number.MAX_SAFE_INTEGER;
    if (exclusiveMinimum !== undefined) words.push(`above ${number(exclusiveMinimum)}`);
    span(isLimit(minimum) ? undefined : minimum, isLimit(maximum) ? undefined : maximum, '');
    span(minLength, maxLength, ' characters');
    span(minItems, maxItems, ' items');
    return words.join(', ');
  }

  /** A value that fits, to start a request body from. */
  example(schema, depth = 0) {
    const found = this.resolve(schema);
    const given = found.default ?? found.examples?.[0] ?? found.example ?? found.const ?? found.enum?.[0];
    if (given !== undefined) return given;
    const choice = found.anyOf?.[0] ?? found.oneOf?.[0];
    if (choice) return this.example(choice, depth + 1);
    const type = Array.isArray(found.type) ? found.type[0] : found.type;
    if (depth > maxExampleDepth) return null;
    if (type === 'object' || found.properties) {
      const entries = Object.entries(found.properties ?? {});
      return Object.fromEntries(entries.map(([name, part]) => [name, this.example(part, depth + 1)]));
    }
    if (type === 'array') return [this.example(found.items, depth + 1)];
    if (type === 'number' || type === 'integer') return found.minimum ?? found.exclusiveMinimum ?? 0;
    return { string: '', boolean: false }[type] ?? null;
  }

  /** The schema as a tree; what is below a field is built when it is opened. */
  tree(schema) {
    const inner = this.#inner(schema);
    const head = h('p', { class: 'type' }, this.typeOf(schema));
    return h('div', { class: 'tree' }, head, inner ? this.#fields(inner) : this.#note(schema));
  }

  /** What can be opened below a schema: an object's fields or the choices of a union. */
  #inner(schema) {
    const found = this.resolve(schema);
    if (Object.keys(found.properties ?? {}).length > 0) return found;
    if (found.items) return this.#inner(found.items);
    const choices = found.anyOf ?? found.oneOf;
    if (choices?.some((choice) => this.#inner(choice))) return { choices };
    return typeof found.additionalProperties === 'object'
      ? { properties: { '(each key)': found.additionalProperties } }
      : undefined;
  }

  #fields({ choices, properties, required = [] }) {
    const fields = choices
      ? choices.map((choice, index) => this.#field(`choice ${index + 1}`, choice, true))
      : Object.entries(properties).map(([name, part]) => this.#field(name, part, required.includes(name)));
    return h('ul', {}, fields);
  }

  #field(name, schema, required) {
    const line = [
      h('code', {}, name),
      h('span', { class: 'type' }, this.typeOf(schema)),
      !required && h('span', { class: 'optional' }, 'optional'),
      this.#note(schema),
    ];
    const inner = this.#inner(schema);
    if (!inner) return h('li', {}, h('div', { class: 'field' }, line));
    const details = h('details', {}, h('summary', { class: 'field' }, line));
    details.addEventListener('toggle', () => details.append(this.#fields(inner)), { once: true });
    return h('li', {}, details);
  }

  #note(schema) {
    const { type, description } = this.resolve(schema);
    const note = [description, type !== 'boolean' && this.boundsOf(schema)].filter(Boolean).join(' · ');
    return note !== '' && h('span', { class: 'note' }, note);
  }
}

function number(value) {
  return value.toLocaleString('en-US', { maximumFractionDigits: 6 });
}

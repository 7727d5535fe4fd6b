/** The form that sends an operation's request and shows what came back. */
import { copyButton, h } from './dom.js';

/** Longer answers are cut on the page; the copy button still has all of it. */
const shownCharacters = 200_000;

const bodyless = new Set(['get', 'head']);

/** The form of one operation. `credentials()` gives `{kind, secret}`. */
export function createTryIt({ method, path, operation, schemas, credentials }) {
  const fields = (operation.parameters ?? []).map((parameter) =>
    createField(schemas.resolve(parameter), schemas),
  );
  const bodySchema = schemas.resolve(operation.requestBody).content?.['application/json']?.schema;
  const body = bodySchema && !bodyless.has(method) ? createBody(schemas.example(bodySchema)) : undefined;
  const curl = h('code');
  const answer = h('div', { class: 'answer', 'aria-live': 'polite' });
  const send = h('button', { type: 'submit', class: 'primary' }, 'Send');
  const readRequest = () => toRequest({ method, path, fields, body, operation, credentials: credentials() });
  const showCurl = () => (curl.textContent = toCurl(readRequest()));
  let running;

  const form = h(
    'form',
    {
      class: 'try',
      novalidate: body === undefined && fields.length === 0,
      oninput: showCurl,
      onsubmit: async (event) => {
        event.preventDefault();
        if (running) return running.abort();
        running = new AbortController();
        send.textContent = 'Cancel';
        answer.replaceChildren(await sendRequest(readRequest(), running.signal));
        send.textContent = 'Send';
        running = undefined;
      },
    },
    h('h3', {}, 'Try it'),
    fields.length > 0 &&
      h(
        'div',
        { class: 'inputs' },
        fields.map(({ label }) => label),
      ),
    body?.label,
    h('div', { class: 'send' }, send, fields.length === 0 && !body && h('span', {}, 'No parameters')),
    h(
      'div',
      { class: 'curl' },
      h('pre', { tabindex: '0', 'aria-label': 'The same call with curl' }, curl),
      copyButton(() => curl.textContent),
    ),
    answer,
  );
  form.addEventListener('focusin', showCurl);
  showCurl();
  return form;
}

/** An input that fits the parameter: a choice for enums and booleans, a number with its bounds, text. */
function createField(parameter, schemas) {
  const { name, required = false } = parameter;
  const schema = schemas.resolve(parameter.schema);
  const numeric = schema.type === 'integer' || schema.type === 'number';
  const fallback = schema.default === undefined || schema.default === '' ? undefined : String(schema.default);
  const choices = schema.type === 'boolean' ? ['true', 'false'] : schema.enum?.map(String);
  const common = { name, required };
  const input = choices
    ? h(
        'select',
        common,
        h('option', { value: '' }, fallback ? `${fallback} (default)` : required ? 'Choose' : 'Any'),
        choices
          .filter((choice) => choice !== fallback)
          .map((choice) => h('option', { value: choice }, choice)),
      )
    : h('input', {
        ...common,
        type: numeric ? 'number' : 'text',
        min: numeric ? schema.minimum : undefined,
        max: numeric ? schema.maximum : undefined,
        step: schema.type === 'integer' ? 1 : numeric ? 'any' : undefined,
        maxlength: schema.maxLength,
        placeholder: fallback ?? (required ? 'Required' : ''),
        autocomplete: 'off',
        spellcheck: 'false',
      });
  const title = h('span', {}, name, required && h('b', { title: 'Required' }, ' *'));
  return { name, where: parameter.in, label: h('label', {}, title, input), read: () => input.value };
}

function createBody(example) {
  const text = JSON.stringify(example, null, 2);
  const rows = Math.min(16, Math.max(4, text.split('\n').length));
  const area = h('textarea', { rows: String(rows), spellcheck: 'false', name: 'body' });
  area.value = text;
  area.addEventListener('input', () =>
    area.setCustomValidity(isJson(area.value) ? '' : 'This is not valid JSON.'),
  );
  return { label: h('label', { class: 'body' }, h('span', {}, 'Body (JSON)'), area), read: () => area.value };
}

function isJson(text) {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

function toRequest({ method, path, fields, body, operation, credentials }) {
  const query = new URLSearchParams();
  const headers = {
    Accept: Object.keys(operation.responses?.['200']?.content ?? {})[0] ?? 'application/json',
  };
  let target = path;
  for (const { name, where, read } of fields) {
    const value = read();
    if (where === 'path')
      target = target.replaceAll(`{${name}}`, value ? encodeURIComponent(value) : `{${name}}`);
    else if (value === '') continue;
    else if (where === 'query') query.append(name, value);
    else if (where === 'header') headers[name] = value;
  }
  if (body) headers['Content-Type'] = 'application/json';
  if (credentials.kind === 'bearer') headers.Authorization = `Bearer ${credentials.secret}`;
  if (credentials.kind === 'key') headers['X-API-Key'] = credentials.secret;
  const url = `${location.origin}${target}${query.size > 0 ? `?${query}` : ''}`;
  return { method: method.toUpperCase(), url, headers, body: body?.read() };
}

function toCurl({ method, url, headers, body }) {
  const quote = (text) => `'${text.replaceAll("'", String.raw`'\''`)}'`;
  const parts = ['curl'];
  if (method !== (body === undefined ? 'GET' : 'POST')) parts.push(`-X ${method}`);
  for (const [name, value] of Object.entries(headers)) {
    if (name === 'Accept') continue;
    if (name === 'Authorization') parts.push('-H "Authorization: Bearer $TOKEN"');
    else if (name === 'X-API-Key') parts.push('-H "X-API-Key: $API_KEY"');
    else parts.push(`-H ${quote(`${name}: ${value}`)}`);
  }
  if (body !== undefined) parts.push(`-d ${quote(body)}`);
  // Curl would take braces and brackets in an address as a pattern.
  if (/[[\]{}]/.test(url)) parts.push('-g');
  return [...parts, quote(url)].join(' ');
}

async function sendRequest({ method, url, headers, body }, signal) {
  const startedAt = performance.now();
  try {
    const response = await fetch(url, { method, headers, body, signal, cache: 'no-store' });
    const bytes = await response.arrayBuffer();
    const tookMs = performance.now() - startedAt;
    const text = new TextDecoder().decode(bytes);
    const json = (response.headers.get('Content-Type') ?? '').includes('json') && isJson(text);
    const shown = json ? JSON.stringify(JSON.parse(text), null, 2) : text;
    return h('div', {}, statusLine(response, tookMs, bytes.byteLength, shown), bodyView(shown, json));
  } catch (error) {
    if (signal.aborted) return h('p', { class: 'failed' }, 'Cancelled.');
    return h(
      'p',
      { class: 'failed' },
      `No answer from ${location.origin} (${error.message}). Is the platform running?`,
    );
  }
}

function statusLine({ status, statusText }, tookMs, size, shown) {
  return h(
    'p',
    { class: 'outcome' },
    h('strong', { class: status < 400 ? 'good' : 'bad' }, `${status} ${statusText}`),
    h('span', {}, tookMs < 10 ? `${tookMs.toFixed(1)} ms` : `${Math.round(tookMs)} ms`),
    h(
      'span',
      {},
      size < 1000
        ? `${size} B`
        : size < 1e6
          ? `${(size / 1e3).toFixed(1)} kB`
          : `${(size / 1e6).toFixed(1)} MB`,
    ),
    copyButton(() => shown),
  );
}

function bodyView(text, json) {
  if (text === '') return h('p', { class: 'empty' }, 'No body.');
  const cut = text.slice(0, shownCharacters);
  return h(
    'div',
    {},
    h(
      'pre',
      { class: 'result', tabindex: '0', 'aria-label': 'Body of the answer' },
      json ? coloured(cut) : cut,
    ),
    cut.length < text.length &&
      h('p', { class: 'empty' }, `The first ${shownCharacters / 1000} kB of the answer; copy has all of it.`),
  );
}

/** JSON text with its keys and values marked for the style sheet. */
function coloured(text) {
  return [
    ...text.matchAll(
      /("(?:[^"\\]|\\.)*")(\s*:)?|-?\d[\d.eE+-]*|true|false|null|[^"\d-]+?(?=["\d-]|true|false|null|$)|./gs,
    ),
  ].map(([token, string, colon]) => {
    if (string && colon) return h('span', { class: 'key' }, token);
    if (string) return h('span', { class: 'string' }, token);
    return /^(-?\d|true|false|null)/.test(token) ? h('span', { class: 'value' }, token) : token;
  });
}

/** The page of the REST API, drawn from the platform's OpenAPI document. */
import { breakable, copyButton, h } from './dom.js';
import { Schemas } from './schema.js';
import { createTryIt } from './try-it.js';

const methods = ['get', 'post', 'put', 'patch', 'delete', 'head', 'options'];

const accessWords = {
  always: ['always open', 'Answers everybody in every access mode'],
  public: ['public', 'Answers everybody; under --access strict, any credentials'],
  signed_in: ['signed in', 'Needs any credentials: a token or an API key'],
  wallet: ['wallet', 'Needs the token of a wallet that signed in'],
  consumer: ['renter', 'Needs a consumer, a wallet that signed in, or an admin'],
  owner: ['owner', 'Needs the account that it belongs to, or an admin'],
  admin: ['admin', 'Needs the operator'],
};

const openAccess = new Set(['always', 'public']);

/** The word of a call's access, and what it means. */
function accessOf(operation) {
  const access = operation['x-access'] ?? 'unknown';
  const [word, meaning] = accessWords[access] ?? [access, `Needs: ${access}`];
  const ofWhat = operation['x-owner'] && access !== 'owner' ? `, who owns the ${operation['x-owner']}` : '';
  const whenOpen = operation['x-open-to-all'] ? '; under --access open nobody needs any' : '';
  return { word, meaning: `${meaning}${ofWhat}${whenOpen}`, isOpen: openAccess.has(access) };
}

const byId = (id) => document.getElementById(id);

const filter = byId('filter');
const message = byId('message');

/** Each operation with its card, its entry in the list and the text that the filter looks at. */
const entries = [];

function readOperations(api) {
  return Object.entries(api.paths ?? {}).flatMap(([path, item]) =>
    methods
      .filter((method) => item[method])
      .map((method) => ({
        method,
        path,
        id: `${method}-${path}`,
        tag: item[method].tags?.[0] ?? 'Other',
        operation: {
          ...item[method],
          parameters: [...(item.parameters ?? []), ...(item[method].parameters ?? [])],
        },
      })),
  );
}

const badge = (method) => h('span', { class: `method ${method}` }, method);

function createCard(entry, schemas) {
  const { method, path, id, operation } = entry;
  const { word, meaning, isOpen } = accessOf(operation);
  const head = h(
    'summary',
    {},
    badge(method),
    h('code', { class: 'path' }, breakable(path)),
    h('span', { class: 'summary' }, operation.summary ?? ''),
    h('span', { class: `access ${isOpen ? '' : 'closed'}`, title: meaning }, word),
  );
  const card = h('details', { class: 'operation', id }, head);
  const open = () => {
    card.open = true;
    if (card.childElementCount === 1) card.append(createBody(entry, schemas));
  };
  card.addEventListener('toggle', () => {
    if (!card.open) return;
    open();
    history.replaceState(null, '', `#${encodeURI(id)}`);
    markCurrent(id);
  });
  return { card, open };
}

function createBody({ method, path, id, operation }, schemas) {
  const responses = Object.entries(operation.responses ?? {});
  const good = responses.filter(([status]) => status < '400');
  const errors = responses.filter(([status]) => !(status < '400'));
  const bodySchema = schemas.resolve(operation.requestBody).content?.['application/json']?.schema;
  const link = () => `${location.origin}${location.pathname}#${encodeURI(id)}`;
  const credentials = () => ({ kind: byId('credential-kind').value, secret: byId('credential').value });
  return h(
    'div',
    { class: 'content' },
    h(
      'div',
      { class: 'reference' },
      operation.description && h('p', {}, operation.description),
      h('p', { class: 'who' }, `${accessOf(operation).meaning}.`),
      section('Parameters', parameterTable(operation.parameters, schemas), copyButton(link, 'Copy link')),
      bodySchema && section('Body', schemas.tree(bodySchema)),
      good.map(([status, response]) =>
        section(`Response ${status}`, responseView(schemas.resolve(response), schemas)),
      ),
      errors.length > 0 && section('Errors', errorTable(errors, schemas)),
    ),
    createTryIt({ method, path, operation, schemas, credentials }),
  );
}

function section(title, content, extra) {
  return h('section', {}, h('h3', {}, title, extra), content);
}

function parameterTable(parameters, schemas) {
  if (parameters.length === 0) return h('p', { class: 'empty' }, 'None.');
  const columns = ['Name', 'In', 'Type', 'Bounds', 'Default', 'Description'];
  const cell = (column, text) => h('td', { 'data-column': column, 'data-empty': text === '—' }, text);
  const rows = parameters.map((given) => {
    const parameter = schemas.resolve(given);
    const { default: fallback, description } = schemas.resolve(parameter.schema);
    const shown = fallback === undefined ? '—' : fallback === '' ? 'empty' : String(fallback);
    return h(
      'tr',
      {},
      h(
        'th',
        { scope: 'row' },
        h('code', {}, parameter.name),
        parameter.required && h('span', { class: 'required' }, 'required'),
      ),
      cell('In', parameter.in),
      cell('Type', schemas.typeOf(parameter.schema)),
      cell('Bounds', schemas.boundsOf(parameter.schema) || '—'),
      cell('Default', shown),
      cell('Description', parameter.description ?? description ?? '—'),
    );
  });
  const head = h(
    'tr',
    {},
    columns.map((column) => h('th', { scope: 'col' }, column)),
  );
  return h('table', { class: 'parameters' }, h('thead', {}, head), h('tbody', {}, rows));
}

function responseView({ content = {}, description }, schemas) {
  const [[mediaType, { schema } = {}] = []] = Object.entries(content);
  if (!mediaType) return h('p', { class: 'empty' }, description ?? 'No body.');
  return h('div', {}, h('p', { class: 'media' }, mediaType), schemas.tree(schema ?? {}));
}

function errorTable(errors, schemas) {
  const rows = errors.map(([status, response]) =>
    h(
      'tr',
      {},
      h('th', { scope: 'row' }, h('code', {}, status)),
      h('td', {}, schemas.resolve(response).description ?? ''),
    ),
  );
  return h('table', { class: 'errors' }, h('tbody', {}, rows));
}

function draw(api) {
  const schemas = new Schemas(api);
  const { title, version, description } = api.info;
  document.title = `API · ${title}`;
  byId('title').textContent = title;
  byId('version').textContent = `REST API ${version}`;
  byId('description').textContent = description ?? '';
  byId('base').textContent = location.origin;
  const groups = Map.groupBy(readOperations(api), ({ tag }) => tag);
  const declared = (api.tags ?? []).map(({ name }) => name);
  const order = (tag) => (declared.includes(tag) ? declared.indexOf(tag) : declared.length);
  for (const [tag, operations] of [...groups].sort(([left], [right]) => order(left) - order(right))) {
    const items = operations.map((operation) => {
      const { card, open } = createCard(operation, schemas);
      const link = h(
        'a',
        { href: `#${encodeURI(operation.id)}`, title: operation.path },
        badge(operation.method),
        h('span', {}, operation.path),
      );
      const text =
        `${operation.method} ${operation.path} ${operation.operation.summary ?? ''} ${tag}`.toLowerCase();
      const item = h('li', {}, link);
      entries.push({ ...operation, card, open, item, link, text });
      return { card, item };
    });
    byId('nav').append(
      h(
        'section',
        {},
        h('h2', {}, tag),
        h(
          'ul',
          {},
          items.map(({ item }) => item),
        ),
      ),
    );
    byId('operations').append(
      h(
        'section',
        {},
        h('h2', {}, tag),
        items.map(({ card }) => card),
      ),
    );
  }
}

function applyFilter() {
  const words = filter.value.toLowerCase().split(/\s+/).filter(Boolean);
  let shown = 0;
  for (const { card, item, text } of entries) {
    const hit = words.every((word) => text.includes(word));
    card.hidden = item.hidden = !hit;
    if (hit) shown += 1;
  }
  for (const part of document.querySelectorAll('#nav section, #operations section')) {
    if (part.parentElement.id)
      part.hidden = !part.querySelector('li:not([hidden]), .operation:not([hidden])');
  }
  message.textContent =
    shown === 0 && entries.length > 0 ? `No operation matches “${filter.value.trim()}”.` : '';
}

function markCurrent(id) {
  for (const { id: other, link } of entries) {
    if (other === id) link.setAttribute('aria-current', 'true');
    else link.removeAttribute('aria-current');
  }
}

/** Opens the operation that the address names. */
function openLinked() {
  let id = location.hash.slice(1);
  try {
    id = decodeURIComponent(id);
  } catch {
    // An address typed by hand; taken as it is.
  }
  const entry = entries.find((candidate) => candidate.id === id);
  if (!entry) return;
  if (entry.card.hidden) {
    filter.value = '';
    applyFilter();
  }
  entry.open();
  entry.card.scrollIntoView({ block: 'start' });
  entry.card.querySelector('summary').focus({ preventScroll: true });
}

async function load() {
  message.replaceChildren('Loading the description of the API…');
  try {
    const response = await fetch('/api/openapi.json');
    if (!response.ok) throw new Error(`status ${response.status}`);
    draw(await response.json());
    message.textContent = '';
    applyFilter();
    openLinked();
  } catch (error) {
    const retry = h('button', { type: 'button', onclick: load }, 'Try again');
    message.replaceChildren(`The description of the API could not be loaded (${error.message}). `, retry);
  }
}

filter.addEventListener('input', applyFilter);
filter.addEventListener('keydown', (event) => {
  const first = entries.find(({ card }) => !card.hidden);
  if (event.key === 'Enter' && first) location.hash = encodeURI(first.id);
  if (event.key === 'ArrowDown' && first) first.card.querySelector('summary').focus();
  if (event.key === 'Escape') {
    filter.value = '';
    applyFilter();
  }
});
document.addEventListener('keydown', (event) => {
  if (event.key !== '/' || event.ctrlKey || event.metaKey || event.target.matches('input, textarea, select'))
    return;
  event.preventDefault();
  filter.focus();
});
window.addEventListener('hashchange', openLinked);
void load();

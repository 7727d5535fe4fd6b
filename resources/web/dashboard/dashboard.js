/** The live page of the fleet: a WebSocket feed, or polling while it is down. Data only ever becomes text. */
const $ = (selector, root = document) => root.querySelector(selector);
const maxRows = 200;
const onlineSec = 90;
const staleSec = 45;

const workers = new Map();
const rows = new Map();
let order = [];
let orderedAt = 0;
let blocks = [];
let stats;
let clients;
let info;
let failure = '';
let loaded = false;
let live = false;
/** Server time minus local time, in seconds: a miner's age follows the server's clock. */
let offset = 0;
let updatedAt = 0;
let retryAt = 0;
let retryMs = 1000;

const numbers = new Intl.NumberFormat('en-US');
const times = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'medium' });
/** Server time; without any connection it stands still, as a silent platform says nothing about its miners. */
const now = () => (live || failure === '' ? Date.now() : updatedAt) / 1000 + offset;
const count = (value) => (value === undefined ? '—' : numbers.format(value));
const middle = (text) => (text.length > 14 ? `${text.slice(0, 6)}…${text.slice(-4)}` : text);

/** Three significant digits and the unit. */
function rate(value) {
  if (value === undefined) return ['—', ''];
  let unit = 0;
  let rest = value;
  for (; Number(rest.toPrecision(3)) >= 1000 && unit < 3; unit += 1) rest /= 1000;
  const decimals = rest === 0 ? 0 : Math.min(2, Math.max(0, 2 - Math.floor(Math.log10(rest) + 1e-9)));
  return [rest.toFixed(decimals), ['H/s', 'kH/s', 'MH/s', 'GH/s'][unit]];
}

function age(seconds) {
  const s = Math.max(0, Math.floor(seconds));
  if (s < 60) return `${s} s ago`;
  if (s < 3600) return `${Math.floor(s / 60)} min ago`;
  if (s < 86400) return `${Math.floor(s / 3600)} h ${Math.floor((s % 3600) / 60)} min ago`;
  return `${Math.floor(s / 86400)} d ago`;
}

function text(node, value, title) {
  if (node.textContent !== value) node.textContent = value;
  if (title !== undefined && node.title !== title) node.title = title;
}

const exactTime = (seconds) => times.format(seconds * 1000);
const seenAgo = (worker) => now() - worker.last_heartbeat;
const isOnline = (worker) => worker.state !== 'offline' && seenAgo(worker) < onlineSec;

const stateWords = {
  MINING: ['mining', 'Mining'],
  SELF_MINING: ['mining', 'Self-mining'],
  LEASED: ['leased', 'Leased'],
  AVAILABLE: ['available', 'Available'],
  IDLE: ['paused', 'Paused'],
  COMPLETED: ['available', 'Completed'],
  ERROR: ['error', 'Error'],
};

/** Mark and word of a worker: what its age says comes before what it last said. */
function shownState(worker) {
  if (!isOnline(worker)) return ['offline', 'Offline'];
  if (seenAgo(worker) > staleSec) return ['stale', 'Stale'];
  return stateWords[worker.state] ?? ['paused', worker.state];
}

// Data

function put(list) {
  for (const worker of list) {
    workers.set(worker.worker_id, { ...workers.get(worker.worker_id), ...worker });
  }
}

const handlers = {
  snapshot(data) {
    workers.clear();
    put(data.workers);
    blocks = data.recent_blocks;
    loaded = live = true;
    retryMs = 1000;
    orderedAt = 0;
    void refresh(false);
  },
  heartbeats(data, ts) {
    for (const { worker_id, hashrate, active_gpus } of data) {
      const worker = workers.get(worker_id);
      if (worker) Object.assign(worker, { hashrate, active_gpus, last_heartbeat: ts });
    }
  },
  workers(data) {
    const fresh = data.filter(({ worker_id }) => !workers.has(worker_id));
    put(data);
    for (const { worker_id } of fresh) workers.get(worker_id).joinedAt = Date.now();
    if (fresh.length > 0) orderedAt = 0;
  },
  block({ worker_id, lease_id }) {
    const worker = workers.get(worker_id);
    if (worker && lease_id === '') worker.self_blocks_found += 1;
    soon();
  },
  health(data) {
    for (const { worker_id, last_heartbeat } of data) {
      const worker = workers.get(worker_id);
      if (worker) worker.last_heartbeat = last_heartbeat;
    }
  },
};

async function get(path) {
  const response = await fetch(path, {
    headers: { Accept: 'application/json' },
    signal: AbortSignal.timeout(8000),
  });
  const body = await response.json();
  if (!response.ok) throw new Error(body.detail);
  if (!live) offset = Date.parse(response.headers.get('Date')) / 1000 - Date.now() / 1000 || 0;
  return body;
}

/** Reads what the feed does not carry; with `fleet` also the workers, for as long as there is no feed. */
async function refresh(fleet) {
  try {
    info ??= await get('/');
    const page = (number) => get(`/api/monitoring/fleet?limit=100&page=${number}`);
    const [newStats, status, newBlocks, first] = await Promise.all([
      get('/api/monitoring/stats'),
      get('/api/status'),
      get('/api/monitoring/blocks/recent?limit=20'),
      fleet ? page(1) : undefined,
    ]);
    const second = first && first.total > 100 ? await page(2) : undefined;
    stats = newStats;
    clients = status.mqtt_clients.length;
    blocks = newBlocks;
    failure = '';
    if (first && !live) {
      workers.clear();
      put([...first.items, ...(second?.items ?? [])]);
      loaded = true;
      orderedAt = 0;
    }
    updatedAt = Date.now();
  } catch (error) {
    const unreachable = error instanceof TypeError || error.name === 'TimeoutError';
    failure = unreachable ? 'No connection' : error.message;
    if (!unreachable || !live) return;
    live = false;
    socket.close();
  }
}

let soonTimer;
function soon() {
  soonTimer ??= setTimeout(() => {
    soonTimer = undefined;
    void refresh(!live);
  }, 500);
}

let socket;
let retryTimer;
function connect() {
  clearTimeout(retryTimer);
  retryAt = 0;
  socket = new WebSocket(
    `${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/ws/dashboard?batch=1`,
  );
  socket.onmessage = ({ data }) => {
    const frame = JSON.parse(data);
    offset = frame.ts - Date.now() / 1000;
    updatedAt = Date.now();
    handlers[frame.type]?.(frame.data, frame.ts);
  };
  socket.onclose = () => {
    live = false;
    retryAt = Date.now() + retryMs;
    retryTimer = setTimeout(connect, retryMs);
    retryMs = Math.min(retryMs * 2, 30_000);
    soon();
  };
}

// Page

function tile(id, value, unit, note, warn = false) {
  const node = $(`#${id}`);
  const suffix = unit && ` ${unit}`;
  if (node.textContent !== value + suffix) {
    node.replaceChildren(value, Object.assign(document.createElement('small'), { textContent: suffix }));
  }
  text(node.nextElementSibling, note);
  node.nextElementSibling.classList.toggle('warn', warn);
}

function drawTiles() {
  let totals = stats;
  if (live) {
    totals = { online: 0, total_workers: workers.size, total_hashrate: 0, total_gpus: 0, active_gpus: 0 };
    for (const worker of workers.values()) {
      totals.total_gpus += worker.gpu_count;
      if (!isOnline(worker)) continue;
      totals.online += 1;
      totals.total_hashrate += worker.hashrate;
      totals.active_gpus += worker.active_gpus;
    }
  }
  const { online, total_workers: total, total_hashrate: hashrate, active_gpus, total_gpus } = totals ?? {};
  const missing = total - online;
  tile('hashrate', ...rate(hashrate), online ? `${rate(hashrate / online).join(' ')} per worker` : '');
  tile(
    'online',
    count(online),
    totals ? `of ${count(total)}` : '',
    missing ? `${count(missing)} offline` : total ? 'All online' : '',
    missing > 0,
  );
  tile(
    'gpus',
    count(active_gpus),
    totals ? `of ${count(total_gpus)}` : '',
    total_gpus ? `${Math.round((active_gpus / total_gpus) * 100)} % at work` : '',
  );
  tile('blocks', count(stats?.blocks_last_hour), '', stats ? `${count(stats.total_blocks)} in all` : '');
  tile('clients', count(clients), '', info ? `On port ${info.mqtt_port}` : '');
}

function drawConnection() {
  const seconds = Math.ceil((retryAt - Date.now()) / 1000);
  const retry = retryAt === 0 ? 'connecting again' : `next try in ${Math.max(seconds, 0)} s`;
  const [mark, word] = live
    ? ['mining', 'Live']
    : failure
      ? ['error', `${failure} · ${retry}`]
      : loaded
        ? ['stale', `Polling · ${retry}`]
        : ['stale', 'Connecting'];
  $('#connection').className = `mark-${mark}`;
  text($('#connection span'), word);
  text($('#connection small'), updatedAt === 0 ? '' : `updated ${age((Date.now() - updatedAt) / 1000)}`);
  document.body.classList.toggle('old', !live && failure !== '' && loaded);
}

/** Sorts again every 3 s only, and never under the pointer, so that rows hold still. */
function sortWorkers() {
  const held = matchMedia('(hover: hover)').matches && $('#fleet tbody').matches(':hover');
  if (orderedAt > 0 && (held || Date.now() - orderedAt < 3000)) return;
  orderedAt = Date.now();
  const words = $('#search').value.toLowerCase().split(/\s+/).filter(Boolean);
  const searched = (w) =>
    [w.worker_id, w.eth_address, shownState(w)[1], ...w.gpus.map(({ name }) => name)].join(' ').toLowerCase();
  const weight = (worker) => (isOnline(worker) ? worker.hashrate : -1);
  order = [...workers.values()]
    .filter((worker) => words.length === 0 || words.every((word) => searched(worker).includes(word)))
    .map((worker) => ({ id: worker.worker_id, weight: weight(worker) }))
    .sort((left, right) => right.weight - left.weight || (left.id < right.id ? -1 : 1));
}

function drawRow(row, worker) {
  const [state, id, hashrate, gpus, seen, found, owner] = row.children;
  const [mark, word] = shownState(worker);
  row.className = `mark-${mark}${Date.now() - worker.joinedAt < 600 ? ' new' : ''}`;
  text(state.lastElementChild, word, `Reported: ${worker.state}`);
  text(id, worker.worker_id, worker.worker_id);
  text(hashrate, isOnline(worker) ? rate(worker.hashrate).join(' ') : '—');
  text(
    gpus,
    `${isOnline(worker) ? worker.active_gpus : '—'} / ${worker.gpu_count}`,
    worker.gpus.map(({ name }) => name).join(', '),
  );
  text(seen, worker.last_heartbeat ? age(seenAgo(worker)) : '—', exactTime(worker.last_heartbeat));
  text(found, count(worker.self_blocks_found));
  const button = owner.firstElementChild;
  text(button, middle(worker.eth_address) || '—', worker.eth_address);
  button.dataset.copy = worker.eth_address;
  button.disabled = worker.eth_address === '';
}

function drawWorkers() {
  sortWorkers();
  const body = $('#fleet tbody');
  const shown = order.slice(0, maxRows).filter(({ id }) => workers.has(id));
  shown.forEach(({ id }, index) => {
    if (!rows.has(id)) rows.set(id, $('#row').content.firstElementChild.cloneNode(true));
    const row = rows.get(id);
    drawRow(row, workers.get(id));
    if (body.children[index] !== row) body.insertBefore(row, body.children[index] ?? null);
  });
  while (body.children.length > shown.length) body.lastElementChild.remove();
  for (const [id, row] of rows) if (!row.isConnected) rows.delete(id);
  const known = live
    ? order.length
    : Math.max(order.length, $('#search').value ? 0 : (stats?.total_workers ?? 0));
  text(
    $('#shown'),
    known > shown.length
      ? `Top ${shown.length} of ${count(known)} by hashrate`
      : order.length > 0
        ? count(known)
        : '',
  );
  const none = loaded && workers.size === 0;
  $('#empty').hidden = !none;
  $('#fleet table').hidden = $('#search').hidden = none || (shown.length === 0 && !$('#search').value);
  $('#nothing').hidden = none || shown.length > 0;
  text($('#nothing'), loaded ? 'No worker matches the search.' : failure || 'Waiting for the platform…');
  if (none && info) drawInstructions();
}

/** Where miners connect, and a worker made by hand. */
function drawInstructions() {
  const host = location.hostname.replace(/^\[|\]$/g, '');
  const line = (type, payload) =>
    `mosquitto_pub -h ${host} -p ${info.mqtt_port} -i xenminer_demo-1 -q 1 -t xenminer/demo-1/${type} -m '${JSON.stringify(payload)}'`;
  const gpus = [{ index: 0, name: 'Demo GPU', memory_gb: 24, bus_id: 1 }];
  text($('#address'), `${host}:${info.mqtt_port}`);
  text(
    $('#demo'),
    [
      line('register', { gpu_count: 1, gpus, version: 'demo' }),
      line('heartbeat', { hashrate: 1500, active_gpus: 1 }),
    ].join('\n'),
  );
  $('#address').dataset.copy = $('#address').textContent;
  $('#copy-demo').dataset.copy = $('#demo').textContent;
}

function drawBlocks() {
  const list = $('#recent ol');
  $('#recent .note').hidden = blocks.length > 0;
  text($('#recent .note'), loaded ? 'No block yet.' : '—');
  while (list.children.length > blocks.length) list.lastElementChild.remove();
  blocks.forEach((block, index) => {
    if (!list.children[index]) list.append($('#block').content.firstElementChild.cloneNode(true));
    const [mark, id, time, hash, verdict] = list.children[index].children;
    mark.className = `verdict ${block.verified}`;
    text(id, block.worker_id, block.worker_id);
    text(time, age(now() - block.timestamp), exactTime(block.timestamp));
    text(hash, middle(block.hash.split('$').at(-1)), block.hash);
    const reason =
      block.verified === 'rejected'
        ? block.reason.replaceAll('_', ' ')
        : block.lease_id
          ? 'lease'
          : 'self-mined';
    text(verdict, `${block.verified} · ${reason}`);
  });
}

function draw() {
  if (document.hidden) return;
  drawTiles();
  drawConnection();
  drawWorkers();
  drawBlocks();
}

async function copy(value) {
  try {
    await navigator.clipboard.writeText(value);
  } catch {
    const area = Object.assign(document.createElement('textarea'), { value });
    document.body.append(area);
    area.select();
    document.execCommand('copy');
    area.remove();
  }
}

document.addEventListener('click', async ({ target }) => {
  const button = target.closest('.copy');
  if (!button) return;
  await copy(button.dataset.copy);
  button.classList.add('copied');
  setTimeout(() => button.classList.remove('copied'), 1200);
});
$('#search').addEventListener('input', () => {
  orderedAt = 0;
  draw();
});
document.addEventListener('visibilitychange', draw);
window.addEventListener('online', () => !live && socket.readyState === WebSocket.CLOSED && connect());
setInterval(draw, 250);
setInterval(() => !live && void refresh(true), 5000);
setInterval(() => live && void refresh(false), 15_000);
connect();

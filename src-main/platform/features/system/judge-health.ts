/** What the figures of each part mean: a state and a sentence. */
import type { HealthReport, HealthServiceName, HealthState } from '../../../contract/domain/health.ts';
import { count, duration, moment, rate, size } from './health-words.ts';

/** What the figures alone do not say. */
export interface HealthFacts {
  /** Whether the broker takes connections. */
  readonly brokerListens: boolean;
  /** Why the disk did not take the last transaction; empty when it did. */
  readonly writeFailure: string;
  /** Requests that the platform failed to answer, in the last minute. */
  readonly failedLastMinute: number;
  /** Messages and connections that found no room, in the last minute. */
  readonly crowdedLastMinute: number;
  readonly droppedLastMinute: number;
  readonly verifiesProofs: boolean;
}

type Figures = Omit<HealthReport, 'state' | 'services'>;
type Verdict = readonly [HealthState, string];

/** A limit that is this near is worth a look. */
const nearLimit = 0.9;
const leastDiskFreeBytes = 1_000_000_000;
/** As much as a log never holds while its checkpoints work. */
const largeWalBytes = 256 * 1024 * 1024;
const longWriteQueue = 5000;
const longProofQueue = 1000;
const lateLoopMs = 200;
/** A start keeps everything waiting for a moment: it says nothing about the machine. */
const startSec = 60;
/** More than one message a second that is turned away is no single mistake. */
const manyRefusals = 60;

function judgeHttp({ http }: Figures, { failedLastMinute }: HealthFacts): Verdict {
  const now = `Port ${http.port} answers ${rate(http.requests_per_sec)} requests a second.`;
  if (failedLastMinute === 0) return ['ok', now];
  return [
    'warning',
    `${now} It failed to answer ${count(failedLastMinute, 'request')} in the last minute; the log says why.`,
  ];
}

function judgeBroker({ broker }: Figures, { brokerListens, crowdedLastMinute }: HealthFacts): Verdict {
  if (!brokerListens) return ['down', 'It takes no connections.'];
  const {
    connections,
    max_connections: limit,
    messages_per_sec: messages,
    refused_last_minute: refused,
  } = broker;
  const now = `Port ${broker.port} holds ${count(connections, 'connection')} and takes ${rate(messages)} messages a second.`;
  if (connections >= limit * nearLimit)
    return ['warning', `${now} It takes at most ${count(limit, 'connection')}: see --mqtt-max-connections.`];
  if (crowdedLastMinute > 0)
    return [
      'warning',
      `${now} ${count(crowdedLastMinute, 'time')} in the last minute it had no room or could not store: see the log.`,
    ];
  if (refused >= manyRefusals)
    return ['warning', `${now} It turned away ${count(refused, 'message')} in the last minute: see the log.`];
  return ['ok', now];
}

function judgeStorage({ storage }: Figures, { writeFailure }: HealthFacts): Verdict {
  if (writeFailure !== '')
    return ['down', `The database can't be written: ${writeFailure}. What miners send is not acknowledged.`];
  const {
    database_bytes: bytes,
    wal_bytes: wal,
    disk_free_bytes: free,
    queue,
    last_commit_age_sec: age,
  } = storage;
  const written = age === null ? '' : `, last written ${duration(age)} ago`;
  const now = `The database has ${size(bytes + wal)}${written}; ${size(free)} are free on its disk.`;
  if (free < Math.max(leastDiskFreeBytes, bytes))
    return ['warning', `${now} That is too little for a backup or for growth: make room.`];
  if (wal > largeWalBytes)
    return ['warning', `${now} ${size(wal)} wait in its log: somebody reads it for long.`];
  if (queue > longWriteQueue)
    return ['warning', `${now} ${count(queue, 'write waits', 'writes wait')}: the disk is slow.`];
  return ['ok', now];
}

function judgeFeed({ feed }: Figures, { droppedLastMinute }: HealthFacts): Verdict {
  const connected = feed.clients === 0 ? 'Nobody is' : count(feed.clients, 'client is', 'clients are');
  const now = `${connected} connected to the live feed.`;
  if (feed.clients >= feed.max_clients * nearLimit)
    return [
      'warning',
      `${now} It takes at most ${feed.max_clients.toLocaleString('en-US')}: see --ws-max-clients.`,
    ];
  if (droppedLastMinute > 0)
    return [
      'warning',
      `${now} ${count(droppedLastMinute, 'client')} did not keep up in the last minute and had to go.`,
    ];
  return ['ok', now];
}

function judgeProofs({ proofs }: Figures, { verifiesProofs }: HealthFacts): Verdict {
  if (!verifiesProofs) return ['ok', 'Proofs are not computed again (--verify off): blocks are believed.'];
  const now = `${count(proofs.waiting, 'proof waits', 'proofs wait')}, ${count(proofs.hashed, 'proof')} computed since the start.`;
  return proofs.waiting < longProofQueue
    ? ['ok', now]
    : ['warning', `${now} Blocks are claimed faster than this machine can prove them.`];
}

function judgeBackups({ backups }: Figures): Verdict {
  const { schedule, next_run: next, last_success_at: last, last_failure: failure, running } = backups;
  const newest = last === null ? 'There is no backup yet' : `The newest good backup is of ${moment(last)}`;
  const plan =
    schedule === ''
      ? 'none is scheduled'
      : next === null
        ? 'no next one is due'
        : `the next one is due ${moment(next)}`;
  const now = `${newest}; ${running === null ? plan : `a ${running} is under way`}.`;
  return failure === '' ? ['ok', now] : ['warning', `${now} The last try failed: ${failure}.`];
}

function judgeSimulator({ simulator }: Figures): Verdict {
  const { running, workers, online, last_error: failure } = simulator;
  if (running)
    return ['ok', `${online.toLocaleString('en-US')} of ${count(workers, 'simulated worker')} are online.`];
  return failure === '' ? ['ok', 'It does not run.'] : ['warning', `It does not run: ${failure}`];
}

function judgeLedger({ ledger }: Figures): Verdict {
  const { checked_at: at, ok, findings } = ledger;
  if (at === null) return ['ok', 'Not checked yet; GET /api/admin/ledger/check proves it.'];
  return ok === true
    ? ['ok', `Every sum and every entry was right at ${moment(at)}.`]
    : [
        'down',
        `${count(findings, 'finding')} at ${moment(at)}: check it again, and compare it with a backup.`,
      ];
}

function judgeHonesty({ honesty }: Figures, { verifiesProofs }: HealthFacts): Verdict {
  if (!verifiesProofs) return ['ok', 'Nobody is measured while proofs are not computed (--verify off).'];
  const { workers, flagged } = honesty;
  return flagged === 0
    ? ['ok', `None of ${count(workers, 'worker')} claims more than it proves.`]
    : [
        'warning',
        `${flagged.toLocaleString('en-US')} of ${count(workers, 'worker')} claim more than they prove.`,
      ];
}

function judgeProcess({ process }: Figures): Verdict {
  const { uptime_sec: uptime, rss_bytes: rss, cpu_percent: cpu, event_loop_p99_ms: late } = process;
  const now = `Up for ${duration(uptime)}, ${size(rss)} of memory, ${Math.round(cpu)} % of one core.`;
  return late < lateLoopMs || uptime < startSec
    ? ['ok', now]
    : ['warning', `${now} Everything waits up to ${Math.round(late)} ms: the machine is too busy.`];
}

const judges: Readonly<Record<HealthServiceName, (figures: Figures, facts: HealthFacts) => Verdict>> = {
  http: judgeHttp,
  broker: judgeBroker,
  storage: judgeStorage,
  feed: judgeFeed,
  proofs: judgeProofs,
  backups: judgeBackups,
  simulator: judgeSimulator,
  ledger: judgeLedger,
  honesty: judgeHonesty,
  tls: () => ['ok', 'No certificate here: a reverse proxy in front of it adds TLS.'],
  process: judgeProcess,
};

const severity: Readonly<Record<HealthState, number>> = { ok: 0, warning: 1, down: 2 };

/** Judges every part; the state of the whole is that of its worst part. */
export function judgeHealth(figures: Figures, facts: HealthFacts): HealthReport {
  const services = (Object.keys(judges) as HealthServiceName[]).map((name) => {
    const [state, detail] = judges[name](figures, facts);
    return { name, state, detail };
  });
  const worst = services.reduce<HealthState>(
    (state, service) => (severity[service.state] > severity[state] ? service.state : state),
    'ok',
  );
  return { state: worst, services, ...figures };
}

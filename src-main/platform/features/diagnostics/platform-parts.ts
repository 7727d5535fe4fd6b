/** The parts of a bundle of a platform that runs. */
import type { Broker } from '../../broker/broker.ts';
import type { LoggerFactory } from '../../kernel/logger.ts';
import type { FeedGateway } from '../../realtime/feed-gateway.ts';
import type { Fleet } from '../fleet/index.ts';
import type { Ledger } from '../ledger/index.ts';
import type { Settings } from '../settings/index.ts';
import { pageOfClients, textOfLog, type EventLoopDelay, type SystemHealth } from '../system/index.ts';
import type { BundlePart } from './bundle.ts';
import { lookAtDatabase } from './database-look.ts';
import { machineFacts, versionFacts } from './machine-facts.ts';
import type { SelfCheck } from './self-check.ts';

const integrityMs = 20_000;
const maxClients = 2000;

export interface PlatformSources {
  readonly settings: Settings;
  readonly health: SystemHealth;
  readonly broker: Broker;
  readonly feed: FeedGateway;
  readonly fleet: Fleet;
  readonly ledger: Ledger;
  readonly eventLoop: EventLoopDelay;
  readonly loggers: Pick<LoggerFactory, 'recent'>;
  readonly selfCheck: SelfCheck;
  readonly databasePath: string;
  readonly metrics: () => Promise<string>;
}

/** Of the database, whether a platform runs on it or not. */
export function databasePart(path: string): BundlePart {
  return {
    name: 'database.json',
    about: 'schema, rows by table, migrations, and whether its pages are whole (as far as 20 s go)',
    read: () => lookAtDatabase({ path, describes: true, kind: 'full', maxMs: integrityMs }),
  };
}

/** What every bundle holds. */
export const machineParts: readonly BundlePart[] = [
  { name: 'versions.json', about: 'versions of the program, its runtime and the system', read: versionFacts },
  { name: 'machine.json', about: 'memory, load, open resources and addresses', read: machineFacts },
];

/** In the order in which somebody would look. */
export function platformParts(sources: PlatformSources): BundlePart[] {
  const { settings, health, broker, feed, fleet, ledger, eventLoop, loggers, selfCheck } = sources;
  return [
    ...machineParts,
    {
      name: 'health.json',
      about: 'each part of the platform, with its figures',
      read: () => health.report(),
    },
    {
      name: 'self-check.json',
      about: 'what the last self-check found; null: none since the start',
      read: () => selfCheck.last ?? null,
    },
    {
      name: 'settings.json',
      about: 'every setting and where it comes from; of secrets only whether they are set',
      read: () => settings.view(),
    },
    {
      name: 'log.txt',
      about: 'the newest lines of the log',
      read: () => textOfLog(loggers.recent, { search: '' }),
    },
    { name: 'metrics.txt', about: 'all metrics, as Prometheus reads them', read: () => sources.metrics() },
    {
      name: 'event-loop.json',
      about: 'delay of the event loop in seconds, by percentile',
      read: () => ({ since_start: eventLoop.sinceStart(), last_minute: eventLoop.recent() }),
    },
    {
      name: 'clients.json',
      about: 'who is connected to the broker and the feed',
      read: () => ({
        ...pageOfClients(broker.clients(), '', { limit: maxClients, offset: 0 }),
        workers: fleet.size,
        feed: { ...feed.stats, addresses: feed.addresses() },
      }),
    },
    {
      name: 'refusals.json',
      about: 'what the broker turned away lately, and why',
      read: () => ({ counts: broker.stats.refusals, recent: broker.recentRefusals.all() }),
    },
    databasePart(sources.databasePath),
    {
      name: 'ledger.json',
      about: 'the proof that the ledger is right, or what is wrong in it',
      read: () => ledger.check(),
    },
  ];
}

/**
 * Every setting of the platform: one schema gives defaults, validation, the `--help` text, the flags and the
 * environment names. Keys are camelCase; `--api-port` and `XENBLOCKS_API_PORT` are derived from `apiPort`.
 */
import { z } from 'zod';
import { simulatorLimits } from './domain/simulator.ts';

/** What `--help` and error messages need to know of one setting, beside its schema. */
export interface OptionInfo {
  /** One line for `--help`. */
  readonly description: string;
  /** Heading under which `--help` lists it. */
  readonly group:
    'Network' | 'Storage' | 'Backups' | 'Security' | 'Mining' | 'Limits' | 'Logging' | 'Program';
  /** Placeholder of the value; absent for switches, which take none. */
  readonly value?: string;
  /** The value that the bare flag stands for, where a value is optional. */
  readonly bareValue?: string;
  /** May be given several times, or as a comma-separated list. */
  readonly repeatable?: boolean;
  /** Never printed, logged or shown. */
  readonly secret?: boolean;
}

const optionRegistry = z.registry<OptionInfo>();

function option<S extends z.ZodType>(schema: S, info: OptionInfo): S {
  optionRegistry.add(schema, info);
  return schema;
}

/** A whole number within bounds, given as a number (settings file) or as digits (flag, environment). */
function wholeNumber(min: number, max: number) {
  const message = `must be a whole number from ${min} to ${max}`;
  return z
    .union(
      [
        z.number(),
        z
          .string()
          .regex(/^\d{1,15}$/)
          .transform(Number),
      ],
      { error: message },
    )
    .pipe(z.number().int(message).min(min, message).max(max, message));
}

const port = () => wholeNumber(0, 65535);

const text = (what: string) =>
  z
    .string({ error: `must be ${what}` })
    .trim()
    .min(1, `must be ${what}`);

function toggle() {
  const message = 'must be true or false';
  return z.union(
    [z.boolean(), z.stringbool({ truthy: ['true', '1', 'yes', 'on'], falsy: ['false', '0', 'no', 'off'] })],
    {
      error: message,
    },
  );
}

/** Log levels, most talkative first. */
export const logLevels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;

/** Modules that write to the log; each may have a level of its own. */
export const logModules = [
  'server',
  'broker',
  'storage',
  'fleet',
  'blocks',
  'monitoring',
  'http',
  'realtime',
  'bus',
  'auth',
  'audit',
  'ledger',
  'leases',
  'proof',
  'chain',
  'control',
  'wallet',
  'backup',
  'alerts',
  'simulator',
] as const;
export type LogModule = (typeof logModules)[number];

function logLevelList() {
  const level = `(${logLevels.join('|')})`;
  const pattern = new RegExp(`^${level}(,(${logModules.join('|')})=${level})*$`);
  return z
    .string()
    .regex(
      pattern,
      `must be one of ${logLevels.join(', ')}, with levels of modules (${logModules.join(', ')}) like info,broker=debug`,
    );
}

/** Its form only; the start refuses what can't be read. */
function cronExpression() {
  const message =
    'must be a cron expression of five fields such as "0 2 * * *", @hourly, @daily, @weekly or off';
  return z
    .string({ error: message })
    .trim()
    .max(256, message)
    .regex(/^(off|@hourly|@daily|@weekly|@monthly|[\w*/,?#-]+(\s+[\w*/,?#-]+){4})$/i, message);
}

const namedProxies = ['loopback', 'linklocal', 'uniquelocal'] as const;

function proxyList() {
  const message = 'must be loopback, linklocal, uniquelocal, addresses or subnets, or a hop count';
  const entry = z.union([z.enum(namedProxies), z.ipv4(), z.ipv6(), z.cidrv4(), z.cidrv6()]);
  const isProxies = (value: string) =>
    /^\d{1,2}$/.test(value) || value.split(',').every((part) => entry.safeParse(part.trim()).success);
  return z.string({ error: message }).trim().refine(isProxies, message);
}

/** As browsers send it: lower case, without the scheme's own port. */
function toOrigin(value: string): string {
  return value.toLowerCase().replace(/^(http:.*):80$|^(https:.*):443$/, '$1$2');
}

function originList() {
  const message = 'must be a web origin such as https://farm.example.com';
  const origin = z.string().regex(/^[a-z][a-z0-9+.-]*:\/\/[^/\s?#@]+$/i, message);
  return z
    .union([z.array(z.string()), z.string().transform((value) => value.split(','))], { error: message })
    .transform((values) =>
      values.map((value) => value.trim().replace(/\/$/, '')).filter((value) => value !== ''),
    )
    .pipe(z.array(origin))
    .transform((values) => values.map(toOrigin));
}

/** The three levels of protection of rest.md and mqtt.md. */
export const accessModes = ['open', 'standard', 'strict'] as const;
export type AccessMode = (typeof accessModes)[number];

/** Whether a block's proof of work is computed again here (verification.md). */
export const verifyModes = ['pow', 'off'] as const;
export type VerifyMode = (typeof verifyModes)[number];

/** Shortest secret that may sign tokens, in characters. */
export const minSecretLength = 16;

/** The operator's key of the earlier platform, which everybody knows; it opens nothing here. */
export const publicAdminKey = 'admin-test-key-do-not-use-in-production';

/** The schema of all settings. Unknown keys are refused. */
export const configSchema = z.strictObject({
  apiHost: option(text('a host name or address').default('0.0.0.0'), {
    group: 'Network',
    value: 'host',
    description: 'Address on which the REST API, the feed and the dashboard listen',
  }),
  apiPort: option(port().default(8080), {
    group: 'Network',
    value: 'port',
    description: 'Port of the REST API, the feed and the dashboard (0: any free one)',
  }),
  mqttHost: option(text('a host name or address').default('0.0.0.0'), {
    group: 'Network',
    value: 'host',
    description: 'Address on which the MQTT broker listens',
  }),
  mqttPort: option(port().default(1883), {
    group: 'Network',
    value: 'port',
    description: 'Port of the MQTT broker (0: any free one)',
  }),
  announce: option(z.enum(['on', 'off'], { error: 'must be on or off' }).default('on'), {
    group: 'Network',
    value: 'on|off',
    description:
      'Say on the local network (mDNS) where the dashboard and the broker are; never what listens on loopback only',
  }),
  trustProxy: option(proxyList().optional(), {
    group: 'Network',
    value: 'proxies',
    bareValue: 'loopback',
    description:
      'Believe X-Forwarded-* of these reverse proxies: loopback, addresses, subnets or a hop count',
  }),
  allowedOrigin: option(originList().default([]), {
    group: 'Network',
    value: 'origin',
    repeatable: true,
    description: 'Foreign web origin that may call the API and the feed from a browser (repeatable)',
  }),
  dataDir: option(text('a folder').default('data'), {
    group: 'Storage',
    value: 'folder',
    description: 'Folder of the database, the settings file and generated secrets',
  }),
  dbPath: option(text('a file').optional(), {
    group: 'Storage',
    value: 'file',
    description: 'SQLite database file (default: marketplace.db in the data folder)',
  }),
  ledgerCheckSchedule: option(cronExpression().default('0 4 * * *'), {
    group: 'Storage',
    value: 'cron',
    description:
      "When the platform proves its ledger: minute, hour, day, month, weekday in the machine's time zone, @daily, @weekly, or off",
  }),
  backupDir: option(text('a folder').optional(), {
    group: 'Backups',
    value: 'folder',
    description: 'Folder of the backups; better on another disk (default: backups in the data folder)',
  }),
  backupSchedule: option(cronExpression().default('0 2 * * *'), {
    group: 'Backups',
    value: 'cron',
    description:
      "When to make backups: minute, hour, day, month, weekday in the machine's time zone, @daily, @weekly, or off",
  }),
  backupKeepDaily: option(wholeNumber(0, 3650).default(7), {
    group: 'Backups',
    value: 'days',
    description: 'Scheduled backups to keep: the newest of each of so many days',
  }),
  backupKeepWeekly: option(wholeNumber(0, 520).default(4), {
    group: 'Backups',
    value: 'weeks',
    description: 'Scheduled backups to keep beside: the newest of each of so many weeks',
  }),
  access: option(
    z.enum(accessModes, { error: `must be one of ${accessModes.join(', ')}` }).default('standard'),
    {
      group: 'Security',
      value: accessModes.join('|'),
      description:
        'Who may do what: open (trusted network only), standard, or strict (nothing without credentials)',
    },
  ),
  jwtSecret: option(
    z.string().min(minSecretLength, `must have at least ${minSecretLength} characters`).optional(),
    {
      group: 'Security',
      value: 'secret',
      secret: true,
      description: 'Secret that signs sign-in tokens',
    },
  ),
  jwtSecretFile: option(text('a file').optional(), {
    group: 'Security',
    value: 'file',
    description: 'File that holds the secret that signs sign-in tokens',
  }),
  adminKey: option(
    z
      .string()
      .trim()
      .min(minSecretLength, `must have at least ${minSecretLength} characters`)
      .refine((key) => key !== publicAdminKey, 'must not be the key that everybody knows')
      .optional(),
    {
      group: 'Security',
      value: 'key',
      secret: true,
      description: "The operator's key, instead of the one that the first start generates",
    },
  ),
  adminKeyFile: option(text('a file').optional(), {
    group: 'Security',
    value: 'file',
    description: "File that holds the operator's key",
  }),
  signInMaxPerMin: option(wholeNumber(1, 1_000_000).default(30), {
    group: 'Limits',
    value: 'count',
    description: 'Sign-in calls of one address in a minute; one more is answered with 429',
  }),
  verify: option(z.enum(verifyModes, { error: `must be one of ${verifyModes.join(', ')}` }).default('pow'), {
    group: 'Mining',
    value: verifyModes.join('|'),
    description: 'Blocks need a proof of work that is computed again here (pow), or are believed (off)',
  }),
  difficulty: option(wholeNumber(8, 1_048_576).optional(), {
    group: 'Mining',
    value: 'KiB',
    description:
      "Least memory cost of a proof, and the chain simulator's fixed difficulty: the network's, for miners of the network " +
      "(default: the simulator's own; without it 100, the lowest of the network)",
  }),
  xuniWindow: option(z.enum(['on', 'off'], { error: 'must be on or off' }).optional(), {
    group: 'Mining',
    value: 'on|off',
    description:
      'Take xuni blocks only from minute 55 to 5 of an hour (default: proofs on, chain simulator off)',
  }),
  blockMarker: option(
    z
      .string()
      .max(64, 'must have at most 64 characters')
      .regex(/^[A-Za-z0-9+/]*$/, 'may hold only A-Z a-z 0-9 + /')
      .default(''),
    {
      group: 'Mining',
      value: 'text',
      description: 'Marker that makes a hash a block, for tests (default: XEN11)',
    },
  ),
  noChain: option(toggle().default(false), {
    group: 'Mining',
    description: 'Run without the embedded chain simulator',
  }),
  simulate: option(wholeNumber(0, simulatorLimits.workers.max).default(0), {
    group: 'Mining',
    value: 'count',
    description: 'Simulated workers that start with the platform and mine for nobody (0: none)',
  }),
  mqttMaxConnections: option(wholeNumber(1, 1_000_000).default(10_000), {
    group: 'Limits',
    value: 'count',
    description: 'MQTT connections at the same time; one more is closed at once',
  }),
  mqttMaxPacketBytes: option(wholeNumber(1024, 268_435_455).default(65_536), {
    group: 'Limits',
    value: 'bytes',
    description: 'Largest MQTT packet; a larger one ends its connection',
  }),
  mqttMaxTopicLevels: option(wholeNumber(3, 100).default(10), {
    group: 'Limits',
    value: 'levels',
    description: 'Deepest MQTT topic; a deeper one ends its connection',
  }),
  mqttConnectTimeoutSec: option(wholeNumber(1, 3600).default(10), {
    group: 'Limits',
    value: 'seconds',
    description: 'Time that a connection has to send its CONNECT packet',
  }),
  mqttMaxQueueBytes: option(wholeNumber(16_384, 1_073_741_824).default(1_048_576), {
    group: 'Limits',
    value: 'bytes',
    description: 'Unsent bytes kept for one MQTT client; past that it is disconnected',
  }),
  mqttMaxMessagesPerSec: option(wholeNumber(1, 1_000_000).default(200), {
    group: 'Limits',
    value: 'count',
    description: 'Messages per second of one MQTT client; past that the sender has to wait',
  }),
  mqttMaxRetained: option(wholeNumber(0, 10_000_000).default(50_000), {
    group: 'Limits',
    value: 'count',
    description: 'Topics with a retained message; past that new ones are not retained',
  }),
  maxWorkers: option(wholeNumber(1, 1_000_000).default(20_000), {
    group: 'Limits',
    value: 'count',
    description: 'Registered workers; past that a new one is refused',
  }),
  wsMaxClients: option(wholeNumber(1, 100_000).default(200), {
    group: 'Limits',
    value: 'count',
    description: 'Clients of the live feed; one more is closed with 1013',
  }),
  wsMaxQueueBytes: option(wholeNumber(65_536, 1_073_741_824).default(8_388_608), {
    group: 'Limits',
    value: 'bytes',
    description: 'Unsent bytes kept for one feed client; past that it is disconnected',
  }),
  httpMaxBodyBytes: option(wholeNumber(1024, 268_435_456).default(262_144), {
    group: 'Limits',
    value: 'bytes',
    description: 'Largest request body; a larger one is answered with 413',
  }),
  logLevel: option(logLevelList().default('info'), {
    group: 'Logging',
    value: 'level',
    description: 'Log level, and levels of single modules: info,broker=debug',
  }),
  logFormat: option(z.enum(['text', 'json'], { error: 'must be text or json' }).default('text'), {
    group: 'Logging',
    value: 'text|json',
    description: 'Log lines for people, or one JSON object a line',
  }),
  headless: option(toggle().default(false), {
    group: 'Program',
    description: 'Run without a window, as a server',
  }),
});

/** All settings, validated, with defaults filled in. */
export type Config = z.infer<typeof configSchema>;
export type ConfigKey = keyof typeof configSchema.shape;

/** Where a value came from; the first that has one wins over those behind it. */
export const settingOrigins = ['flag', 'environment', 'file', 'default'] as const;
export type SettingOrigin = (typeof settingOrigins)[number];

/** One setting with everything that the command line, the environment and `--help` need. */
export interface ConfigOption extends OptionInfo {
  readonly key: ConfigKey;
  readonly flag: string;
  readonly environmentName: string;
  readonly schema: z.ZodType;
  /** As `--help` shows it; empty when there is nothing to show. */
  readonly defaultText: string;
}

function toDefaultText(value: unknown): string {
  return typeof value === 'number' || typeof value === 'string' ? String(value) : '';
}

/** All settings in the order of the schema. */
export const configOptions: readonly ConfigOption[] = Object.entries(configSchema.shape).map(
  ([key, schema]) => {
    const info = optionRegistry.get(schema);
    if (!info) throw new Error(`setting ${key} has no description`);
    const words = key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
    return {
      ...info,
      key: key as ConfigKey,
      flag: `--${words}`,
      environmentName: `XENBLOCKS_${words.replaceAll('-', '_').toUpperCase()}`,
      schema,
      defaultText: toDefaultText(schema.safeParse(undefined).data),
    };
  },
);

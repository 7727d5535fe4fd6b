/**
 * What miners say (mqtt.md, Miner to platform). Unknown fields are ignored, because newer miners add some, and so
 * is `timestamp`, because the platform's clock decides. A field that is null is absent. Known fields of the wrong
 * type or out of bounds are refused; counts may come as fractions and are rounded.
 */
import { z } from 'zod';
import { workerStates } from '../domain/worker.ts';
import { workerIdMaxLength, type MinerMessageType } from './topics.ts';

const workerId = z.string().min(1).max(workerIdMaxLength).optional();
const count = (max = Number.MAX_SAFE_INTEGER) => z.number().min(0).max(max).transform(Math.round);
/** H/s; the bound keeps sums over a fleet exact and finite. */
const hashrate = z.number().min(0).max(1e15);

/** Text that comes back from the database as it was: SQLite ends a text at NUL and has no half surrogate pairs. */
const text = (maxLength: number) =>
  z
    .string()
    .max(maxLength)
    .refine(
      (value) => value.isWellFormed() && !value.includes('\0'),
      'must not hold NUL or half a surrogate pair',
    );
const shortText = text(256);

/** `0x` and 40 hex digits. */
export const ethAddressPattern = /^0x[0-9a-f]{40}$/i;

/**
 * The earlier platform's fleet simulator registers with `0x` and 32 hex digits (a UUID). Such a worker is let in
 * like one without an address.
 */
const simulatorAddressPattern = /^0x[0-9a-f]{32}$/i;

const ethAddress = z
  .string()
  .refine(
    (value) => value === '' || ethAddressPattern.test(value) || simulatorAddressPattern.test(value),
    'must be 0x and 40 hex digits',
  );

const gpu = z.object({
  index: count(1023).optional(),
  name: shortText.default(''),
  memory_gb: z.number().min(0).max(1e6).default(0),
  bus_id: z.union([z.number(), shortText]).default(0),
});

const registerSchema = z.object({
  worker_id: workerId,
  eth_address: ethAddress.default(''),
  gpu_count: count(1024).optional(),
  total_memory_gb: z.number().min(0).max(1e7).optional(),
  gpus: z.array(gpu).max(1024).default([]),
  version: shortText.default(''),
});

const heartbeatSchema = z.object({
  worker_id: workerId,
  hashrate,
  active_gpus: count(1024).default(0),
  accepted_blocks: count().default(0),
  difficulty: count().default(0),
  uptime_sec: z.number().min(0).max(1e12).default(0),
  address: shortText.optional(),
  prefix: shortText.optional(),
  block_pattern: shortText.optional(),
});

const state = z
  .string()
  .transform((value) => (value.toLowerCase() === 'offline' ? 'offline' : value.toUpperCase()))
  .pipe(z.enum(workerStates));

/**
 * Both shapes: `state` of a miner that speaks, `status` of the Last Will. A miner that stops says `state` offline
 * first, and then the object of its will: the first of the two tells a goodbye from a power cut.
 */
const statusSchema = z
  .object({
    worker_id: workerId,
    state: state.optional(),
    status: state.optional(),
    lease_id: shortText.optional(),
    detail: text(1024).optional(),
  })
  .transform((message, context) => {
    const reported = message.state ?? message.status;
    if (reported === undefined) {
      context.addIssue({ code: 'custom', path: ['state'], message: 'is missing' });
      return z.NEVER;
    }
    return {
      worker_id: message.worker_id,
      state: reported,
      is_goodbye: message.state === 'offline',
      lease_id: message.lease_id ?? '',
      detail: message.detail ?? '',
    };
  });

/** A count that may come as text; past what a number holds exactly it is only a great many. */
export const attemptsSchema = z
  .union([
    z.number().min(0),
    z
      .string()
      .regex(/^\d{1,30}$/)
      .transform(Number),
  ])
  .transform((value) => Math.min(Math.round(value), Number.MAX_SAFE_INTEGER));

const blockSchema = z.object({
  worker_id: workerId,
  lease_id: shortText.default(''),
  hash: text(1024).min(1),
  key: z.string().regex(/^[0-9a-f]{64,1024}$/i, 'must be 64 to 1024 hex digits'),
  account: text(128).default(''),
  attempts: attemptsSchema.default(0),
  hashrate: z.union([shortText, hashrate.transform((value) => value.toFixed(2))]).default('0.00'),
});

/** The schema of each message type that a miner publishes. */
export const minerMessageSchemas = {
  register: registerSchema,
  heartbeat: heartbeatSchema,
  status: statusSchema,
  block: blockSchema,
} as const satisfies Record<MinerMessageType, z.ZodType>;

/** The validated payload of each message type. */
export type MinerMessages = { [Type in MinerMessageType]: z.infer<(typeof minerMessageSchemas)[Type]> };

/** What a miner writes, by message type. */
export type MinerReports = { [Type in MinerMessageType]: z.input<(typeof minerMessageSchemas)[Type]> };

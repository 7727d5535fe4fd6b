import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { defaultBlockMarker } from '../../contract/domain/block-probability.ts';
import { blockReasons } from '../../contract/domain/block.ts';
import { proofMemoryLimitKib } from '../../contract/domain/proof.ts';
import { explainProof, type ProofExplanation, type Receipt } from '../../platform/features/proof/index.ts';
import { messageOf } from '../../platform/kernel/app-error.ts';
import { defineCommand, exitCodes, print, UsageError } from './command.ts';

/** Least memory of Argon2: the command does not know the difficulty of the network at the time. */
const anyDifficultyKib = 8;

/** A receipt as a file: a block as the API shows it will do. Other fields are of no matter. */
const receiptSchema = z.object({
  key: z.string(),
  hash: z.string(),
  account: z.string().default(''),
  prefix: z.string().default(''),
  lease_id: z.string().default(''),
  /** Unix seconds. */
  timestamp: z.number().optional(),
});
type ReceiptFile = z.infer<typeof receiptSchema>;

function readReceipt(path: string): ReceiptFile {
  let content: unknown;
  try {
    content = JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    throw new UsageError(`--file: ${path} is not a JSON file that can be read: ${messageOf(error)}`);
  }
  const parsed = receiptSchema.safeParse(content);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map(({ path: field, message }) => `${field.join('.')}: ${message}`);
  throw new UsageError(`--file: ${path} is no receipt: ${problems.join('; ')}`);
}

const marks = { ok: 'ok   ', wrong: 'WRONG', not_checked: '-    ' } as const;

function toText({ proven, reason, type, account, checks }: ProofExplanation): string {
  const lines = checks.map(({ check, outcome, detail }) => `${marks[outcome]}  ${check.padEnd(8)}${detail}`);
  const owner = account === '' ? 'of no account' : `of ${account}`;
  const conclusion = proven
    ? `Proven: a ${type} block ${owner}.${reason === '' ? '' : ` (${reason})`}`
    : `NOT proven: ${reason}: ${blockReasons[reason]}.`;
  return [...lines, conclusion].join('\n');
}

function toJson({ proven, reason, type, account, checks }: ProofExplanation): string {
  return JSON.stringify({ proven, reason, meaning: blockReasons[reason], block_type: type, account, checks });
}

export const verifyBlockCommand = defineCommand({
  name: 'verify-block',
  summary: 'Compute the proof of work of a block again',
  description:
    'Needs no platform, no database and no network: give the key and the hash of a block, or a receipt, and see\n' +
    'what is right with it and what is not. With a prefix the block is one of a lease.',
  settings: [],
  flags: {
    key: { value: 'hex', description: 'Key of the block, exactly as it was reported' },
    hash: { value: 'phc', description: 'Hash of the block: the whole $argon2id$… string (quote it)' },
    account: { value: 'address', description: 'Account that it has to be of; absent: whoever the salt says' },
    prefix: { value: 'hex', description: 'Prefix of the lease with which the key has to begin' },
    file: { value: 'file', description: 'JSON file with key, hash, account, prefix, lease_id and timestamp' },
    marker: { value: 'text', description: `Text that makes a hash a block (default: ${defaultBlockMarker})` },
    difficulty: {
      value: 'KiB',
      description: `Least memory cost (default: ${anyDifficultyKib}, the least that Argon2 knows)`,
    },
    time: {
      value: 'seconds',
      description: 'Unix time of its arrival, to check the window of xuni blocks (default: not checked)',
    },
    json: { description: 'Print the checks as JSON' },
  },
  failure: 'not proven',
  async run(input) {
    const flag = (name: Parameters<typeof input.flag>[0]) => input.flag(name);
    const path = flag('file');
    const file = path === undefined ? undefined : readReceipt(path);
    const key = flag('key') ?? file?.key;
    const hash = flag('hash') ?? file?.hash;
    if (key === undefined || hash === undefined)
      throw new UsageError('--key and --hash, or --file, are needed');
    const prefix = flag('prefix') ?? file?.prefix ?? '';
    const timeSec = input.number('time', { min: 0, max: 1e11 }) ?? file?.timestamp;
    const receipt: Receipt = {
      key,
      hash,
      prefix,
      account: flag('account') ?? file?.account ?? '',
      isLeased: prefix !== '' || (file !== undefined && file.lease_id !== ''),
      arrivedAtMs: timeSec === undefined ? undefined : timeSec * 1000,
    };
    const memoryBounds = { min: anyDifficultyKib, max: proofMemoryLimitKib };
    const explanation = await explainProof(receipt, {
      marker: flag('marker') ?? defaultBlockMarker,
      minMemoryKib: input.number('difficulty', memoryBounds) ?? anyDifficultyKib,
      maxMemoryKib: proofMemoryLimitKib,
      hasXuniWindow: true,
    });
    print(flag('json') === undefined ? toText(explanation) : toJson(explanation));
    return explanation.proven ? exitCodes.done : exitCodes.failed;
  },
});

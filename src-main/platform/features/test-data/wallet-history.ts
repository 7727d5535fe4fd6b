/** What was seen of the wallets, hour by hour. */
import { hourMs, type WalletSample } from '../wallet/index.ts';
import { Presence } from './presence.ts';
import type { RigCalendar } from './rig-calendar.ts';
import type { Wallet } from './rigs.ts';
import type { Setting } from './test-data-size.ts';

const sampleEveryMs = 30_000;

/** Instead of all samples of an hour so many are looked at, evenly spread. */
const looksPerHour = 4;

interface Sum {
  readonly hashrates: number[];
  workersOnline: number;
  totalWorkers: number;
}

/** The samples of one hour after the other. */
export function* walletSamples(
  { startMs, endMs }: Setting,
  calendars: readonly RigCalendar[],
): Generator<WalletSample[]> {
  const rigs = calendars.map((calendar) => ({ ...calendar, presence: new Presence(calendar) }));
  for (let hourStartMs = Math.floor(startMs / hourMs) * hourMs; hourStartMs < endMs; hourStartMs += hourMs) {
    const fromMs = Math.max(hourStartMs, startMs);
    const toMs = Math.min(hourStartMs + hourMs, endMs);
    const sums = new Map<Wallet, Sum>();
    const looks = Array.from(
      { length: looksPerHour },
      (_, look) => fromMs + ((look + 0.5) * (toMs - fromMs)) / looksPerHour,
    );
    for (const { rig, presence } of rigs) {
      if (rig.registeredAtMs >= toMs) continue;
      const sum = sums.get(rig.wallet) ?? {
        hashrates: looks.map(() => 0),
        workersOnline: 0,
        totalWorkers: 0,
      };
      sums.set(rig.wallet, sum);
      sum.totalWorkers += 1;
      let wasOnline = false;
      for (const [look, timeMs] of looks.entries()) {
        if (!presence.isOnline(timeMs)) continue;
        wasOnline = true;
        sum.hashrates[look] = (sum.hashrates[look] ?? 0) + rig.curve.at(timeMs);
      }
      if (wasOnline) sum.workersOnline += 1;
    }
    yield [...sums].flatMap(([wallet, sum]) => toSample(wallet, sum, looks, hourStartMs, toMs));
  }
}

function toSample(
  wallet: Wallet,
  { hashrates, workersOnline, totalWorkers }: Sum,
  looks: readonly number[],
  hourStartMs: number,
  toMs: number,
): WalletSample[] {
  const { address, createdAtMs } = wallet;
  const counted = hashrates.filter((_, look) => (looks[look] ?? 0) >= createdAtMs);
  const samples = Math.floor((toMs - Math.max(hourStartMs, createdAtMs)) / sampleEveryMs);
  if (counted.length === 0 || samples <= 0) return [];
  const peakHashrate = Math.max(...counted);
  return [
    {
      address: address.toLowerCase(),
      hourStartMs,
      hashrateSum: (counted.reduce((total, hashrate) => total + hashrate, 0) / counted.length) * samples,
      samples,
      peakHashrate,
      peakAtMs: Math.floor(looks[hashrates.lastIndexOf(peakHashrate)] ?? hourStartMs),
      workersOnline,
      totalWorkers,
      firstSeenMs: createdAtMs,
    },
  ];
}

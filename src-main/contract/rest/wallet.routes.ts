/** rest.md, Provider and wallet: the figures of a wallet that signed in. */
import { z } from 'zod';
import { defineRoute } from './define-route.ts';

export const walletPeriods = ['24h', '7d', '30d'] as const;
export type WalletPeriod = (typeof walletPeriods)[number];

const address = z.string().meta({ description: 'EIP-55 form' });
const totalBlocks = z.number().meta({
  description:
    'All time: self-mined by the workers of the address, and found by them for renters; only what counts',
});
const totalEarnings = z.number().meta({ description: 'All time: payouts of settled leases, in credits' });
const peakHashrate = z.number().meta({ description: 'Highest sum of its workers at once, H/s' });

export const walletPointSchema = z
  .object({
    timestamp: z.number().meta({ description: 'Start of the hour, or of the day (UTC)' }),
    hashrate: z.number().meta({ description: 'Mean of the samples, H/s' }),
    workers_online: z.number().meta({ description: 'The most at once' }),
    total_workers: z.number(),
    blocks: z.number(),
    cumulative_blocks: z.number().meta({ description: 'All blocks up to the end of it' }),
    earnings: z.number(),
  })
  .meta({ id: 'WalletPoint' });
export type WalletPoint = z.infer<typeof walletPointSchema>;

export const walletHistoryRoute = defineRoute({
  method: 'get',
  path: '/api/wallet/history',
  tag: 'Wallet',
  summary: 'A wallet over time: hourly, and daily what is older than seven days; at most 191 points',
  access: 'wallet',
  query: z.object({
    period: z.enum(walletPeriods, { error: `must be one of ${walletPeriods.join(', ')}` }).default('30d'),
  }),
  response: z.object({
    address,
    period: z.enum(walletPeriods),
    count: z.number(),
    data: z.array(walletPointSchema),
  }),
});

export const walletAchievementsRoute = defineRoute({
  method: 'get',
  path: '/api/wallet/achievements',
  tag: 'Wallet',
  summary: 'What a wallet reached, all time',
  access: 'wallet',
  response: z
    .object({
      address,
      current_hashrate: z.number(),
      online_workers: z.number(),
      total_workers: z.number(),
      total_blocks: totalBlocks,
      peak_hashrate: peakHashrate,
      total_earnings: totalEarnings,
      mining_days: z.number().meta({ description: 'Days (UTC) with a hashrate' }),
      first_seen: z
        .number()
        .meta({ description: 'When its first worker registered; before that, when its account was opened' }),
    })
    .meta({ id: 'WalletAchievements' }),
});

export const walletStatsRoute = defineRoute({
  method: 'get',
  path: '/api/wallet/stats',
  tag: 'Wallet',
  summary: 'A wallet now',
  access: 'wallet',
  response: z
    .object({
      address,
      online_workers: z.number(),
      total_workers: z.number(),
      total_hashrate: z.number().meta({ description: 'Of the workers that are online' }),
      total_gpus: z.number(),
      total_blocks: totalBlocks,
      total_earnings: totalEarnings,
    })
    .meta({ id: 'WalletStats' }),
});

export const walletShareRoute = defineRoute({
  method: 'get',
  path: '/api/wallet/share',
  tag: 'Wallet',
  summary: 'Figures of a wallet to show to others',
  access: 'wallet',
  response: z
    .object({
      address: z.string().meta({ description: 'Shortened: 0x1234...abcd' }),
      full_address: address,
      total_blocks: totalBlocks,
      peak_hashrate: peakHashrate,
      total_earnings: totalEarnings,
      mining_hours: z.number().meta({ description: 'Hours with a hashrate' }),
      worker_count: z.number(),
      generated_at: z.number(),
    })
    .meta({ id: 'WalletShare' }),
});

import { unknownRates } from '../../src-main/contract/domain/earnings.ts';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ok, newWallet, admin } from './accounts.ts';
import { renterAddress } from './renting.ts';
import { alertSamples } from './alert-samples.ts';
import { madeBackup } from './backups.ts';
import type { Cast } from './cast.ts';
import { tagSamples } from './tag-samples.ts';
import { templateSamples } from './template-samples.ts';
import { TestMiner } from './test-miner.ts';

/** What a call of a route needs to be a valid call about real things. */
export interface Sample {
  readonly params?: Readonly<Record<string, string>>;
  readonly query?: string;
  readonly body?: Readonly<Record<string, unknown>>;
  /** The account that may, where the thing is named in the body and the handler looks at it. */
  readonly ownerInside?: string;
  /** Under strict access only admins may, whatever the route says. */
  readonly adminsUnderStrict?: boolean;
}

export type MakeSample = (cast: Cast) => Sample | Promise<Sample>;

const ofRenter: MakeSample = () => ({ params: { account_id: 'renter' } });
const ofWorker: MakeSample = () => ({ params: { worker_id: 'rig-a' } });
const pricing: MakeSample = () => ({
  params: { worker_id: 'rig-a' },
  body: { price_per_min: 0.7, min_duration_sec: 60, max_duration_sec: 7200 },
});
const renting: MakeSample = async (cast) => {
  await cast.endLeases();
  return { body: { worker_id: 'rig-b', duration_sec: 600, consumer_address: renterAddress } };
};
const stopping: MakeSample = async (cast) => ({ body: { lease_id: await cast.freshLease() } });
const ofProvider: MakeSample = ({ accounts }) => ({ query: `provider_id=${accounts.wallet}` });
const ofCredentials: MakeSample = async ({ platform }) => {
  await ok(platform, 'POST', '/api/workers/rig-c/credentials', { who: admin(platform) });
  return { params: { worker_id: 'rig-c' } };
};
const ofBackup: MakeSample = async ({ platform }) => ({ params: { name: await madeBackup(platform) } });
const stopSimulator = (platform: Cast['platform']) =>
  ok(platform, 'POST', '/api/admin/simulator/stop', { who: admin(platform) });
const setConfig = { action: 'set_config', config: { difficulty: 1727 } };

const settingsFile = ({ dataDir }: Cast['platform']) => join(dataDir, 'settings.json');

let opened = 0;

/** Every route that takes something in its path, its body, or has a parameter that must be given. */
export const routeSamples: Readonly<Record<string, MakeSample>> = {
  'get /api/auth/nonce': () => ({ query: `address=${newWallet().address}` }),
  'post /api/auth/verify': async ({ platform }) => {
    const wallet = newWallet();
    const path = `/api/auth/nonce?address=${wallet.address}`;
    const { nonce, message } = await ok<{ nonce: string; message: string }>(platform, 'GET', path);
    return { body: { address: wallet.address, nonce, signature: await wallet.signMessage({ message }) } };
  },
  'post /api/auth/session/one-time': ({ platform }) => ({
    body: { token: platform.platform.operatorSignIn() },
  }),
  'post /api/auth/register': () => ({
    body: { account_id: `newcomer-${(opened += 1)}`, role: 'consumer' },
    adminsUnderStrict: true,
  }),
  'post /api/auth/login': ({ callers }) => ({
    body: { account_id: 'renter', api_key: callers.consumer.key ?? '' },
  }),
  'get /api/accounts/{account_id}/balance': ofRenter,
  'post /api/accounts/{account_id}/deposit': () => ({
    params: { account_id: 'renter' },
    body: { amount: 1 },
  }),
  'post /api/accounts/{account_id}/withdraw': () => ({
    params: { account_id: 'renter' },
    body: { amount: 0.5, eth_address: renterAddress },
  }),
  'post /api/accounts/{account_id}/transfer': () => ({
    params: { account_id: 'renter' },
    body: { to: 'renter-2', amount: 0.5 },
  }),
  'delete /api/accounts/{account_id}': ofRenter,
  'get /api/accounts/{account_id}/transactions': ofRenter,
  'get /api/accounts/{account_id}/transactions.csv': ofRenter,
  'get /api/accounts/{account_id}/keys': ofRenter,
  'post /api/accounts/{account_id}/keys': () => ({
    params: { account_id: 'renter' },
    body: { label: 'spare', expires_in_sec: 60 },
  }),
  'delete /api/accounts/{account_id}/keys/{key_id}': async ({ platform }) => {
    const made = await ok<{ key_id: string }>(platform, 'POST', '/api/accounts/renter/keys', {
      body: { label: 'to be revoked', expires_in_sec: 60 },
      who: admin(platform),
    });
    return { params: { account_id: 'renter', key_id: made.key_id } };
  },
  'get /api/workers/{worker_id}': ofWorker,
  'get /api/workers/{worker_id}/timeline': ofWorker,
  'get /api/blocks/{block_id}': async ({ platform, miner }) => {
    await miner.block();
    const blocks = await ok<{ block_id: number }[]>(platform, 'GET', '/api/monitoring/blocks/recent', {
      who: admin(platform),
    });
    return { params: { block_id: String(blocks[0]?.block_id) } };
  },
  'get /api/workers/{worker_id}/pricing': ofWorker,
  'get /api/workers/{worker_id}/pricing/suggest': ofWorker,
  'get /api/workers/{worker_id}/reputation': ofWorker,
  'put /api/workers/{worker_id}/pricing': pricing,
  'put /api/provider/workers/{worker_id}/pricing': pricing,
  'get /api/marketplace/estimate': () => ({ query: 'duration_sec=600' }),
  'post /api/rent': renting,
  'post /api/rental/start': renting,
  'post /api/stop': stopping,
  'post /api/rental/stop': stopping,
  'get /api/leases/{lease_id}': async (cast) => ({ params: { lease_id: await cast.freshLease() } }),
  'get /api/provider/dashboard': ofProvider,
  'get /api/provider/earnings': ofProvider,
  'get /api/earnings': ofProvider,
  'get /api/earnings.csv': ofProvider,
  'get /api/earnings/rates': ofProvider,
  'put /api/earnings/rates': ({ accounts }) => ({
    query: `provider_id=${accounts.wallet}`,
    body: unknownRates,
  }),
  'get /api/provider/earnings/daily': ofProvider,
  'get /api/provider/earnings.csv': ofProvider,
  'get /api/provider/workers': ofProvider,
  'get /api/workers/{worker_id}/credentials': ofCredentials,
  'post /api/workers/{worker_id}/credentials': ofCredentials,
  'delete /api/workers/{worker_id}/credentials': ofCredentials,
  'post /api/workers/{worker_id}/control': () => ({ params: { worker_id: 'rig-a' }, body: setConfig }),
  'post /api/control/broadcast': () => ({ body: setConfig }),
  'post /api/control/commands': ({ accounts }) => ({
    body: { ...setConfig, worker_ids: ['rig-a'] },
    ownerInside: accounts.wallet,
  }),
  'get /api/control/commands/{command_id}': ({ commandId }) => ({ params: { command_id: commandId } }),
  ...templateSamples,
  'post /api/wallet/workers/{worker_id}/command': () => ({
    params: { worker_id: 'rig-a' },
    body: { command: 'list', params: {} },
  }),
  'post /api/admin/simulator/start': async ({ platform }) => {
    await stopSimulator(platform);
    return { body: { workers: 1, heartbeat_interval: 60, block_interval: 86_400 } };
  },
  'post /api/admin/simulator/stop': async ({ platform }) => {
    await stopSimulator(platform);
    return {};
  },
  'post /verify': () => ({
    body: {
      hash_to_verify: `XEN11${'0'.repeat(60)}`,
      key: 'ab'.repeat(32),
      account: renterAddress,
      attempts: '1',
      hashes_per_second: '1.00',
      worker: '1',
    },
  }),
  'post /send_pow': () => ({
    body: { account_address: renterAddress, block_id: 1, merkle_root: 'ab' },
  }),
  'get /api/admin/backups/{name}/download': ofBackup,
  'post /api/admin/backups/{name}/verify': ofBackup,
  'delete /api/admin/backups/{name}': ofBackup,
  'post /api/admin/backups/{name}/restore': () => ({ params: { name: 'xenblocks-20000101-000000.db' } }),
  'get /api/admin/help/worker-visibility': () => ({ query: 'worker_id=rig-a' }),
  'get /api/admin/help/port': () => ({ query: 'port=65535' }),
  'delete /api/admin/clients/{client_id}': async ({ platform }) => {
    const clientId = `tool-${(opened += 1)}`;
    const client = { username: 'operator', password: admin(platform).key ?? '' };
    await TestMiner.connect({ workerId: clientId, clientId, mqttUrl: platform.mqttUrl, will: false, client });
    return { params: { client_id: clientId } };
  },
  'put /api/admin/settings': ({ platform }) => {
    rmSync(settingsFile(platform), { force: true });
    return { body: { changes: { backupKeepDaily: 8 } } };
  },
  // A restart in the middle of the calls would end them: with these settings none begins.
  'post /api/admin/restart': ({ platform }) => {
    writeFileSync(settingsFile(platform), '{"maxWorkers": 0}');
    return {};
  },
  ...alertSamples,
  ...tagSamples,
  'get /balance/{address}': () => ({ params: { address: renterAddress } }),
};

/** The path of a call with its parameters. */
export function pathOf(path: string, { params = {}, query }: Pick<Sample, 'params' | 'query'>): string {
  const filled = path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(params[name] ?? ''));
  return query === undefined ? filled : `${filled}?${query}`;
}

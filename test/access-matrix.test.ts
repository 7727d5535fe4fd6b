import { describe, expect, test } from 'vitest';
import { accessModes, type AccessMode } from '../src-main/contract/config.ts';
import type { OwnedKind, RouteDefinition } from '../src-main/contract/rest/define-route.ts';
import { admin, call, ok } from './support/accounts.ts';
import { callerNames, startCast, type CallerName, type Cast } from './support/cast.ts';
import { readRows } from './support/platform-figures.ts';
import { rentBody } from './support/renting.ts';
import { pathOf, routeSamples, type Sample } from './support/route-samples.ts';

const nameOf = ({ method, path }: RouteDefinition) => `${method} ${path}`;

/** Roles as the contract has them; a wallet's account may do both. */
const roles: Readonly<Record<CallerName, 'none' | 'consumer' | 'provider' | 'wallet' | 'admin'>> = {
  anonymous: 'none',
  consumer: 'consumer',
  otherConsumer: 'consumer',
  provider: 'provider',
  otherProvider: 'provider',
  wallet: 'wallet',
  otherWallet: 'wallet',
  admin: 'admin',
};

const owners: Readonly<Record<OwnedKind, readonly CallerName[]>> = {
  account: ['consumer'],
  lease: ['consumer'],
  lease_party: ['consumer', 'provider', 'wallet'],
  worker: ['provider', 'wallet'],
  worker_name: ['provider', 'wallet'],
  provider: ['provider', 'wallet'],
  command: ['provider', 'wallet'],
};

type Verdict = 'allowed' | 401 | 403;

/** What the route's definition says of a caller (rest.md, the column "who"). */
function verdictOf(route: RouteDefinition, caller: CallerName, mode: AccessMode, sample: Sample): Verdict {
  const role = roles[caller];
  const isAnonymous = caller === 'anonymous';
  if (sample.adminsUnderStrict && mode === 'strict' && role !== 'admin') return isAnonymous ? 401 : 403;
  if (route.access === 'always') return 'allowed';
  if (isAnonymous) {
    if (route.access === 'public' && mode !== 'strict') return 'allowed';
    return route.openToAll && mode === 'open' ? 'allowed' : 401;
  }
  if (route.access === 'admin' && role !== 'admin') return 403;
  if (route.access === 'wallet' && role !== 'wallet') return 403;
  if (route.access === 'consumer' && role === 'provider') return 403;
  const { owner } = route;
  if (owner && role !== 'admin' && !owners[owner.kind].includes(caller)) return 403;
  const isOwnerInside = role === 'admin' || owners.worker.includes(caller);
  return sample.ownerInside !== undefined && !isOwnerInside ? 403 : 'allowed';
}

/** Calls that are let in and then not possible: the account has money, the hash is no proof … */
const worksForNobody = new Set([
  'delete /api/accounts/{account_id}',
  'post /verify',
  // Nothing was imported.
  'get /api/admin/import',
  // A restart in the middle of the calls would end them; the backup of the sample is none.
  'post /api/admin/backups/{name}/restore',
  'post /api/admin/restart',
]);

const needsSample = ({ params, body, query }: RouteDefinition) =>
  params !== undefined || body !== undefined || query?.safeParse({}).success === false;

async function sampleOf(route: RouteDefinition, cast: Cast): Promise<Sample> {
  const make = routeSamples[nameOf(route)];
  if (!make && needsSample(route)) throw new Error(`${nameOf(route)} has no entry in routeSamples`);
  return make ? await make(cast) : {};
}

async function answerOf(cast: Cast, route: RouteDefinition, caller: CallerName, sample: Sample) {
  const { status, body } = await call<unknown>(
    cast.platform,
    route.method.toUpperCase(),
    pathOf(route.path, sample),
    { who: cast.callers[caller], ...(sample.body === undefined ? {} : { body: sample.body }) },
  );
  return { status, text: typeof body === 'string' ? body : JSON.stringify(body) };
}

/** Money, terms, leases, keys, credentials and commands: all that a call might change. */
function stateOf({ platform, miner }: Cast): string {
  const queries = [
    'select account_id, role, eth_address, balance_micro, held_micro, closed_at_ms from accounts order by 1',
    'select worker_id, account_id, price_per_min_micro, min_duration_sec, max_duration_sec, listed from workers order by 1',
    'select lease_id, state, consumer_id, provider_id, held_micro from leases order by 1',
    'select key_id, account_id, revoked_at_ms from api_keys order by 1',
    'select * from worker_credentials order by 1',
    'select command_id, worker_id, action, issued_by from commands order by 1',
    'select * from worker_labels order by 1',
    'select * from tag_groups order by 1',
    'select view_id, account_id, settings from saved_views order by 1',
    'select count(*) from transactions',
    'select count(*) from postings',
    'select count(*) from settlements',
    'select count(*) from blocks',
    'select count(*) from chain_blocks',
  ];
  return JSON.stringify([queries.map((sql) => readRows(platform, sql)), miner.controls]);
}

describe.each(accessModes)('under %s access', (mode) => {
  test('every route lets in who may, and nobody else, and who may not changes nothing', async () => {
    const cast = await startCast(mode);
    const { routes } = cast.platform.platform;
    expect(routes.length).toBeGreaterThan(60);
    const wrong: string[] = [];
    for (const route of routes) {
      const sample = await sampleOf(route, cast);
      if (sample.body) expect(route.body?.safeParse(sample.body).success, nameOf(route)).toBe(true);
      const expected = callerNames.map((caller) => [caller, verdictOf(route, caller, mode, sample)] as const);
      let hasWorked = worksForNobody.has(nameOf(route));
      const compare = async (caller: CallerName, verdict: Verdict, given: Sample) => {
        const { status, text } = await answerOf(cast, route, caller, given);
        hasWorked ||= status === 200 || status === route.successStatus;
        const is = status === 401 || status === 403 ? status : 'allowed';
        // Miners read 500 as "not a block".
        const hasFailed = status >= 500 && !route.rpcErrors;
        if (is !== verdict || hasFailed)
          wrong.push(`${nameOf(route)} by ${caller}: ${status}, not ${verdict}: ${text.slice(0, 200)}`);
      };
      const before = stateOf(cast);
      for (const [caller, verdict] of expected)
        if (verdict !== 'allowed') await compare(caller, verdict, sample);
      if (stateOf(cast) !== before) wrong.push(`${nameOf(route)}: a refused call changed something`);
      for (const [caller, verdict] of expected)
        if (verdict === 'allowed') await compare(caller, verdict, await sampleOf(route, cast));
      if (!hasWorked) wrong.push(`${nameOf(route)}: worked for nobody: its sample is wrong`);
    }
    expect(wrong).toEqual([]);
  }, 120_000);

  test('what is listed for one account shows nothing of another', async () => {
    const cast = await startCast(mode);
    const leaseId = await cast.freshLease();
    const lists = cast.platform.platform.routes.filter(
      ({ method, access, path }) =>
        method === 'get' && ['signed_in', 'wallet'].includes(access) && !path.includes('{'),
    );
    expect(lists.length).toBeGreaterThan(6);
    const secrets = [leaseId, cast.commandId, '"renter"', cast.accounts.wallet, 'rig-a', 'rig-b'];
    for (const route of lists) {
      for (const caller of ['otherConsumer', 'otherProvider', 'otherWallet'] as const) {
        for (const query of route.path === '/api/leases' ? ['as=consumer', 'as=provider', ''] : ['']) {
          const { text } = await answerOf(cast, route, caller, { query });
          for (const secret of secrets)
            expect(text.toLowerCase(), `${route.path} for ${caller}`).not.toContain(secret);
        }
      }
    }
    const own = await call(cast.platform, 'GET', '/api/renter/leases', { who: cast.callers.consumer });
    expect(JSON.stringify(own.body)).toContain(leaseId);
  });

  test("nobody rents with another's money", async () => {
    const { platform, callers } = await startCast(mode);
    const money = () => ok(platform, 'GET', '/api/accounts/renter/balance', { who: admin(platform) });
    const before = await money();
    for (const caller of ['otherConsumer', 'otherWallet', 'wallet'] as const) {
      await call(platform, 'POST', '/api/rent', {
        body: { ...rentBody, worker_id: 'rig-b', consumer_id: 'renter' },
        who: callers[caller],
      });
      expect(await money()).toEqual(before);
    }
  });
});

test('every entry of the samples belongs to a route', async () => {
  const { platform } = await startCast('standard');
  const names = new Set(platform.platform.routes.map(nameOf));
  expect(Object.keys(routeSamples).filter((name) => !names.has(name))).toEqual([]);
});

import { expect, test } from 'vitest';
import { listenForMessages } from './support/alert-receiver.ts';
import { addWebhook, connectAll, incidents } from './support/alerts.ts';
import { believing, startTestPlatform } from './support/test-platform.ts';
import { waitFor } from './support/wait-for.ts';

const fleetSize = 1000;

test('1,000 workers that go dark at once are one incident within ten seconds, one message, and one when they are back', async () => {
  const platform = await startTestPlatform({ args: believing });
  const [first, second] = [await listenForMessages(), await listenForMessages()];
  await addWebhook(platform, first.url);
  await addWebhook(platform, second.url, { name: 'Second' });
  const miners = await connectAll(platform, fleetSize);
  const cutAtMs = performance.now();
  await Promise.all(miners.map((miner) => miner.pullPlug()));
  await first.next(1);
  const toldAfterMs = performance.now() - cutAtMs;
  expect(toldAfterMs).toBeLessThan(10_000);
  expect(first.messages[0]).toMatchObject({
    event: 'raised',
    count: '1000',
    title: '1,000 workers are offline',
  });
  expect(await incidents(platform)).toMatchObject([
    { kind: 'worker_offline', state: 'open', members_open: fleetSize },
  ]);

  await connectAll(platform, fleetSize);
  await first.next(2);
  await second.next(2);
  const events = (receiver: typeof first) => receiver.messages.map(({ event, total }) => [event, total]);
  expect(events(first)).toEqual([
    ['raised', '1000'],
    ['resolved', '1000'],
  ]);
  expect(events(second)).toEqual(events(first));
  await waitFor(async () => (await incidents(platform, 'state=resolved')).length === 1, 'its end');
  expect(await incidents(platform)).toHaveLength(1);
}, 180_000);

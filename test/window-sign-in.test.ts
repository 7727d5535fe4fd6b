import { describe, expect, test } from 'vitest';
import { admin, call, ok } from './support/accounts.ts';
import { cookieOf } from './support/browsers.ts';
import { ManualClock } from './support/manual-clock.ts';
import { startTestPlatform, type TestPlatform } from './support/test-platform.ts';

const path = '/api/auth/session';

describe('the one-time sign-in of a window', () => {
  const use = (platform: TestPlatform, token: string) =>
    call(platform, 'POST', `${path}/one-time`, { body: { token } });

  test("opens the operator's session, once", async () => {
    const platform = await startTestPlatform({ args: ['--access', 'strict'] });
    const token = platform.platform.operatorSignIn();
    expect(platform.platform.operatorSignIn()).not.toBe(token);
    const first = await use(platform, token);
    expect(first).toMatchObject({ status: 200, body: { account: { account_id: 'admin', role: 'admin' } } });
    const session = { cookie: cookieOf(first)!.pair };
    expect((await call(platform, 'GET', '/api/accounts', { headers: session })).status).toBe(200);
    expect((await use(platform, token)).status).toBe(401);
    expect((await use(platform, 'guess')).status).toBe(401);
    await ok(platform, 'POST', '/api/admin/key', { who: admin(platform) });
    expect((await call(platform, 'GET', '/api/accounts', { headers: session })).status).toBe(401);
  });

  test('is too old after a minute, and does not outlive a restart', async () => {
    const clock = new ManualClock();
    const platform = await startTestPlatform({ clock });
    const [inTime, late, stale] = [0, 0, 0].map(() => platform.platform.operatorSignIn());
    clock.jump(59_999);
    expect((await use(platform, inTime!)).status).toBe(200);
    clock.jump(1);
    expect((await use(platform, late!)).status).toBe(401);
    await platform.platform.restart();
    expect((await use(platform, stale!)).status).toBe(401);
    expect((await use(platform, platform.platform.operatorSignIn())).status).toBe(200);
  });
});

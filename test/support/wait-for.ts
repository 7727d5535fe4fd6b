import { setTimeout as delay } from 'node:timers/promises';

/**
 * Asks until the answer is given, for what no event tells. Fails after `timeoutMs` with the last reason.
 *
 * @param probe returns undefined, false or throws while the answer is not there yet
 */
export async function waitFor<Answer>(
  probe: () => Promise<Answer | undefined | false> | Answer | undefined | false,
  what: string,
  timeoutMs = 20_000,
): Promise<Answer> {
  const deadline = performance.now() + timeoutMs;
  let reason = 'no answer';
  while (performance.now() < deadline) {
    try {
      const answer = await probe();
      if (answer !== undefined && answer !== false) return answer;
    } catch (error) {
      reason = error instanceof Error ? error.message : String(error);
    }
    await delay(10);
  }
  throw new Error(`waited ${timeoutMs} ms for ${what}: ${reason}`);
}

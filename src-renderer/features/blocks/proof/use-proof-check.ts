/** A check of a proof under way in this browser, and what came of it. */
import { onScopeDispose, shallowRef } from 'vue';
import { checkProof, type ProofClaim, type ProofReport } from './check-proof.ts';
import { tagComputer } from './compute-tag.ts';

/** What is checked, and its outcome. */
export interface CheckedProof {
  readonly claim: ProofClaim;
  readonly report: ProofReport;
}

export function useProofCheck() {
  const checked = shallowRef<CheckedProof | undefined>();
  const error = shallowRef<Error | undefined>();
  const isRunning = shallowRef(false);
  let underWay: AbortController | undefined;

  /** Starts a check; one that is still under way is given up. */
  async function run(claim: ProofClaim): Promise<void> {
    clear();
    const controller = new AbortController();
    underWay = controller;
    isRunning.value = true;
    try {
      const report = await checkProof(claim, tagComputer(controller.signal));
      if (!controller.signal.aborted) checked.value = { claim, report };
    } catch (failure) {
      if (!controller.signal.aborted)
        error.value = failure instanceof Error ? failure : new Error(String(failure));
    } finally {
      if (underWay === controller) isRunning.value = false;
    }
  }

  /** Forgets what was checked: something else is asked. */
  function clear(): void {
    underWay?.abort();
    underWay = undefined;
    isRunning.value = false;
    checked.value = undefined;
    error.value = undefined;
  }
  onScopeDispose(clear);
  return { checked, error, isRunning, run, clear };
}

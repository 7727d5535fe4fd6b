/** What all workers say they mine with; asked for when somebody is about to change it. */
import { computed, type ComputedRef, type MaybeRefOrGetter } from 'vue';
import { workersRoute } from '../../../src-main/contract/rest/fleet.routes.ts';
import { useCall } from '../../api/query.ts';
import type { ReportedConfig } from './config-effect.ts';

/** By worker id; empty until it is known. */
export function useReportedConfig(
  enabled: MaybeRefOrGetter<boolean>,
): ComputedRef<ReadonlyMap<string, ReportedConfig>> {
  const { data } = useCall(workersRoute, undefined, { enabled });
  return computed(
    () =>
      new Map(
        (data.value ?? []).map((worker) => [
          worker.worker_id,
          {
            // Miners of today say the first only, and it is 0 before the first heartbeat.
            ...(worker.difficulty > 0 ? { difficulty: String(worker.difficulty) } : {}),
            // Who names its address names the rest, too: there empty means none.
            ...(worker.current_address === ''
              ? {}
              : {
                  address: worker.current_address,
                  prefix: worker.current_prefix,
                  block_pattern: worker.current_block_pattern,
                }),
          },
        ]),
      ),
  );
}

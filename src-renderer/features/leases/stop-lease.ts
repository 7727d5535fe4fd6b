/** Stopping a lease: asks with the cost of the moment, and tells what came of it. */
import { ref, type Ref } from 'vue';
import { toast } from 'vue-sonner';
import { leaseRoute, leasesRoute, stopRoute } from '../../../src-main/contract/rest/leases.routes.ts';
import { meRoute } from '../../../src-main/contract/rest/accounts.routes.ts';
import { call } from '../../api/call.ts';
import { invalidate } from '../../api/query.ts';
import { useText } from '../../i18n/use-text.ts';
import { confirm } from '../../ui/confirm.ts';
import { useFormat } from '../../ui/format.ts';
import { leaseName } from './lease-name.ts';

/** A function that stops a lease, and whether it is at it. */
export function useStopLease(): {
  stop: (leaseId: string) => Promise<void>;
  isStopping: Readonly<Ref<boolean>>;
} {
  const text = useText();
  const format = useFormat();
  const isStopping = ref(false);

  /** While the person is asked nothing is under way. */
  async function ask(leaseId: string): Promise<boolean> {
    const {
      statement,
      worker_id: worker,
      consumer_id: consumer,
    } = await call(leaseRoute, {
      params: { lease_id: leaseId },
    });
    isStopping.value = false;
    return confirm({
      title: text('leases.stop.title', {
        id: leaseName(leaseId),
        cost: format.value.exactCredits(statement.total_cost),
      }),
      description: text('leases.stop.text', {
        worker,
        consumer,
        refund: format.value.exactCredits(statement.refund),
      }),
      confirmLabel: text('leases.stop.action'),
      isDangerous: true,
    });
  }

  async function stop(leaseId: string): Promise<void> {
    const id = leaseName(leaseId);
    isStopping.value = true;
    try {
      if (!(await ask(leaseId))) return;
      isStopping.value = true;
      const { settlement } = await call(stopRoute, { body: { lease_id: leaseId } });
      toast.success(text('leases.stop.done', { id }), {
        description: text('leases.stop.doneText', {
          cost: format.value.exactCredits(settlement.total_cost),
          refund: format.value.exactCredits(settlement.refund),
        }),
      });
    } catch (error) {
      toast.error(text('leases.stop.failed', { id }), {
        description: error instanceof Error ? error.message : String(error),
      });
    } finally {
      isStopping.value = false;
      await invalidate(leaseRoute, leasesRoute, meRoute);
    }
  }
  return { stop, isStopping };
}

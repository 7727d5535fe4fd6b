/** Block reports of miners. */
import type { Broker } from '../../broker/broker.ts';
import type { Blocks } from './block.service.ts';

/** Connects the blocks to the broker; the PUBACK of a report waits for its COMMIT. */
export function connectBlocks(broker: Broker, blocks: Blocks): void {
  broker.inbox.handle('block', {
    accept: ({ workerId, payload }) => blocks.report(workerId, payload),
  });
}

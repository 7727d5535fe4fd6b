/** All facts that features announce. */
import type { AlertEvents } from '../features/alerts/index.ts';
import type { BlockEvents } from '../features/blocks/index.ts';
import type { ControlEvents } from '../features/control/index.ts';
import type { FleetEvents } from '../features/fleet/index.ts';
import type { LeaseEvents } from '../features/leases/index.ts';

export interface PlatformEvents extends FleetEvents, BlockEvents, LeaseEvents, ControlEvents, AlertEvents {}

import type { Scenario } from '../scenario.ts';
import { backupScenario } from './backup.ts';
import { blocksScenario } from './blocks.ts';
import { claimFloodScenario } from './claim-flood.ts';
import { connectScenario } from './connect.ts';
import { dashboardSoakScenario } from './dashboard-soak.ts';
import { dashboardFleetScenario, dashboardTagsScenario, dashboardViewScenario } from './dashboard.ts';
import { eventLoopScenario } from './event-loop.ts';
import { generateScenario } from './generate.ts';
import { heartbeatScenario } from './heartbeats.ts';
import {
  httpFleetScenario,
  httpMarketScenario,
  httpOverviewScenario,
  httpReputationScenario,
  httpStatsScenario,
} from './http.ts';
import { importScenario } from './import.ts';
import { rentLatencyScenario, watchdogScenario } from './leases.ts';
import { memoryScenario } from './memory.ts';
import { proofsScenario } from './proofs.ts';
import { pubackLatencyScenario } from './puback-latency.ts';
import { simulatorScenario } from './simulator.ts';
import { startScenario } from './start.ts';
import { wsBatchedScenario, wsFramesScenario } from './websocket.ts';

/** All scenarios in the order they run; `event-loop` is last because it judges the others. */
export const scenarios: readonly Scenario[] = [
  heartbeatScenario(1000),
  heartbeatScenario(5000),
  blocksScenario,
  proofsScenario,
  claimFloodScenario,
  pubackLatencyScenario,
  connectScenario,
  httpFleetScenario,
  httpStatsScenario,
  httpMarketScenario,
  httpReputationScenario,
  httpOverviewScenario,
  wsFramesScenario,
  wsBatchedScenario,
  rentLatencyScenario,
  watchdogScenario,
  simulatorScenario,
  backupScenario,
  startScenario,
  generateScenario,
  importScenario,
  dashboardViewScenario,
  dashboardFleetScenario,
  dashboardTagsScenario,
  dashboardSoakScenario,
  memoryScenario,
  eventLoopScenario,
];

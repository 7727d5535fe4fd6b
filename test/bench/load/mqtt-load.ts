import { floodWithClaims } from './claim-flood.ts';
import type { ClaimFloodParams, ClaimFloodResult } from './claim-flood.ts';
import { mineProofs, sendProofs } from './proofs.ts';
import type { MineParams, ProofsResult, SendProofsParams } from './proofs.ts';
import { serveRpc } from '../process/rpc.ts';
import { MinerPool } from './miner-pool.ts';
import type { ConnectParams, ConnectResult } from './miner-pool.ts';
import { pace } from './pace.ts';
import type { PaceParams, PaceResult } from './pace.ts';
import { saturate } from './saturate.ts';
import type { SaturateParams, SaturateResult } from './saturate.ts';

const pool = new MinerPool();

const api = {
  connect: (params: ConnectParams): Promise<ConnectResult> => pool.connect(params),
  saturate: (params: SaturateParams): Promise<SaturateResult> => saturate(pool, params),
  mineProofs: (params: MineParams): Promise<number> => mineProofs(pool, params),
  sendProofs: (params: SendProofsParams): Promise<ProofsResult> => sendProofs(pool, params),
  floodWithClaims: (params: ClaimFloodParams): Promise<ClaimFloodResult> => floodWithClaims(pool, params),
  pace: (params: PaceParams): Promise<PaceResult> => pace(pool, params),
  close: (_params: null): void => pool.close(),
};

/** Methods of the MQTT load generator process. */
export type MqttLoadApi = typeof api;

serveRpc(api);

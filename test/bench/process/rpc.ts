/** Methods a helper process offers to the bench: one object in, one structured-clonable value out. */
export type RpcApi = Record<string, (params: never) => unknown>;

/** What the bench process sends to a helper. */
export interface RpcRequest {
  id: number;
  method: string;
  params: unknown;
}

/** What a helper answers: a result or an error text. */
export interface RpcResponse {
  id: number;
  result?: unknown;
  error?: string;
}

/** Serves the given methods over the IPC channel; the helper ends when the bench process goes away. */
export function serveRpc(api: RpcApi): void {
  process.on('message', (message) => void answer(api, message as RpcRequest));
  process.on('disconnect', () => process.exit(0));
  // Ctrl-C reaches the whole process group: the bench process decides when helpers end.
  process.on('SIGINT', () => undefined);
}

async function answer(api: RpcApi, request: RpcRequest): Promise<void> {
  const response: RpcResponse = { id: request.id };
  try {
    const method = api[request.method];
    if (method === undefined) throw new Error(`unknown method ${request.method}`);
    response.result = await method(request.params as never);
  } catch (error) {
    response.error = error instanceof Error ? error.message : String(error);
  }
  if (process.connected) process.send?.(response);
}

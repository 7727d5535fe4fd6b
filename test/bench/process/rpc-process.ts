import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import { trackChild } from './scope.ts';
import type { Scope } from './scope.ts';
import type { RpcApi, RpcRequest, RpcResponse } from './rpc.ts';

interface PendingCall {
  resolve: (value: unknown) => void;
  reject: (error: Error) => void;
  timer: NodeJS.Timeout;
}

const defaultTimeoutMs = 90_000;

/** A helper process (load generator or yardstick server) of its own, called over IPC. */
export class RpcProcess<Api extends RpcApi> {
  private readonly child: ChildProcess;
  private readonly name: string;
  private readonly pending = new Map<number, PendingCall>();
  private nextId = 1;

  /**
   * Starts the module (a URL) as a child process that ends with the scope. Yardstick servers get the
   * platform's Node flags, so that the flags don't count as a merit of the platform.
   */
  constructor(scope: Scope, module: URL, nodeFlags: string[] = []) {
    const path = fileURLToPath(module);
    this.name = basename(path);
    this.child = fork(path, [], {
      serialization: 'advanced',
      execArgv: nodeFlags,
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    trackChild(this.child);
    this.child.on('message', (message) => this.settle(message as RpcResponse));
    this.child.on('error', (error) => this.failAll(error));
    this.child.on('exit', (code, signal) => {
      this.failAll(new Error(`${this.name} ended (${signal ?? String(code)})`));
    });
    scope.add(() => this.stop());
  }

  /** The operating system's id of the helper. */
  get pid(): number {
    return this.child.pid ?? 0;
  }

  /** Calls one method of the helper. */
  call<Method extends keyof Api & string>(
    method: Method,
    params: Parameters<Api[Method]>[0],
    timeoutMs = defaultTimeoutMs,
  ): Promise<Awaited<ReturnType<Api[Method]>>> {
    const request: RpcRequest = { id: this.nextId++, method, params };
    const answer = new Promise<unknown>((resolve, reject) => {
      const timer = setTimeout(() => {
        this.pending.delete(request.id);
        reject(new Error(`${this.name}: ${method} took longer than ${timeoutMs} ms`));
      }, timeoutMs);
      this.pending.set(request.id, { resolve, reject, timer });
      this.child.send(request, (error) => {
        if (error !== null) this.settle({ id: request.id, error: error.message });
      });
    });
    return answer as Promise<Awaited<ReturnType<Api[Method]>>>;
  }

  /** Ends the helper. */
  async stop(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const exited = once(this.child, 'exit');
    this.child.kill('SIGKILL');
    await exited;
  }

  private settle(response: RpcResponse): void {
    const call = this.pending.get(response.id);
    if (call === undefined) return;
    this.pending.delete(response.id);
    clearTimeout(call.timer);
    if (response.error === undefined) call.resolve(response.result);
    else call.reject(new Error(`${this.name}: ${response.error}`));
  }

  private failAll(error: Error): void {
    for (const id of [...this.pending.keys()]) this.settle({ id, error: error.message });
  }
}

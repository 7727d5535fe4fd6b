/**
 * Says on the local network where the platform is (mDNS, DNS-SD): `_xenblocks._tcp` for the API and the dashboard,
 * `_mqtt._tcp` for the broker. What listens on loopback only is not announced. Nothing waits for it, and a failure
 * is a warning: a platform that can't be found is still a platform.
 */
import type { EventEmitter } from 'node:events';
import { hostname } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import { Bonjour, type Browser, type Service } from 'bonjour-service';
import type { AnnouncementView } from '../../../contract/domain/onboarding.ts';
import { messageOf } from '../../kernel/app-error.ts';
import type { Component } from '../../kernel/component.ts';
import type { Logger } from '../../kernel/logger.ts';
import { isLoopbackHost } from '../../kernel/own-addresses.ts';

export interface AnnouncementOptions {
  readonly isWanted: boolean;
  readonly version: string;
  readonly logger: Logger;
  readonly api: { readonly host: string; readonly port: () => number };
  readonly mqtt: { readonly host: string; readonly port: () => number };
  /** UDP port of mDNS, 5353 unless a test takes another. */
  readonly mdnsPort?: number;
}

/** As long as others have to say that a name is theirs [RFC 6762, 8.1: three times 250 ms]. */
const listenForMs = 750;
/** A goodbye that the network does not take does not hold up the stop. */
const goodbyeMs = 1000;
const maxNames = 100;

interface Announced {
  readonly type: 'xenblocks' | 'mqtt';
  readonly port: number;
}

/** What the library does not show: without a listener its errors would end the process. */
interface WithSocket {
  readonly server: { readonly mdns: EventEmitter };
}

export class Announcement implements Component {
  readonly name = 'announcement';
  readonly #options: AnnouncementOptions;
  #bonjour: Bonjour | undefined;
  #browsers: Browser[] = [];
  #abort = new AbortController();
  #working: Promise<void> = Promise.resolve();
  #state: AnnouncementView = { state: 'off', name: '', services: [], problem: '' };

  constructor(options: AnnouncementOptions) {
    this.#options = options;
  }

  /** What is announced now. */
  view(): AnnouncementView {
    return this.#state;
  }

  start(): void {
    const announced = this.#announced();
    const isQuiet = !this.#options.isWanted || announced.length === 0;
    this.#state = { state: 'waiting', name: '', services: [], problem: '' };
    if (isQuiet) {
      this.#state = { ...this.#state, state: this.#options.isWanted ? 'loopback' : 'off' };
      return;
    }
    this.#abort = new AbortController();
    this.#working = this.#announce(announced).catch((error: unknown) => this.#fail(error));
  }

  async stop(): Promise<void> {
    this.#abort.abort();
    await this.#working;
    await this.#end();
    this.#state = { state: 'off', name: '', services: [], problem: '' };
  }

  #announced(): Announced[] {
    const { api, mqtt } = this.#options;
    return [
      ...(isLoopbackHost(api.host) ? [] : [{ type: 'xenblocks', port: api.port() } as const]),
      ...(isLoopbackHost(mqtt.host) ? [] : [{ type: 'mqtt', port: mqtt.port() } as const]),
    ];
  }

  async #announce(announced: readonly Announced[]): Promise<void> {
    const { mdnsPort } = this.#options;
    const { signal } = this.#abort;
    // The library passes what it does not know itself to its socket.
    const socketOptions = mdnsPort === undefined ? {} : { port: mdnsPort };
    const bonjour = new Bonjour(socketOptions, (error: unknown) => this.#fail(error));
    this.#bonjour = bonjour;
    const { mdns } = (bonjour as unknown as WithSocket).server;
    mdns.on('error', (error) => this.#fail(error));
    // Such as a network that went away: the library tries again every few seconds.
    mdns.on('warning', (error) => this.#options.logger.debug(`mDNS: ${messageOf(error)}`));
    this.#browsers = announced.map(({ type }) => bonjour.find({ type }));
    await delay(listenForMs, undefined, { signal }).catch(() => undefined);
    if (signal.aborted || this.#bonjour !== bonjour) return;
    const name = this.#freeName(announced);
    for (const one of announced) this.#publish(bonjour, name, one);
    for (const browser of this.#browsers) {
      // Two that began at the same time both took the name: the one with the lower address gives way.
      browser.on('srv-update', (other) => this.#resolveConflict(other, announced));
      browser.on('up', (other) => this.#resolveConflict(other, announced));
    }
    const services = announced.map(({ type }) => `_${type}._tcp`);
    this.#state = { state: 'on', name, services, problem: '' };
    this.#options.logger.info({ name, services }, 'announced on the local network');
  }

  #publish(bonjour: Bonjour, name: string, { type, port }: Announced): void {
    const { version, mqtt } = this.#options;
    const txt =
      type === 'xenblocks' ? { version, path: '/dashboard', mqtt: String(mqtt.port()) } : { version };
    bonjour.publish({ name, type, port, host: ownName(), txt, probe: false });
  }

  /** `XenBlocks on farm-pc`, with a number behind it where another machine or platform has that name. */
  #freeName(announced: readonly Announced[]): string {
    const others = this.#browsers
      .flatMap(({ services }) => services)
      // One of an earlier life of this platform that did not say goodbye.
      .filter((service) => !this.#isOwn(service, announced))
      .map(({ name }) => name.toLowerCase());
    const base = `XenBlocks on ${ownName().replace(/\.local$/, '')}`;
    const names = Array.from({ length: maxNames }, (_, index) =>
      index === 0 ? base : `${base} (${index + 1})`,
    );
    return names.find((name) => !others.includes(name.toLowerCase())) ?? `${base} (${process.pid})`;
  }

  #isOwn({ host, port, type }: Service, announced: readonly Announced[]): boolean {
    return host === ownName() && announced.some((one) => one.type === type && one.port === port);
  }

  #resolveConflict(other: Service, announced: readonly Announced[]): void {
    const { name, state } = this.#state;
    if (state !== 'on' || other.name !== name || this.#isOwn(other, announced)) return;
    const own = announced.find(({ type }) => type === other.type);
    const isLower = own && `${ownName()}:${own.port}` < `${other.host}:${other.port}`;
    if (!isLower) return;
    this.#options.logger.warn(
      { name, other: `${other.host}:${other.port}` },
      'another platform has this name',
    );
    this.#working = this.#working
      .then(() => this.#end())
      .then(() => (this.#abort.signal.aborted ? undefined : this.#announce(announced)))
      .catch((error: unknown) => this.#fail(error));
  }

  #fail(error: unknown): void {
    const problem = messageOf(error);
    if (this.#state.state === 'failed') return;
    this.#state = { state: 'failed', name: '', services: [], problem };
    this.#options.logger.warn(`not announced on the local network: ${problem}`);
  }

  /** Says goodbye and closes the socket. */
  async #end(): Promise<void> {
    const bonjour = this.#bonjour;
    this.#bonjour = undefined;
    for (const browser of this.#browsers.splice(0)) {
      browser.removeAllListeners();
      browser.stop();
    }
    if (!bonjour) return;
    const said = new Promise<void>((resolve) => bonjour.unpublishAll(() => resolve()));
    await Promise.race([said, delay(goodbyeMs, undefined, { ref: false })]);
    await Promise.race([
      new Promise<void>((resolve) => bonjour.destroy(() => resolve())),
      delay(goodbyeMs, undefined, { ref: false }),
    ]);
  }
}

/** This machine's name in mDNS. */
function ownName(): string {
  const [label = 'localhost'] = hostname().split('.');
  return `${label === '' ? 'localhost' : label}.local`;
}

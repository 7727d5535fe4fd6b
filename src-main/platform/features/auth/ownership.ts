/** Which accounts a thing belongs to. */
import type { OwnedKind } from '../../../contract/rest/define-route.ts';
import { ethAddressPattern } from '../../../contract/mqtt/miner-messages.ts';
import type { Accounts } from '../accounts/index.ts';

export interface OwnershipSources {
  readonly accounts: Accounts;
  /** The account of a worker; undefined when there is no such worker. */
  readonly ownerOf: (workerId: string) => string | undefined;
  /** Who takes part in a lease; undefined when there is no such lease. */
  readonly partiesOf: (leaseId: string) => Promise<{ consumerId: string; providerId: string } | undefined>;
  /** The account whose worker a command went to; undefined when there is no such command. */
  readonly commandOwnerOf: (commandId: string) => Promise<string | undefined>;
}

export class Ownership {
  readonly #sources: OwnershipSources;

  constructor(sources: OwnershipSources) {
    this.#sources = sources;
  }

  /** The accounts to which a thing belongs; undefined when there is no such thing. */
  async ownersOf(kind: OwnedKind, id: string): Promise<readonly string[] | undefined> {
    switch (kind) {
      case 'account':
      case 'provider': {
        const account = await this.providerAccount(id);
        if (account === undefined) return undefined;
        const wallet = await this.#sources.accounts.walletBehind(account);
        return wallet === undefined ? [account] : [account, wallet];
      }
      case 'worker': {
        const owner = this.#sources.ownerOf(id);
        return owner === undefined ? undefined : [owner];
      }
      case 'worker_name': {
        const owner = this.#sources.ownerOf(id);
        return owner === undefined ? [] : [owner];
      }
      case 'lease': {
        const parties = await this.#sources.partiesOf(id);
        return parties && [parties.consumerId];
      }
      case 'lease_party': {
        const parties = await this.#sources.partiesOf(id);
        return parties && [parties.consumerId, parties.providerId];
      }
      case 'command': {
        const owner = await this.#sources.commandOwnerOf(id);
        return owner === undefined ? undefined : [owner];
      }
    }
  }

  /** The account behind an account id, an address in any case, or a worker's id. */
  async providerAccount(id: string): Promise<string | undefined> {
    const { accounts, ownerOf } = this.#sources;
    const byAddress = ethAddressPattern.test(id) ? await accounts.findByAddress(id) : undefined;
    const row = byAddress ?? (await accounts.find(id));
    return row?.account_id ?? ownerOf(id);
  }
}

/** Who is connected, as calls show it. */
import type { ConnectedClientView } from '../../../contract/domain/client.ts';
import type { ConnectedClient } from '../../broker/client-list.ts';
import { toUnixSeconds } from '../../kernel/clock.ts';

function toView(client: ConnectedClient): ConnectedClientView {
  return {
    client_id: client.clientId,
    worker_id: client.workerId,
    username: client.username,
    address: client.address,
    connected_at: toUnixSeconds(client.connectedAtMs),
    keepalive_sec: client.keepaliveSec,
    messages_in: client.messagesIn,
    messages_out: client.messagesOut,
    queued: client.queuedBytes,
    protocol: client.protocol,
  };
}

/** A page of those that match, by client id. @param search part of an id, name or address, in any case */
export function pageOfClients(
  clients: readonly ConnectedClient[],
  search: string,
  { limit, offset }: { readonly limit: number; readonly offset: number },
) {
  const wanted = search.toLowerCase();
  const matching = clients
    .filter(({ clientId, workerId, username, address }) =>
      [clientId, workerId, username, address].some((text) => text.toLowerCase().includes(wanted)),
    )
    .sort((left, right) => (left.clientId < right.clientId ? -1 : 1));
  return {
    items: matching.slice(offset, offset + limit).map(toView),
    total: matching.length,
    limit,
    offset,
  };
}

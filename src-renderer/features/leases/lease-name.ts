/** What a lease is called where its whole id has no place. */

/** The beginning of its random part: `lease-3f2a91c0-…` is `3f2a91c0`. Other ids are shortened in the middle. */
export function leaseName(leaseId: string): string {
  const uuid = /^lease-([0-9a-f]{8})-/i.exec(leaseId)?.[1];
  if (uuid !== undefined) return uuid;
  return leaseId.length <= 16 ? leaseId : `${leaseId.slice(0, 8)}…${leaseId.slice(-6)}`;
}

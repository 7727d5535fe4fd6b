/** Proofs whose outcome is known (verification.md, Test vectors). */

/** A type, so that it fits where any fields are taken. */
export type ProofVector = {
  readonly key: string;
  readonly hash: string;
  /** Account of the salt. */
  readonly account: string;
};

const account = '0xf39fd6e51aad88f6f4ce6ab8827279cffffb9226';
const phc = (tag: string) => `$argon2id$v=19$m=8,t=1,p=1$85/W5RqtiPb0zmq4gnJ5z//7kiY$${tag}`;

/** Block 962524 of the real network; its salt belongs to no account. */
export const networkBlock: ProofVector = {
  key: '0000da975bd6ec3aa878dadc395943619d23407371bc15066c1505ef23203d871633c687a9e5e89f5fc7fb61f05e1ff4ec49ecee28577c5143711185afe2d5a5',
  hash: '$argon2id$v=19$m=1327,t=1,p=1$WEVOMTAwODIwMjJYRU4$Vn48cF2Es/CmZXEN11upLsyantNjLy7VP4h2v0z5WFBimDH7AE3kf6uP8AGe1umQncuthETqhKh8yJ7oCFUShg',
  account: '',
};

/** The right hash of that key with less memory: Argon2 agrees, but no marker was found. */
export const hashWithoutMarker: ProofVector = {
  ...networkBlock,
  hash: '$argon2id$v=19$m=8,t=1,p=1$WEVOMTAwODIwMjJYRU4$0kyTUOCcr1NOOnc8ynGWGGldI+8ssTIW5Xy3/VWztQ6YLC8p7llYzzUiEe7pgBk/aVKhjsDH6ArPSSDJng+KzA',
};

export const accountBlock: ProofVector = {
  key: '4298937b03f64e1b094035154457907bf81b6870effaea42c54bed0c20b18afa',
  hash: phc('err4qhT09233qopw1ozVeph3bZXEN11V/y6wLh+57yiPNHJaH8ZPpiwF+0nwNYaBvtlG/2p2do5ZtjqiADWv6Q'),
  account,
};

export const leasePrefix = 'a1b2c3d4e5f6a7b8';

/** Its key begins with `leasePrefix`. */
export const leaseBlock: ProofVector = {
  key: 'a1b2c3d4e5f6a7b8e7d75571f623a4cac95ead54922af48c3c13bea5cfb089e6',
  hash: phc('bS/TCVh74MDtXR6EXEN11nagOOwl5pZlzULqUZom/amPounZZKkTmzjB5h7X2L5rU1DiV4bqQKofwd8AGZRMSg'),
  account,
};

export const xuniBlock: ProofVector = {
  key: '0f54ddc550ea456b9dad7e6b21e90bd1483c9a775d8b5be1d738602e7a84e3c3',
  hash: phc('xZHy4228tsXvWIPMJuFB5erFaf1VO9UhOMtNeJ7iXUNI5adGpxliMlRMiOs+5SKTn1D3oc9NhcloZNT9el4N3w'),
  account,
};

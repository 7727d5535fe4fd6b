/** Whether what a worker claims to compute fits what it proves. */
export const honesty = {
  title: 'Honesty meter',
  fits: 'As proven',
  tooFew: 'Too early',
  overClaims: 'Claims too much',
  notMeasured: 'Not measured',
  explain: {
    fits: 'Proven blocks fit the hashrate it reports: {proven} found, {expected} expected.',
    tooFew: 'Fewer than {least} expected blocks say too little: {proven} found, {expected} expected.',
    overClaims:
      'It reports more hashrate than its blocks prove: {proven} found where {expected} were expected. Bad luck alone does this once in 700.',
    notMeasured: 'Nothing was claimed yet, or the platform checks no proofs.',
  },
  claimed: 'Claimed hashes',
  expected: 'Expected blocks',
  proven: 'Proven blocks',
  zScore: 'Deviation',
  sigma: '{z} standard deviations',
  zone: 'within chance',
  diagram: 'Proven against expected blocks: {z} standard deviations; flagged below −3',
  how: 'Every reported hash has the same small chance to be a block. Hashes × chance gives the expected blocks; their number scatters by its square root.',
} as const;

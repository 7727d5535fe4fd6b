/** Signing in. */
export const signIn = {
  title: 'Sign in',
  subtitle: 'To rent, to let, and to manage what is yours.',
  refused: 'The wallet was told not to sign. Nothing happened; try again when you like.',
  wrongKey: 'This key is not valid here: mistyped, expired or revoked.',
  session: 'You stay signed in for 24 hours in this browser. The key itself is not stored.',
  wallet: {
    title: 'With a wallet',
    text: 'The wallet signs a message that proves the address. It costs nothing and moves nothing.',
    use: 'Sign in with {name}',
    noneTitle: 'No wallet in this browser',
    noneText:
      'Install a browser wallet such as MetaMask or Rabby and load this page again, or open it in the browser of your wallet app.',
  },
  key: {
    title: 'With an API key',
    text: 'The key that was shown when the account was opened.',
    label: 'API key',
    operator: 'Operator: your key is in the file “admin-key” of the platform’s data folder.',
  },
} as const;

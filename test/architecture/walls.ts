/**
 * Who may import whom. One table feeds the lint rules (editor and `npm run lint`) and the architecture test:
 * arrows go down only: contract ← kernel ← adapters ← features ← platform.ts ← cli.
 */

/** One zone of the source tree and what it must not import. */
export interface Wall {
  readonly files: readonly string[];
  readonly ignores?: readonly string[];
  /** Import specifiers, as gitignore-style patterns. */
  readonly forbidden: readonly string[];
  readonly because: string;
}

const nodeAndNative = ['node:*', 'fs', 'path', 'net', 'http', 'better-sqlite3', 'kysely', 'pino'];
const packagesOfOneRoom: Record<string, string> = {
  aedes: 'src-main/platform/broker/**',
  mqtt: 'src-main/platform/broker/**',
  express: 'src-main/platform/http/**',
  ws: 'src-main/platform/realtime/**',
  electron: 'src-main/electron/**',
  'better-sqlite3': 'src-main/platform/storage/**',
};

export const walls: readonly Wall[] = [
  {
    files: ['src-main/contract/**'],
    forbidden: [...nodeAndNative, 'vue', 'electron', 'express', 'ws', 'aedes', '**/platform/**', '**/cli/**'],
    because: 'the contract is pure: zod schemas and types only',
  },
  {
    files: ['src-main/platform/kernel/**'],
    forbidden: [
      '**/storage/**',
      '**/broker/**',
      '**/http/**',
      '**/realtime/**',
      '**/features/**',
      '**/config/**',
      '**/cli/**',
    ],
    because: 'the kernel knows only the contract',
  },
  {
    files: ['src-main/platform/{storage,broker,http,realtime,config}/**'],
    forbidden: ['**/features/**', '**/platform.ts', '**/cli/**'],
    because: 'adapters know only kernel and contract',
  },
  {
    files: ['src-main/platform/features/**'],
    forbidden: ['**/platform.ts', '**/cli/**', '**/config/load-config.ts'],
    because: 'features do not know who composes them',
  },
  {
    files: ['src-main/platform/features/**'],
    forbidden: ['../*/*', '!../*/index.ts', '!../../*/*'],
    because: 'a feature meets another through its index.ts',
  },
  {
    files: ['src-main/platform/**'],
    forbidden: ['**/cli/**', 'electron'],
    because: 'the platform runs without a command line and without Electron',
  },
  ...Object.entries(packagesOfOneRoom).map(([name, room]) => ({
    files: ['src-main/**'],
    ignores: [room],
    forbidden: [name],
    because: `only ${room} imports ${name}`,
  })),
];

/** The walls as ESLint rules. A file's rules are merged, because ESLint keeps only the last block of a rule. */
export const wallRules = mergeByFiles(walls);

function mergeByFiles(all: readonly Wall[]) {
  const zones = [
    'src-main/contract/**',
    'src-main/platform/kernel/**',
    'src-main/platform/storage/**',
    'src-main/platform/broker/**',
    'src-main/platform/http/**',
    'src-main/platform/realtime/**',
    'src-main/platform/config/**',
    'src-main/platform/features/**',
    'src-main/platform/*.ts',
    'src-main/cli/**',
  ];
  return zones.map((zone) => ({
    files: [zone],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          patterns: all
            .filter((wall) => covers(wall, zone))
            .map(({ forbidden, because }) => ({ group: [...forbidden], message: because })),
        },
      ] as [string, object],
      ...(zone === 'src-main/cli/**'
        ? {}
        : {
            'no-restricted-properties': [
              'error',
              { object: 'process', property: 'exit', message: 'only cli/ ends the process' },
            ] as [string, object],
          }),
    },
  }));
}

function covers(wall: Wall, zone: string): boolean {
  const within = (pattern: string) =>
    expandBraces(pattern).some((expanded) => zone.startsWith(expanded.replace(/\*\*$/, '')));
  return wall.files.some(within) && !(wall.ignores ?? []).some(within);
}

function expandBraces(pattern: string): string[] {
  const match = /^(.*)\{([^}]+)\}(.*)$/.exec(pattern);
  return match ? (match[2] as string).split(',').map((part) => `${match[1]}${part}${match[3]}`) : [pattern];
}

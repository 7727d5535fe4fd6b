/**
 * Who may import whom: arrows go down only, contract ← kernel ← adapters ← features ← platform.ts ← cli ← electron. One table
 * for the lint rule (in the editor and in `npm run lint`) and for the architecture test.
 */
import { posix } from 'node:path';
import type { Rule } from 'eslint';

const platform = 'src-main/platform';
const adapters = ['storage', 'broker', 'http', 'realtime', 'config'].map((room) => `${platform}/${room}/`);
const below = ['src-main/contract/', `${platform}/kernel/`, `${platform}/version.ts`];

/** Each zone, the first that matches, and the folders that it may import from beside itself. */
const zones: readonly { readonly folder: string; readonly mayImport: readonly string[] }[] = [
  { folder: 'src-main/contract/', mayImport: [] },
  { folder: `${platform}/kernel/`, mayImport: ['src-main/contract/'] },
  ...adapters.map((folder) => ({ folder, mayImport: below })),
  { folder: `${platform}/features/`, mayImport: [...below, ...adapters] },
  { folder: `${platform}/`, mayImport: ['src-main/contract/', 'package.json'] },
  { folder: 'src-main/cli/', mayImport: ['src-main/contract/', `${platform}/`] },
  { folder: 'src-main/electron/', mayImport: ['src-main/contract/', `${platform}/`, 'src-main/cli/'] },
  { folder: 'src-preload/', mayImport: ['src-main/contract/'] },
  { folder: 'src-renderer/', mayImport: ['src-main/contract/'] },
];

/** Packages that only one room imports; features import kysely in their repositories. */
const packageRooms: Readonly<Record<string, RegExp>> = {
  aedes: /^src-main\/platform\/broker\//,
  mqtt: /^src-main\/platform\/broker\//,
  'better-sqlite3': /^src-main\/platform\/storage\//,
  kysely: /^src-main\/platform\/(storage\/|features\/.*\.repository\.ts$)/,
  express: /^src-main\/platform\/http\//,
  cors: /^src-main\/platform\/http\//,
  compression: /^src-main\/platform\/http\//,
  helmet: /^src-main\/platform\/http\//,
  ws: /^src-main\/platform\/realtime\//,
  'proxy-addr': /^src-main\/platform\/http\//,
  'express-rate-limit': /^src-main\/platform\/http\//,
  jose: /^src-main\/platform\/features\/auth\//,
  '@node-rs/argon2': /^src-main\/platform\/features\/proof\//,
  pino: /^src-main\/platform\/kernel\//,
  'pure-rand': /^src-main\/platform\/kernel\//,
  'p-limit': /^src-main\/platform\/features\/simulator\//,
  'cli-progress': /^src-main\/cli\//,
  'bonjour-service': /^src-main\/platform\/features\/onboarding\//,
  yazl: /^src-main\/platform\/features\/diagnostics\//,
  croner: /^src-main\/platform\/(kernel|features\/alerts)\//,
  nodemailer: /^src-main\/platform\/features\/alerts\//,
  electron: /^(src-main\/electron|src-preload)\//,
  'electron-updater': /^src-main\/electron\//,
};

/** What the pure contract may use. */
const contractPackages = new Set(['zod']);

const featureFolder = /^src-main\/platform\/features\/([^/]+)\//;

/**
 * Says which wall an import crosses; undefined when it crosses none.
 *
 * @param importer path of the importing file from the top of the project, with slashes
 * @param specifier what stands behind `from`
 */
export function findCrossing(importer: string, specifier: string): string | undefined {
  if (!/^src-(main|preload|renderer)\//.test(importer)) return undefined;
  return specifier.startsWith('.')
    ? findFolderCrossing(importer, posix.join(posix.dirname(importer), specifier))
    : findPackageCrossing(importer, specifier);
}

function findPackageCrossing(importer: string, specifier: string): string | undefined {
  const name = specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
  if (importer.startsWith('src-main/contract/') && !contractPackages.has(name)) {
    return `the contract is pure and may not import ${name}`;
  }
  const room = packageRooms[name];
  return room && !room.test(importer) ? `${name} has a room of its own (${room.source})` : undefined;
}

function findFolderCrossing(importer: string, target: string): string | undefined {
  const zone = zones.find(({ folder }) => importer.startsWith(folder));
  if (!zone) return `${importer} is in no known room`;
  const own = featureFolder.exec(importer)?.[1];
  const other = featureFolder.exec(target)?.[1];
  if (own !== undefined && other !== undefined && own !== other && !target.endsWith(`/${other}/index.ts`)) {
    return `a feature meets another through its index.ts, not through ${target}`;
  }
  const allowed = [zone.folder, ...zone.mayImport].some((folder) => target.startsWith(folder));
  return allowed ? undefined : `${zone.folder} may not import ${target}`;
}

/** The walls as an ESLint rule. */
export const wallRule: Rule.RuleModule = {
  meta: { type: 'problem', schema: [] },
  create(context) {
    const importer = posix.relative(
      context.cwd.replaceAll('\\', '/'),
      context.filename.replaceAll('\\', '/'),
    );
    const check = (node: Rule.Node, source: unknown) => {
      const specifier = (source as { value?: unknown } | null | undefined)?.value;
      const crossing = typeof specifier === 'string' ? findCrossing(importer, specifier) : undefined;
      if (crossing !== undefined) context.report({ node, message: crossing });
    };
    return {
      ImportDeclaration: (node) => check(node, node.source),
      ExportNamedDeclaration: (node) => check(node, node.source),
      ExportAllDeclaration: (node) => check(node, node.source),
      ImportExpression: (node) => check(node, node.source),
    };
  },
};

/**
 * Installers of the desktop program: `npm run package`, or `npm run package:dir` for an unpacked folder.
 *
 * Where the program is published is the workflow's to say (`GITHUB_REPOSITORY`): a copy that is built elsewhere has no
 * place to look for updates, and says so.
 */
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { AfterPackContext, Configuration } from 'electron-builder';

/** The repository of the build in the form owner/name, or nothing. */
const [owner = '', repo = ''] = (process.env['GITHUB_REPOSITORY'] ?? '').split('/');
const server = process.env['GITHUB_SERVER_URL'] ?? 'https://github.com';

/** Packages of Linux name somebody who answers for them: the repository's owner, by the address that GitHub gives. */
const maintainer =
  owner === ''
    ? 'XenBlocks control center contributors <contributors@localhost>'
    : `${owner} <${owner}@users.noreply.github.com>`;

/** An Electron that is here already, instead of the one that electron-builder downloads. */
function localElectron(): Pick<Configuration, 'electronDist' | 'electronVersion'> {
  const electronDist = process.env['ELECTRON_OVERRIDE_DIST_PATH'] ?? '';
  if (electronDist === '') return {};
  return {
    electronDist,
    electronVersion: readFileSync(join(electronDist, 'version'), 'utf8').trim().replace(/^v/, ''),
  };
}

/** Electron's own page, which it shows without a program: a folder that is taken as it is still has it. */
function removeLeftovers({ appOutDir, packager }: AfterPackContext): void {
  const resources = packager.getResourcesDir(appOutDir);
  for (const path of [join(resources, 'default_app.asar'), join(appOutDir, 'version')])
    if (existsSync(path)) rmSync(path);
}

/** Native code of the package's own system; a universal program of macOS has it for both processors. */
const sqlitePrebuilds = 'node_modules/better-sqlite3/prebuilds';

const configuration: Configuration = {
  appId: 'org.xenblocks.control-center',
  productName: 'XenBlocks',
  copyright: 'MIT licence',
  directories: { buildResources: 'build', output: 'out/packages' },
  // What is bundled needs no folder of packages: only the two with native code have one.
  files: [
    'out/main/**',
    'out/preload/**',
    'out/renderer/**',
    'resources/web/**',
    'resources/desktop/**',
    'package.json',
    '!node_modules/**',
    'node_modules/better-sqlite3/{package.json,LICENSE}',
    'node_modules/better-sqlite3/lib/**',
    `${sqlitePrebuilds}/\${platform}-\${arch}.node`,
    'node_modules/@node-rs/**',
    '!**/*.{d.ts,map,md}',
  ],
  asar: { smartUnpack: false },
  asarUnpack: ['**/*.node'],
  npmRebuild: false,
  electronLanguages: ['en-US', 'de'],
  ...localElectron(),
  electronFuses: {
    runAsNode: false,
    enableCookieEncryption: true,
    enableNodeOptionsEnvironmentVariable: false,
    enableNodeCliInspectArguments: false,
    enableEmbeddedAsarIntegrityValidation: true,
    onlyLoadAppFromAsar: true,
    grantFileProtocolExtraPrivileges: false,
  },
  afterPack: removeLeftovers,
  extraMetadata: {
    homepage: owner === '' ? 'https://localhost/' : `${server}/${owner}/${repo}`,
  },
  protocols: [{ name: 'XenBlocks', schemes: ['xenblocks'] }],
  publish: owner === '' ? null : { provider: 'github', owner, repo, releaseType: 'draft' },
  linux: {
    target: ['AppImage', 'deb', 'rpm'],
    icon: 'build/icons',
    category: 'Utility',
    executableName: 'xenblocks',
    synopsis: 'Control center of a XenBlocks mining farm',
    maintainer,
    vendor: 'XenBlocks',
  },
  mac: {
    files: [`${sqlitePrebuilds}/darwin-*.node`],
    // The updater of macOS takes a zip.
    target: [
      { target: 'dmg', arch: 'universal' },
      { target: 'zip', arch: 'universal' },
    ],
    category: 'public.app-category.utilities',
    icon: 'build/icon.png',
    hardenedRuntime: true,
    x64ArchFiles: '**/*.node',
  },
  win: { target: 'nsis', icon: 'build/icon.png' },
  nsis: { oneClick: false, perMachine: false, deleteAppDataOnUninstall: false },
};

export default configuration;

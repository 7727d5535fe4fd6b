#!/usr/bin/env node
/** Entry of the headless program. Checks the runtime before any native module is loaded. */
const minNodeMajor = 24;

if (Number(process.versions.node.split('.')[0]) < minNodeMajor) {
  process.stderr.write(
    `This program needs Node ${minNodeMajor} or newer; this is ${process.versions.node}. ` +
      'Start it with "npm run headless", which uses the Node that is installed with it, or install a newer Node.\n',
  );
  process.exit(1);
}

const { run } = await import('./run.ts');
await run(process.argv.slice(2));
